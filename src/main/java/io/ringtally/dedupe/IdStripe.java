package io.ringtally.dedupe;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A part of the ids, in generations by the time of acceptance: each is a table of its own and is
 * dropped whole.
 *
 * <p>Threading: any thread; every method holds the stripe's lock for a few memory accesses.
 */
final class IdStripe {

    /** Answer of {@link #reserve}: the id is new and now reserved. */
    static final long TAKEN = 0;
    /** Answer of {@link #reserve}: another request is offering it at this moment. */
    static final long PENDING = -1;
    /** Answer of {@link #reserve}: it stands for another body. */
    static final long OTHER = -2;
    /** Answer of {@link #reserve}: there is no room. */
    static final long NO_ROOM = -3;
    /** Answer of {@link #reserve}: the same request has it already, with the same body. */
    static final long OWN = -4;

    private final IdCells[] generations = new IdCells[IdTable.GENERATIONS];
    private final AtomicLong held;
    private final long maxIds;
    private long oldest;

    IdStripe(AtomicLong held, long maxIds, long oldest) {
        this.held = held;
        this.maxIds = maxIds;
        this.oldest = oldest;
    }

    /**
     * Reserves an id that is not known.
     *
     * @param owner number of the reservation, positive
     * @return one of the answers above, or the log position of the event that was counted
     */
    synchronized long reserve(IdKey key, long owner, long generation) {
        for (IdCells cells : generations) {
            int cell = cells == null ? -1 : cells.find(key.high, key.low);
            if (cell >= 0) {
                return met(cells.state(cell), cells.fingerprint(cell) == key.fingerprint, owner);
            }
        }
        if (held.incrementAndGet() > maxIds) {
            held.decrementAndGet();
            return NO_ROOM;
        }
        boolean added = false;
        try {
            of(generation).add(key.high, key.low, key.fingerprint, -owner);
            added = true;
        } finally {
            if (!added) {
                held.decrementAndGet();
            }
        }
        return TAKEN;
    }

    private static long met(long state, boolean sameBody, long owner) {
        if (state < 0 && state != -owner) {
            // whether it will have been counted is not known, so its body does not matter yet
            return PENDING;
        }
        if (!sameBody) {
            return OTHER;
        }
        return state > 0 ? state : OWN;
    }

    /** The event with this id is in the log at {@code position}. */
    synchronized void publish(IdKey key, long owner, long position, long generation) {
        for (IdCells cells : generations) {
            int cell = cells == null ? -1 : cells.find(key.high, key.low);
            if (cell >= 0) {
                if (cells.state(cell) == -owner) {
                    cells.state(cell, position);
                }
                return;
            }
        }
        // its generation was dropped meanwhile: the thread slept for as long as the window
        of(generation).add(key.high, key.low, key.fingerprint, position);
        held.incrementAndGet();
    }

    /** The event with this id was refused. */
    synchronized void release(IdKey key, long owner) {
        for (IdCells cells : generations) {
            int cell = cells == null ? -1 : cells.find(key.high, key.low);
            if (cell >= 0) {
                if (cells.state(cell) == -owner) {
                    cells.remove(cell);
                    held.decrementAndGet();
                }
                return;
            }
        }
    }

    /** An event of an earlier run; of two with the same id the later one stays. */
    synchronized void restore(IdKey key, long position, long generation) {
        if (generation < oldest) {
            return;
        }
        for (IdCells cells : generations) {
            int cell = cells == null ? -1 : cells.find(key.high, key.low);
            if (cell >= 0) {
                if (cells.state(cell) >= position) {
                    return;
                }
                cells.remove(cell);
                held.decrementAndGet();
            }
        }
        of(generation).add(key.high, key.low, key.fingerprint, position);
        held.incrementAndGet();
    }

    /** Drops every generation before this one. */
    synchronized void dropBefore(long generation) {
        long end = Math.min(generation, oldest + generations.length);
        for (long one = oldest; one < end; one++) {
            int at = Math.floorMod(one, generations.length);
            if (generations[at] != null) {
                held.addAndGet(-generations[at].size());
                generations[at] = null;
            }
        }
        oldest = Math.max(oldest, generation);
    }

    /** Memory of its tables on the heap. */
    synchronized long bytes() {
        long bytes = 0;
        for (IdCells cells : generations) {
            bytes += cells == null ? 0 : cells.bytes();
        }
        return bytes;
    }

    /** The table of a generation. Times the clock has left behind, or not reached, are moved in. */
    private IdCells of(long generation) {
        long within = Math.max(oldest, Math.min(oldest + generations.length - 1, generation));
        int at = Math.floorMod(within, generations.length);
        if (generations[at] == null) {
            generations[at] = new IdCells();
        }
        return generations[at];
    }
}
