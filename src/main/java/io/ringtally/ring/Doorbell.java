package io.ringtally.ring;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Lets a stage sleep long and be woken for a reason: by anyone who rings, or by the producer whose
 * record fills the ring past a mark.
 *
 * <p>Threading: {@link #await} is the stage's; the rest may be called by any thread.
 *
 * <p>Ordering: a ringer makes its reason visible (a queue entry, a published record) before it
 * reads {@code rung}; the sleeper clears {@code rung} before it looks for reasons. All of these are
 * volatile, so either the ringer sees {@code rung} cleared and sets it again, or the sleeper sees
 * the reason.
 */
final class Doorbell {

    private volatile boolean rung;
    private volatile long mark = Long.MAX_VALUE;
    private volatile Thread sleeper;

    /** Wakes the stage, or keeps it from falling asleep. */
    void ring() {
        if (!rung) {
            rung = true;
            LockSupport.unpark(sleeper);
        }
    }

    /** Rings if the published sequence has reached the mark set by the stage. */
    void published(long sequence) {
        if (sequence >= mark) {
            ring();
        }
    }

    /**
     * Sleeps until somebody rings, {@code cursor} reaches {@code wakeAt}, or the time is up.
     *
     * @param maxNanos longest sleep, nanoseconds
     */
    void await(long wakeAt, LongSupplier cursor, long maxNanos) {
        sleeper = Thread.currentThread();
        mark = wakeAt;
        if (!rung && cursor.getAsLong() < wakeAt) {
            LockSupport.parkNanos(this, maxNanos);
        }
        mark = Long.MAX_VALUE;
        rung = false;
    }
}
