package io.ringtally.persist;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The end of a wait for another process. On the system's own monotonic clock, not an injected one:
 * the process waited for runs in real time, and under a clock that stands still this would hang.
 *
 * <p>Threading: immutable.
 */
record Deadline(long atNanos) {

    private static final long POLL_MILLIS = 10;

    static Deadline in(Duration limit) {
        return new Deadline(System.nanoTime() + limit.toNanos());
    }

    boolean passed() {
        return System.nanoTime() - atNanos >= 0;
    }

    /** Time left, never negative. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, atNanos - System.nanoTime()));
    }

    /** Waits until {@code holds}, and says whether it did before the deadline. */
    boolean await(BooleanSupplier holds) throws InterruptedIOException {
        while (!holds.getAsBoolean()) {
            if (passed()) {
                return false;
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for PostgreSQL");
            }
        }
        return true;
    }
}
