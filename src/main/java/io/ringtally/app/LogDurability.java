package io.ringtally.app;

import io.ringtally.http.AckLevel;
import io.ringtally.http.Durability;
import io.ringtally.journal.LogPosition;
import io.ringtally.persist.Flusher;

/**
 * How far log and Postgres have got, for requests that wait.
 *
 * <p>Threading: as {@link Durability} says.
 */
final class LogDurability implements Durability {

    private final Pipeline pipeline;
    private volatile Runnable persisted = () -> { };

    LogDurability(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public long reached(AckLevel level) {
        if (level == AckLevel.PERSISTED) {
            Flusher flusher = pipeline.flusher();
            return flusher == null ? 0 : flusher.checkpoint().position().number();
        }
        return level == AckLevel.SYNCED ? pipeline.journal.forced().number() : Long.MAX_VALUE;
    }

    @Override
    public void want(AckLevel level, long position) {
        if (level == AckLevel.PERSISTED) {
            pipeline.flusher().hurry();
        } else if (level == AckLevel.SYNCED) {
            pipeline.journal.want(new LogPosition(position));
        }
    }

    @Override
    public void onReached(AckLevel level, Runnable listener) {
        if (level == AckLevel.PERSISTED) {
            persisted = listener;
        } else {
            pipeline.journal.onForced(position -> listener.run());
        }
    }

    /** Postgres has another cut. */
    void persisted() {
        persisted.run();
    }
}
