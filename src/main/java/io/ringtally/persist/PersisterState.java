package io.ringtally.persist;

import io.ringtally.journal.LogPosition;

/**
 * What the flusher is doing, for other threads.
 *
 * <p>Threading: immutable.
 *
 * @param persistedPosition the checkpoint
 * @param flushes flushes since the start
 * @param flushedEvents events in them
 * @param lastFlushMillis what the last one took; 0 before the first
 * @param frozenSinceNanos monotonic time of the oldest change in the cut being flushed; 0 if none
 * @param failures failed attempts in a row
 * @param lastError the last failure's message, empty when the last attempt succeeded
 * @param paused whether flushes are paused by an operator
 * @param ended whether the flusher's thread has ended
 */
public record PersisterState(LogPosition persistedPosition, long flushes, long flushedEvents,
        long lastFlushMillis, long frozenSinceNanos, int failures, String lastError,
        boolean paused, boolean ended) {
}
