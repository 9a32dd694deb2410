package io.ringtally.tally;

import java.util.Arrays;
import java.util.BitSet;

/**
 * What the changes of a replay started from: the total of each change's counter before it. With it
 * the next event is judged against base plus change, and the store need not be asked again; the
 * changes themselves remember what was counted, so there is nothing to set here.
 *
 * <p>It is the entry of one counter at a time, the one asked for last.
 *
 * <p>Threading: the shard's thread.
 */
final class ReplayBases implements CounterEntry {

    private static final int INITIAL_ENTRIES = 1024;

    private long[] base = new long[INITIAL_ENTRIES];
    private final BitSet unknown = new BitSet();
    private int size;

    private boolean known;
    private long total;

    /** The entry of a counter without a change yet, or null if its base cannot be told. */
    CounterEntry begin(CounterEntry stored) {
        known = stored != null;
        total = known ? stored.total() : 0;
        return known ? this : null;
    }

    /** The entry of a counter that has a change, or null if its base cannot be told. */
    CounterEntry at(int change, ChangeSet changes) {
        known = !unknown.get(change);
        // exact: an event that would take it beyond 64 bits is not among the changes
        total = base[change] + changes.delta64(change);
        return known ? this : null;
    }

    /** The counter begun last has this change, which may be a new one. */
    void startedAt(int change) {
        if (change < size) {
            return;
        }
        assert change == size : "changes are numbered as they begin";
        if (size == base.length) {
            base = Arrays.copyOf(base, 2 * size);
        }
        base[size] = total;
        unknown.set(size, !known);
        size++;
    }

    @Override
    public long total() {
        return total;
    }

    @Override
    public long events() {
        return 0;
    }

    @Override
    public long firstAtMicros() {
        return Long.MAX_VALUE;
    }

    @Override
    public long lastAtMicros() {
        return Long.MIN_VALUE;
    }

    @Override
    public void set(long newTotal, long newEvents, long firstAtMicros, long lastAtMicros) {
        // the change has been added to
    }
}
