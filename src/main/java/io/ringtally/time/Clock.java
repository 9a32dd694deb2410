package io.ringtally.time;

/**
 * The two kinds of time the service uses.
 *
 * <p>Threading: implementations are safe for use by any thread.
 */
public interface Clock {

    /** Monotonic time in nanoseconds from an arbitrary origin. Compare differences only. */
    long nanoTime();

    /** Wall-clock time in microseconds since 1970-01-01T00:00:00Z. May step backwards. */
    long epochMicros();
}
