package io.ringtally.audit;

import io.ringtally.audit.AuditReport.LogBooks;
import io.ringtally.audit.LedgerSource.Accepted;
import io.ringtally.persist.CheckpointRow;
import io.ringtally.persist.DatabaseSettings;
import io.ringtally.persist.Folding;
import io.ringtally.persist.LedgerReader;
import io.ringtally.persist.LedgerSnapshot;
import io.ringtally.persist.LedgerUnavailableException;
import io.ringtally.tally.Amount;
import io.ringtally.time.WorkProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Holds the books of a running service against those in Postgres, while both go on. Exact under
 * load: everything of Postgres comes from one snapshot; the service's own account of its checkpoint
 * is looked at before and after that was taken, and again if a flush began or ended in between; and
 * what is accepted is read last, so it is never less.
 *
 * <p>Threading: any thread; one audit at a time.
 */
public final class Audit implements AutoCloseable {

    /** Flushes are milliseconds apart at the least and a snapshot takes about one. */
    private static final int SNAPSHOTS_MAX = 50;

    private final DatabaseSettings database;
    private final Duration timeout;
    private final LocalBooks books;
    private final LedgerAlarm alarm;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile LedgerReader reading;
    private volatile boolean closed;

    public Audit(DatabaseSettings database, AuditSettings settings, LocalBooks books,
            LedgerAlarm alarm) {
        this.database = database;
        this.timeout = settings.timeout();
        this.books = books;
        this.alarm = alarm;
    }

    /**
     * Makes an audit and raises the alarm, or takes it back.
     *
     * @return empty if another one is under way
     * @throws LedgerUnavailableException if there was no verdict
     */
    public Optional<AuditReport> tryRun() throws LedgerUnavailableException {
        if (!running.compareAndSet(false, true)) {
            return Optional.empty();
        }
        WorkProgress progress = alarm.progress();
        progress.begin(0);
        try (LedgerReader reader = LedgerReader.connect(database, timeout)) {
            reading = reader;
            if (closed) {
                throw new LedgerUnavailableException("the service is ending", null);
            }
            AuditReport report = compare(reader, System.nanoTime());
            alarm.audited(report);
            return Optional.of(report);
        } catch (LedgerUnavailableException | RuntimeException failed) {
            progress.trouble(failed.getMessage());
            throw failed;
        } finally {
            progress.end();
            reading = null;
            running.set(false);
        }
    }

    /** The next one is made by itself after this time. */
    void next(Duration interval) {
        alarm.progress().nextIn(interval);
    }

    private AuditReport compare(LedgerReader reader, long begun)
            throws LedgerUnavailableException {
        Folding before;
        CheckpointRow row;
        Accepted accepted;
        boolean steady;
        int attempts = 0;
        do {
            before = books.folding().get();
            row = rowOf(before.done().log(), reader.begin());
            accepted = books.accepted().accepted();
            steady = books.folding().get() == before;
        } while (!steady && ++attempts < SNAPSHOTS_MAX);
        List<String> findings = new ArrayList<>(row == null
                ? List.of("log " + before.done().log() + ": its checkpoint is gone")
                : compare(row, before, accepted, steady));
        LedgerSnapshot ledger = reader.read();
        findings.addAll(Findings.of(ledger));
        LogBooks own = new LogBooks(before.done().log(), accepted.position(), accepted.amount(),
                row == null ? Amount.ZERO : row.folded(), books.deduplicated().getAsLong());
        return new AuditReport(own, ledger, List.copyOf(findings),
                (System.nanoTime() - begun) / 1_000_000);
    }

    private static CheckpointRow rowOf(UUID log, List<CheckpointRow> rows) {
        return rows.stream().filter(row -> row.log().equals(log)).findFirst().orElse(null);
    }

    /**
     * Compares the log's row with what its service knows.
     *
     * @param steady whether no flush began or ended around the snapshot; else only what holds at
     *     any time can be judged
     */
    private static List<String> compare(CheckpointRow row, Folding folding, Accepted accepted,
            boolean steady) throws LedgerUnavailableException {
        long epoch = folding.done().epoch();
        if (row.epoch() != epoch) {
            // whoever has lost its log is about to end, and has nothing to compare
            throw new LedgerUnavailableException("another process has taken over log " + row.log()
                    + ": it is at epoch " + row.epoch() + ", this process has epoch " + epoch
                    + "; audit that one", null);
        }
        List<String> findings = new ArrayList<>();
        if (steady && !Findings.of(row, folding.target()).isEmpty()) {
            findings.addAll(Findings.of(row, folding.done()));
        }
        findings.addAll(Findings.of(row, accepted.amount()));
        return findings;
    }

    /** Breaks an audit under way off and makes no other. */
    @Override
    public void close() {
        closed = true;
        LedgerReader under = reading;
        if (under != null) {
            under.abort();
        }
    }
}
