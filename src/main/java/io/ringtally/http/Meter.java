package io.ringtally.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket, kept as the moment at which it will be full again (the generic cell rate
 * algorithm). It lets in whatever comes while it is not empty, also more than it holds: the rest is
 * a debt that later ones wait for. So a large batch is never impossible, and the rate holds.
 *
 * <p>Threading: any thread; two at once may both be let in by the last token.
 */
final class Meter {

    private static final long SECOND_NANOS = 1_000_000_000;

    private final long perSecond;
    private final long burstNanos;
    private final AtomicLong fullAtNanos = new AtomicLong();

    /** A full one. Times given to it begin at 0 or later, and never go back. */
    Meter(long perSecond, long burstNanos) {
        this.perSecond = perSecond;
        this.burstNanos = burstNanos;
    }

    /** How long until it lets something in; 0 if it does now. */
    long waitNanos(long nowNanos) {
        // at a debt of one burst exactly it is empty
        return Math.max(0, fullAtNanos.get() - nowNanos - burstNanos + 1);
    }

    void take(long nowNanos, long tokens) {
        long cost = (long) Math.ceil((double) tokens * SECOND_NANOS / perSecond);
        fullAtNanos.accumulateAndGet(cost, (full, more) -> Math.max(full, nowNanos) + more);
    }

    boolean isFull(long nowNanos) {
        return fullAtNanos.get() <= nowNanos;
    }

    /** How many it holds when it is full. */
    long capacity() {
        return Math.max(1, (long) ((double) perSecond * burstNanos / SECOND_NANOS));
    }

    /** In how many seconds it holds that many, rounded up. */
    long windowSeconds() {
        return seconds(burstNanos);
    }

    static long seconds(long nanos) {
        return Math.max(1, (nanos + SECOND_NANOS - 1) / SECOND_NANOS);
    }
}
