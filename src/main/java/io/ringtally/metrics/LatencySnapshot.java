package io.ringtally.metrics;

/**
 * Quantiles of the durations recorded within some time. Each is the upper end of its bucket, so up
 * to 0.8 % too long; 0 where nothing was recorded.
 *
 * <p>Threading: immutable.
 *
 * @param endMillis wall-clock time of its end, milliseconds since the epoch
 * @param spanMillis how long it was, by the monotonic clock
 * @param count durations recorded
 * @param maxNanos the longest
 */
public record LatencySnapshot(long endMillis, long spanMillis, long count, long p50Nanos,
        long p90Nanos, long p99Nanos, long p999Nanos, long maxNanos) {

    static LatencySnapshot nothing(long endMillis, long spanMillis) {
        return new LatencySnapshot(endMillis, spanMillis, 0, 0, 0, 0, 0, 0);
    }
}
