package io.ringtally.time;

import java.time.Instant;

/**
 * The machine's clocks.
 *
 * <p>Threading: stateless.
 */
public final class SystemClock implements Clock {

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long epochMicros() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000L + now.getNano() / 1_000;
    }
}
