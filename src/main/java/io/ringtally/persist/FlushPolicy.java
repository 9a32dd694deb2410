package io.ringtally.persist;

/**
 * Decides whether it is time to flush.
 *
 * <p>A change must be <em>in</em> Postgres when {@code max-delay} is over, so the flush begins
 * earlier by what the last ones took.
 *
 * <p>Threading: the flusher's; settings may be replaced by any thread.
 */
final class FlushPolicy {

    /** Time for the stages to notice events and to reach the cut, beside the flush itself. */
    private static final long HAND_OVER_NANOS = 160_000_000;

    private volatile PersistSettings settings;
    private long flushNanos;

    FlushPolicy(PersistSettings settings) {
        this.settings = settings;
    }

    PersistSettings settings() {
        return settings;
    }

    void settings(PersistSettings replaced) {
        settings = replaced;
    }

    /** Learns how long a flush took, in nanoseconds. */
    void flushed(long tookNanos) {
        flushNanos = Math.max(tookNanos, flushNanos - flushNanos / 8);
    }

    /**
     * Nanoseconds until a flush is due; 0 or less means now, {@code Long.MAX_VALUE} not at all.
     *
     * @param events events that Postgres does not have
     * @param oldestAgeNanos age of the oldest of them
     * @param sinceLastNanos time since the last flush began
     */
    long dueInNanos(long events, long oldestAgeNanos, long sinceLastNanos) {
        if (events == 0) {
            return Long.MAX_VALUE;
        }
        PersistSettings now = settings;
        long rest = now.minInterval().toNanos() - sinceLastNanos;
        if (events > now.maxUpdates()) {
            return Math.max(0, rest);
        }
        long maxDelay = now.maxDelay().toNanos();
        long lead = Math.min(maxDelay / 2, HAND_OVER_NANOS + 2 * flushNanos);
        return Math.max(rest, maxDelay - lead - oldestAgeNanos);
    }
}
