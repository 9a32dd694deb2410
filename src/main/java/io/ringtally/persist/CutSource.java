package io.ringtally.persist;

import io.ringtally.event.Change;
import io.ringtally.tally.FrozenCut;
import java.util.List;

/**
 * What the flusher flushes.
 *
 * <p>Threading: the flusher's thread calls everything here.
 */
public interface CutSource {

    /** Events applied since the last cut. */
    long unpersistedEvents();

    /** Monotonic time of the oldest of them, 0 if there is none. */
    long oldestNanos();

    /** Whether records have been published that no stage has applied yet. */
    boolean hasBacklog();

    /** Bytes of changes that one cut can have. */
    int changesRoom();

    /**
     * Freezes the changes; waits for the stages, and for the log to be forced.
     *
     * @param changes what is to be decided in the flush of the cut
     */
    FrozenCut cut(List<Change> changes) throws InterruptedException;

    /** The cut holds nothing: Postgres is not told of it, and its checkpoint stays. */
    void discard(FrozenCut cut);

    /**
     * The cut is in Postgres; what was refused must be taken out of memory again, and what was
     * changed taken over.
     *
     * @param replayed whether the log is still being read
     */
    void persisted(FrozenCut cut, List<RefusedChange> refused, List<ChangeResult> results,
            boolean replayed) throws InterruptedException;
}
