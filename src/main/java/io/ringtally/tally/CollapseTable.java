package io.ringtally.tally;

import io.ringtally.event.EventCursor;
import java.util.Arrays;

/**
 * The events of one ring batch summed per counter, so that the off-heap store is touched once per
 * counter and not once per event. Keys are not copied: an entry remembers where the first event of
 * its counter lies in the ring, which stays put until the batch is released.
 *
 * <p>It holds at most {@link #ENTRIES_MAX} counters, small enough to stay in the second-level
 * cache; its owner empties it when {@link #hasRoomFor} says so.
 *
 * <p>Threading: the shard's thread.
 */
final class CollapseTable {

    static final int ENTRIES_MAX = 4096;

    private static final int INDEX_SIZE = 4 * ENTRIES_MAX;
    private static final int INDEX_MASK = INDEX_SIZE - 1;

    /** Entry number plus one at the place its hash points to; 0 is free. */
    private final short[] index = new short[INDEX_SIZE];
    private final int[] indexPlace = new int[ENTRIES_MAX];

    final long[] hash = new long[ENTRIES_MAX];
    final int[] address = new int[ENTRIES_MAX];
    final long[] sum = new long[ENTRIES_MAX];
    /** Sum of the values' absolute amounts; {@code Long.MAX_VALUE} when that is too large. */
    final long[] magnitude = new long[ENTRIES_MAX];
    final long[] events = new long[ENTRIES_MAX];
    final long[] firstAt = new long[ENTRIES_MAX];
    final long[] lastAt = new long[ENTRIES_MAX];
    final long[] firstPosition = new long[ENTRIES_MAX];
    final long[] lastPosition = new long[ENTRIES_MAX];
    private int size;

    int size() {
        return size;
    }

    boolean hasRoomFor(int moreEvents) {
        return size + moreEvents <= ENTRIES_MAX;
    }

    void add(EventCursor event, long position) {
        long value = event.value();
        long createdAt = event.createdAtMicros();
        int entry = entryOf(event, position);
        sum[entry] += value;
        magnitude[entry] = saturatingAdd(magnitude[entry], value);
        events[entry]++;
        firstAt[entry] = Math.min(firstAt[entry], createdAt);
        lastAt[entry] = Math.max(lastAt[entry], createdAt);
        lastPosition[entry] = position;
    }

    private int entryOf(EventCursor event, long position) {
        long keyHash = event.keyHash();
        int place = (int) keyHash & INDEX_MASK;
        while (index[place] != 0) {
            int entry = index[place] - 1;
            if (hash[entry] == keyHash && event.sameCounterAs(address[entry])) {
                return entry;
            }
            place = (place + 1) & INDEX_MASK;
        }
        assert size < ENTRIES_MAX : "the owner makes room before it adds";
        int entry = size++;
        index[place] = (short) (entry + 1);
        indexPlace[entry] = place;
        hash[entry] = keyHash;
        address[entry] = event.address();
        sum[entry] = 0;
        magnitude[entry] = 0;
        events[entry] = 0;
        firstAt[entry] = Long.MAX_VALUE;
        lastAt[entry] = Long.MIN_VALUE;
        firstPosition[entry] = position;
        return entry;
    }

    /**
     * Whether every order of an entry's values can be added to {@code total} without leaving 64
     * bits on the way; if not, they must be added one by one.
     */
    boolean fitsInAnyOrder(int entry, long total) {
        long reach = magnitude[entry];
        return isExact(entry)
                && total <= Long.MAX_VALUE - reach && total >= Long.MIN_VALUE + reach;
    }

    /** Whether an entry's sum cannot have left 64 bits on the way. */
    boolean isExact(int entry) {
        return magnitude[entry] != Long.MAX_VALUE;
    }

    void clear() {
        if (size > INDEX_SIZE / 16) {
            Arrays.fill(index, (short) 0);
        } else {
            for (int entry = 0; entry < size; entry++) {
                index[indexPlace[entry]] = 0;
            }
        }
        size = 0;
    }

    private static long saturatingAdd(long magnitude, long value) {
        long amount = value == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(value);
        long sum = magnitude + amount;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
