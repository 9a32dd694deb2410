package io.ringtally.time;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Both clocks, standing still until a test moves them.
 *
 * <p>Threading: any.
 */
public final class ManualClock implements Clock {

    private final AtomicLong nanos = new AtomicLong(5_000_000_000L);
    private final AtomicLong micros = new AtomicLong(1_700_000_000_000_000L);

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public long epochMicros() {
        return micros.get();
    }

    /** Time passes, by both clocks. */
    public void pass(long amount, TimeUnit unit) {
        nanos.addAndGet(unit.toNanos(amount));
        micros.addAndGet(unit.toMicros(amount));
    }

    /** Somebody sets the wall clock. */
    public void step(long amount, TimeUnit unit) {
        micros.addAndGet(unit.toMicros(amount));
    }
}
