package io.ringtally.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counts durations by bucket, since the start, for one thread: a load and a store each.
 *
 * <p>Threading: {@link #record} belongs to one thread at a time; the sums may be taken by any.
 *
 * <p>Ordering: none is needed. Counts only grow and are written whole (opaque); a reader that comes
 * too early finds the rest the next time.
 */
public final class LatencyWriter {

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] counts = new long[LatencyBuckets.COUNT];
    /** The sum of all durations, in the only element: written like the counts. */
    private final long[] sumNanos = new long[1];

    LatencyWriter() {
    }

    /** Records one duration. */
    public void record(long nanos) {
        record(nanos, 1);
    }

    /**
     * Records as many equal durations.
     *
     * @param nanos below 1 (a clock stepped back) counts as 1, so that the sum always grows; above
     *     a day as a day
     */
    public void record(long nanos, long times) {
        long within = Math.min(Math.max(nanos, 1), LatencyBuckets.MAX_NANOS);
        int index = LatencyBuckets.indexOf(within);
        LONGS.setOpaque(counts, index, counts[index] + times);
        LONGS.setOpaque(sumNanos, 0, sumNanos[0] + within * times);
    }

    void addCountsTo(long[] total) {
        for (int i = 0; i < total.length; i++) {
            total[i] += (long) LONGS.getOpaque(counts, i);
        }
    }

    long sumNanos() {
        return (long) LONGS.getOpaque(sumNanos, 0);
    }
}
