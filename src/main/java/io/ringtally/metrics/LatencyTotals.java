package io.ringtally.metrics;

/**
 * All durations recorded since the start, by bucket.
 *
 * <p>Threading: immutable.
 */
public final class LatencyTotals {

    private final long[] counts;
    private final long sumNanos;

    /** Takes the counts over: they do not change any more. */
    LatencyTotals(long[] counts, long sumNanos) {
        this.counts = counts;
        this.sumNanos = sumNanos;
    }

    /** How many there are. */
    public long count() {
        return countUpTo(Long.MAX_VALUE);
    }

    /** How many were no longer than this; a bucket that straddles it is taken whole. */
    public long countUpTo(long nanos) {
        long count = 0;
        for (int i = 0; i < counts.length && LatencyBuckets.lowest(i) <= nanos; i++) {
            count += counts[i];
        }
        return count;
    }

    /** Their sum, nanoseconds. */
    public long sumNanos() {
        return sumNanos;
    }
}
