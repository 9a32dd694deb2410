package io.ringtally.audit;

import io.ringtally.journal.LogPosition;
import io.ringtally.persist.LedgerSnapshot;
import io.ringtally.tally.Amount;
import java.util.List;
import java.util.UUID;

/**
 * The outcome of one audit.
 *
 * <p>Threading: immutable.
 *
 * @param log the running service's side; null where only Postgres was asked
 * @param ledger Postgres's side, over all logs, in one snapshot
 * @param findings what does not agree, a sentence each; empty when all is balanced
 * @param tookMillis how long it took
 */
public record AuditReport(LogBooks log, LedgerSnapshot ledger, List<String> findings,
        long tookMillis) {

    public boolean balanced() {
        return findings.isEmpty();
    }

    /** Judges what Postgres holds, where no service can be asked. */
    public static AuditReport of(LedgerSnapshot ledger, long tookMillis) {
        return new AuditReport(null, ledger, Findings.of(ledger), tookMillis);
    }

    /**
     * One log, as its service sees it.
     *
     * @param uuid the log's name
     * @param position everything up to here is in {@code accepted}
     * @param accepted what was accepted, over all its runs
     * @param folded what its checkpoint in the audit's snapshot covers
     * @param deduplicated repeats recognised since the start
     */
    public record LogBooks(UUID uuid, LogPosition position, Amount accepted, Amount folded,
            long deduplicated) {

        /** Accepted and not in the snapshot yet. */
        public Amount inFlight() {
            return accepted.minus(folded);
        }
    }
}
