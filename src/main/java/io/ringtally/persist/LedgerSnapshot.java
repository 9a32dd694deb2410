package io.ringtally.persist;

import io.ringtally.tally.Amount;
import java.util.List;

/**
 * What the view {@code ringtally.ledger} and the checkpoints say, in one snapshot.
 *
 * <p>Threading: immutable.
 *
 * @param accepted what all logs have folded in, up to their checkpoints
 * @param counted what {@code ringtally.counter} holds
 * @param deadLettered what {@code ringtally.dead_letter} holds
 * @param bookedOut what was taken out of the counters on purpose
 * @param balanced the view's own verdict
 * @param checkpoints every log's row
 */
public record LedgerSnapshot(Amount accepted, Amount counted, Amount deadLettered,
        Amount bookedOut, boolean balanced, List<CheckpointRow> checkpoints) {
}
