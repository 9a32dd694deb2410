package io.ringtally.app;

import io.ringtally.persist.Flusher;
import io.ringtally.persist.PersistSettings;
import io.ringtally.ring.Ring;
import io.ringtally.ring.StagePace;

/**
 * Lets the stages sleep as long as configured, but not past what the flusher has promised: a
 * threshold of updates is noticed at its event, and a change well before its delay is over.
 *
 * <p>Threading: as {@link StagePace} says.
 */
final class FlushPace implements StagePace {

    private final Ring ring;
    private final Flusher flusher;
    private final long longestNanos;

    FlushPace(Ring ring, Flusher flusher, int parkMicros) {
        this.ring = ring;
        this.flusher = flusher;
        this.longestNanos = parkMicros * 1_000L;
    }

    @Override
    public long parkNanos() {
        return Math.min(longestNanos, flusher.settings().maxDelay().toNanos() / 4);
    }

    @Override
    public long slotsUntilWake() {
        PersistSettings settings = flusher.settings();
        long rest = settings.maxUpdates() + 1 - ring.unpersistedEvents();
        // past the threshold the flusher knows already, and may have to wait itself
        return rest > 0 ? rest : Long.MAX_VALUE;
    }
}
