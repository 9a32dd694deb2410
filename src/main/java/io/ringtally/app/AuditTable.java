package io.ringtally.app;

import io.ringtally.audit.AuditReport;
import io.ringtally.persist.CheckpointRow;
import io.ringtally.persist.LedgerSnapshot;
import io.ringtally.tally.Amount;
import java.util.ArrayList;
import java.util.List;

/**
 * An audit for people, on a terminal.
 *
 * <p>Threading: stateless.
 */
final class AuditTable {

    private static final String LINE = "%-36s %20s %28s";

    private AuditTable() {
    }

    static List<String> lines(AuditReport report) {
        List<String> lines = new ArrayList<>();
        if (report.log() != null) {
            AuditReport.LogBooks log = report.log();
            lines.add("");
            lines.add(head("this log"));
            lines.add(line("accepted", log.accepted()));
            lines.add(line("in flight", log.inFlight()));
            lines.add(line("in its checkpoint", log.folded()));
            lines.add(String.format(LINE, "deduplicated", log.deduplicated(), "").stripTrailing());
        }
        LedgerSnapshot ledger = report.ledger();
        lines.add("");
        lines.add(head("all logs, in PostgreSQL"));
        lines.add(line("accepted, up to the checkpoints", ledger.accepted()));
        lines.add(line("persisted in counters", ledger.counted()));
        lines.add(line("dead letters", ledger.deadLettered()));
        lines.add(line("booked out", ledger.bookedOut()));
        lines.add("");
        lines.add(head("log"));
        for (CheckpointRow row : ledger.checkpoints()) {
            boolean own = report.log() != null && row.log().equals(report.log().uuid());
            lines.add(line(row.log().toString(), row.folded()) + "  position " + row.position()
                    + ", " + row.updatedAt() + (own ? " (this log)" : ""));
        }
        lines.add("");
        lines.add(report.balanced() ? "balanced" : "NOT BALANCED");
        report.findings().forEach(finding -> lines.add("- " + finding));
        return lines;
    }

    private static String head(String first) {
        return String.format(LINE, first, "events", "sum");
    }

    private static String line(String name, Amount amount) {
        return String.format(LINE, name, amount.events(), amount.sum());
    }
}
