package io.ringtally.audit;

import io.ringtally.time.Clock;
import io.ringtally.time.WorkProgress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the last audit has found, for whoever watches the service. An imbalance stays until an audit
 * finds balance.
 *
 * <p>Threading: any thread.
 */
public final class LedgerAlarm {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerAlarm.class);

    private final Clock clock;
    private final WorkProgress progress;
    private volatile Last last;

    private record Last(String finding, long nanos) {
    }

    public LedgerAlarm(Clock clock) {
        this.clock = clock;
        this.progress = new WorkProgress(clock, "auditing", "findings");
    }

    /** Whether an audit is under way, and what the last one came to. */
    public WorkProgress progress() {
        return progress;
    }

    void audited(AuditReport report) {
        boolean was = isBalanced();
        last = new Last(String.join("; ", report.findings()), clock.nanoTime());
        progress.done(report.findings().size());
        if (!report.balanced()) {
            progress.trouble(last.finding);
        }
        if (!report.balanced()) {
            LOG.error("THE LEDGER IS UNBALANCED: {}. docs/operations.md says what to do",
                    last.finding);
        } else if (!was) {
            LOG.warn("the ledger is balanced again");
        }
    }

    /** What the last audit has found not to agree; empty if it found nothing, or none was made. */
    public String finding() {
        Last seen = last;
        return seen == null ? "" : seen.finding;
    }

    /** Whether no imbalance is known; true also when no audit has been made yet. */
    public boolean isBalanced() {
        return finding().isEmpty();
    }

    /** Milliseconds since the last audit that came to a verdict; -1 if none has. */
    public long ageMillis() {
        Last seen = last;
        return seen == null ? -1 : TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - seen.nanos);
    }
}
