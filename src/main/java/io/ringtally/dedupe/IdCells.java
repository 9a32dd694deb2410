package io.ringtally.dedupe;

/**
 * A table of ids: open addressing with linear probing over cells of four longs.
 *
 * <pre>
 *  0        8        16            24
 * +--------+--------+-------------+----------+
 * |  high  |  low   | fingerprint |  state   |   a cell of 32 bytes
 * +--------+--------+-------------+----------+
 * </pre>
 *
 * The state is 0 in a free cell, the log position of a published event (positive), or the number of
 * the reservation that is being offered, negated. Removal moves later cells back, so there are no
 * tombstones, and a table is never more than two thirds full.
 *
 * <p>Threading: guarded by its stripe's lock.
 */
final class IdCells {

    private static final int WORDS = 4;
    private static final int INITIAL_CELLS = 16;
    private static final int ABSENT = -1;

    private long[] words = new long[INITIAL_CELLS * WORDS];
    private int cells = INITIAL_CELLS;
    private int size;

    int size() {
        return size;
    }

    /** Memory it takes on the heap, free cells included. */
    long bytes() {
        return (long) words.length * Long.BYTES;
    }

    /** The cell of an id, or a negative number. */
    int find(long high, long low) {
        for (int cell = home(low); state(cell) != 0; cell = next(cell)) {
            if (words[cell * WORDS] == high && words[cell * WORDS + 1] == low) {
                return cell;
            }
        }
        return ABSENT;
    }

    long fingerprint(int cell) {
        return words[cell * WORDS + 2];
    }

    long state(int cell) {
        return words[cell * WORDS + 3];
    }

    void state(int cell, long state) {
        words[cell * WORDS + 3] = state;
    }

    /** Adds an id that is not there. If memory runs out, nothing has changed. */
    void add(long high, long low, long fingerprint, long state) {
        if ((size + 1) * 3L > cells * 2L) {
            grow();
        }
        put(high, low, fingerprint, state);
        size++;
    }

    private void put(long high, long low, long fingerprint, long state) {
        int cell = home(low);
        while (state(cell) != 0) {
            cell = next(cell);
        }
        int at = cell * WORDS;
        words[at] = high;
        words[at + 1] = low;
        words[at + 2] = fingerprint;
        words[at + 3] = state;
    }

    private void grow() {
        long[] old = words;
        int larger = Math.max(cells + 1, (int) (cells * 3L / 2));
        words = new long[Math.multiplyExact(larger, WORDS)];
        cells = larger;
        for (int at = 0; at < old.length; at += WORDS) {
            if (old[at + 3] != 0) {
                put(old[at], old[at + 1], old[at + 2], old[at + 3]);
            }
        }
    }

    /** Removes the id in a cell. */
    void remove(int cell) {
        int hole = cell;
        for (int later = next(hole); state(later) != 0; later = next(later)) {
            int home = home(words[later * WORDS + 1]);
            // whoever would still be found from its home may move into the hole
            boolean between = hole <= later ? hole < home && home <= later
                    : hole < home || home <= later;
            if (!between) {
                System.arraycopy(words, later * WORDS, words, hole * WORDS, WORDS);
                hole = later;
            }
        }
        state(hole, 0);
        size--;
    }

    /** Any number of cells will do: the upper bits of the hash are scaled, not masked. */
    private int home(long low) {
        return (int) (((low >>> 32) * cells) >>> 32);
    }

    private int next(int cell) {
        return cell + 1 == cells ? 0 : cell + 1;
    }
}
