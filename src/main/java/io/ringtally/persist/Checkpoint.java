package io.ringtally.persist;

import io.ringtally.journal.LogPosition;
import java.util.UUID;

/**
 * How far a log is folded into the counters, and by whose epoch it may be moved on.
 *
 * @param log the log's name
 * @param epoch raised at every start; whoever holds an older one is fenced
 * @param position everything up to here is in the counters
 */
public record Checkpoint(UUID log, long epoch, LogPosition position) {
}
