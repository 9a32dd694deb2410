package io.ringtally.audit;

import io.ringtally.persist.Checkpoint;
import io.ringtally.persist.CheckpointRow;
import io.ringtally.persist.LedgerSnapshot;
import io.ringtally.tally.Amount;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds what does not agree and says it in sentences.
 *
 * <p>Threading: stateless.
 */
final class Findings {

    private Findings() {
    }

    /** What does not agree within Postgres. */
    static List<String> of(LedgerSnapshot ledger) {
        List<String> findings = new ArrayList<>();
        Amount there = ledger.counted().plus(ledger.deadLettered()).plus(ledger.bookedOut());
        Amount missing = ledger.accepted().minus(there);
        if (missing.events().signum() != 0) {
            findings.add("events: the logs have folded in " + ledger.accepted().events()
                    + ", and counters, dead letters and what is booked out hold " + there.events()
                    + ", " + difference(missing.events()));
        }
        if (missing.sum().signum() != 0) {
            findings.add("sums: the logs have folded in " + ledger.accepted().sum()
                    + ", and counters, dead letters and what is booked out hold " + there.sum()
                    + ", " + difference(missing.sum()));
        }
        if (findings.isEmpty() && !ledger.balanced()) {
            findings.add("the view ringtally.ledger says that it is unbalanced, although its"
                    + " numbers agree: it is not the view of this version");
        }
        return findings;
    }

    private static String difference(BigInteger missing) {
        return missing.abs() + (missing.signum() > 0 ? " too little" : " too much");
    }

    /** What does not agree between a log's row and its service, which has accepted more since. */
    static List<String> of(CheckpointRow row, Amount accepted) {
        List<String> findings = new ArrayList<>();
        int events = row.folded().events().compareTo(accepted.events());
        if (events > 0 || events == 0 && !row.folded().sum().equals(accepted.sum())) {
            findings.add("log " + row.log() + ": its checkpoint covers " + row.folded()
                    + ", and the service has accepted " + accepted);
        }
        return findings;
    }

    /** Whether a row is where its writer has left it; empty if so. */
    static List<String> of(CheckpointRow row, Checkpoint left) {
        if (row.position().equals(left.position()) && row.folded().equals(left.folded())) {
            return List.of();
        }
        return List.of("log " + row.log() + ": its checkpoint stands at position "
                + row.position() + " with " + row.folded() + ", and the service has left it at "
                + left.position() + " with " + left.folded());
    }
}
