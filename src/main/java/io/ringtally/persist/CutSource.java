package io.ringtally.persist;

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

    /** Freezes the changes; waits for the stages, and for the log to be forced. */
    FrozenCut cut() throws InterruptedException;

    /** The cut holds nothing: Postgres is not told of it, and its checkpoint stays. */
    void discard(FrozenCut cut);

    /** The cut is in Postgres; what was refused must be taken out of memory again. */
    void persisted(FrozenCut cut, List<RefusedChange> refused) throws InterruptedException;
}
