package io.ringtally.persist;

import java.time.Duration;

/**
 * When to flush.
 *
 * @param maxUpdates events after which a flush begins, 1 to 10,000,000
 * @param maxDelay age of the oldest change by which it is in Postgres, 50 ms to 10 s
 * @param minInterval least time between the beginnings of two flushes, 0 to {@code maxDelay}
 */
public record PersistSettings(long maxUpdates, Duration maxDelay, Duration minInterval) {

    /** Most events before a flush begins. */
    public static final long UPDATES_MAX = 10_000_000;
    /** Shortest delay, milliseconds. */
    public static final long DELAY_MILLIS_MIN = 50;
    /** Longest delay, milliseconds. */
    public static final long DELAY_MILLIS_MAX = 10_000;

    public PersistSettings {
        if (maxUpdates < 1 || maxUpdates > UPDATES_MAX) {
            throw new IllegalArgumentException("persist.max-updates = " + maxUpdates
                    + " is out of range: 1 to " + UPDATES_MAX);
        }
        if (maxDelay.toMillis() < DELAY_MILLIS_MIN || maxDelay.toMillis() > DELAY_MILLIS_MAX) {
            throw new IllegalArgumentException("persist.max-delay = " + maxDelay.toMillis()
                    + " ms is out of range: 50 ms to 10 s");
        }
        if (minInterval.isNegative() || minInterval.compareTo(maxDelay) > 0) {
            throw new IllegalArgumentException("persist.min-interval = " + minInterval.toMillis()
                    + " ms is out of range: 0 to persist.max-delay, " + maxDelay.toMillis()
                    + " ms");
        }
    }

    /** The same with another number of updates. */
    public PersistSettings withMaxUpdates(long updates) {
        return new PersistSettings(updates, maxDelay, minInterval);
    }

    /** The same with another delay. */
    public PersistSettings withMaxDelay(Duration delay) {
        return new PersistSettings(maxUpdates, delay,
                minInterval.compareTo(delay) > 0 ? delay : minInterval);
    }

    /** The same with another least time between flushes. */
    public PersistSettings withMinInterval(Duration interval) {
        return new PersistSettings(maxUpdates, maxDelay, interval);
    }
}
