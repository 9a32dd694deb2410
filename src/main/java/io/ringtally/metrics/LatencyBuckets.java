package io.ringtally.metrics;

import org.HdrHistogram.Histogram;

/**
 * Buckets for durations from half a microsecond to a day: linear up to 131 microseconds, then 128
 * to every doubling, so that a bucket is never wider than 0.8 % of what it holds. They are exactly
 * those of {@link #histogram()}.
 *
 * <p>Threading: stateless.
 */
final class LatencyBuckets {

    static final long MAX_NANOS = 86_400_000_000_000L;

    private static final int DIGITS = 2;
    private static final int UNIT_BITS = 9;
    private static final int HALF_BITS = 7;

    static final int COUNT = indexOf(MAX_NANOS) + 1;

    private LatencyBuckets() {
    }

    /** A histogram with these buckets. */
    static Histogram histogram() {
        return new Histogram(1L << UNIT_BITS, MAX_NANOS, DIGITS);
    }

    /** The bucket of a duration from 0 to {@link #MAX_NANOS}. */
    static int indexOf(long nanos) {
        long units = nanos >>> UNIT_BITS;
        int shift = Math.max(0, 64 - HALF_BITS - 1 - Long.numberOfLeadingZeros(units | 1));
        return (shift << HALF_BITS) + (int) (units >>> shift);
    }

    /** The smallest duration of a bucket, nanoseconds. */
    static long lowest(int index) {
        int shift = Math.max(0, (index >>> HALF_BITS) - 1);
        return (long) (index - (shift << HALF_BITS)) << shift + UNIT_BITS;
    }

    /** The largest duration of a bucket, nanoseconds. */
    static long highest(int index) {
        return lowest(index + 1) - 1;
    }
}
