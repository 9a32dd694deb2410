package io.ringtally.audit;

import io.ringtally.journal.LogPosition;
import io.ringtally.tally.Amount;

/**
 * What a log has accepted, over all its runs.
 *
 * <p>Threading: any thread.
 */
public interface LedgerSource {

    /**
     * What is accepted now. Read after a checkpoint it is never less than what that one folds;
     * where both have the same number of events, they have the same sum.
     */
    Accepted accepted();

    /**
     * What was accepted.
     *
     * @param position everything up to here is in the amount
     * @param amount events and their sum
     */
    record Accepted(LogPosition position, Amount amount) {
    }
}
