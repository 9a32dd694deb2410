package io.ringtally.ring;

/**
 * How fast the stages free slots, from which a full ring says when to come back.
 *
 * <p>Threading: {@link #sample} is called by one stage; {@link #slotsPerSecond} by any thread.
 */
final class DrainRate {

    private static final long WINDOW_NANOS = 200_000_000;

    private long windowStartNanos;
    private long windowStartSequence = -1;
    private volatile double slotsPerSecond;

    /** Notes that everything up to {@code sequence} was applied at {@code nowNanos}. */
    void sample(long sequence, long nowNanos) {
        long elapsed = nowNanos - windowStartNanos;
        if (elapsed < WINDOW_NANOS) {
            return;
        }
        double rate = (sequence - windowStartSequence) * 1e9 / elapsed;
        // a stage that slept between two records was not short of work: keep what it can do
        slotsPerSecond = Math.max(rate, slotsPerSecond * 0.9);
        windowStartNanos = nowNanos;
        windowStartSequence = sequence;
    }

    /** Slots per second lately; 0 before anything was applied. */
    double slotsPerSecond() {
        return slotsPerSecond;
    }

    /**
     * Whole seconds until {@code backlog} slots are free again, 1 to 60.
     */
    int secondsToDrain(long backlog) {
        double rate = slotsPerSecond;
        if (rate <= 0) {
            return 1;
        }
        return (int) Math.max(1, Math.min(60, Math.ceil(backlog / rate)));
    }
}
