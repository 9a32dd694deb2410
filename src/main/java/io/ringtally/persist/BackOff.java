package io.ringtally.persist;

import java.util.random.RandomGenerator;

/**
 * How long to wait between attempts: doubling, with full jitter, so that several instances do not
 * come back in step.
 *
 * <p>Threading: the flusher's.
 */
final class BackOff {

    private static final long FIRST_MILLIS = 50;
    private static final long MAX_MILLIS = 2_000;

    private final RandomGenerator random;
    private int failures;

    BackOff(RandomGenerator random) {
        this.random = random;
    }

    void succeeded() {
        failures = 0;
    }

    /** Milliseconds to wait after one more failure: half the bound to the bound. */
    long failedMillis() {
        long bound = Math.min(MAX_MILLIS, FIRST_MILLIS << Math.min(failures, 10));
        failures++;
        return bound / 2 + random.nextLong(bound / 2 + 1);
    }

    /** Failures in a row. */
    int failures() {
        return failures;
    }
}
