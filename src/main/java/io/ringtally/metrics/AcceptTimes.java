package io.ringtally.metrics;

import java.util.Arrays;

/**
 * How many events were accepted when, for a set of events that will be finished together: counts in
 * slots of equal length. When the time no longer fits, neighbours are merged and the slots are
 * twice as long: from 128 microseconds on, never longer than a 1024th of the time from the first
 * event to the last.
 *
 * <p>Threading: of whoever owns the set at the time.
 */
public final class AcceptTimes {

    private static final int SLOTS = 2048;
    private static final int FIRST_BITS = 7;
    /** Slots kept for events accepted before the one that comes first: I/O threads overtake. */
    private static final int EARLIER = 128;

    private final long[] counts = new long[SLOTS];
    private long baseMicros;
    private int bits;
    private boolean empty = true;

    /** Adds events accepted at this time, microseconds since the epoch. */
    public void add(long acceptedAtMicros, long events) {
        if (empty) {
            empty = false;
            bits = FIRST_BITS;
            baseMicros = acceptedAtMicros - ((long) EARLIER << FIRST_BITS);
        }
        long slot = Math.max(0, acceptedAtMicros - baseMicros) >> bits;
        while (slot >= SLOTS) {
            merge();
            slot >>= 1;
        }
        counts[(int) slot] += events;
    }

    private void merge() {
        for (int i = 0; i < SLOTS / 2; i++) {
            counts[i] = counts[2 * i] + counts[2 * i + 1];
        }
        Arrays.fill(counts, SLOTS / 2, SLOTS, 0);
        bits++;
    }

    /** All of them are finished now: records how long each took, up to a slot too long. */
    public void finishedAt(long nowMicros, LatencyWriter writer) {
        if (empty) {
            return;
        }
        for (int slot = 0; slot < SLOTS; slot++) {
            if (counts[slot] != 0) {
                long micros = nowMicros - baseMicros - ((long) slot << bits);
                writer.record(micros * 1_000, counts[slot]);
            }
        }
    }

    /** Back to nothing. */
    public void clear() {
        if (!empty) {
            Arrays.fill(counts, 0);
            empty = true;
        }
    }
}
