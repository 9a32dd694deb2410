package io.ringtally.persist;

import io.ringtally.journal.LogPosition;
import io.ringtally.tally.Amount;
import java.util.UUID;

/**
 * How far a log is folded into the counters, and by whose epoch it may be moved on.
 *
 * @param log the log's name
 * @param epoch raised at every start; whoever holds an older one is fenced
 * @param position everything up to here is in the counters
 * @param folded events and sum of the log up to here, over all its runs
 */
public record Checkpoint(UUID log, long epoch, LogPosition position, Amount folded) {

    /** The checkpoint once a cut that ends at {@code to} is in the counters too. */
    Checkpoint movedTo(LogPosition to, Amount more) {
        return new Checkpoint(log, epoch, to, folded.plus(more));
    }
}
