package io.ringtally.recovery;

import io.ringtally.dedupe.EventIdentity;
import io.ringtally.dedupe.IdTable;
import io.ringtally.event.EventCursor;
import io.ringtally.fault.FaultPoint;
import io.ringtally.journal.Journal;
import io.ringtally.journal.LogPosition;
import io.ringtally.journal.LogRecord;
import io.ringtally.journal.LogTotals;
import io.ringtally.journal.RecordType;
import io.ringtally.journal.RecordVisitor;
import io.ringtally.persist.StartSnapshot;
import io.ringtally.tally.Amount;
import io.ringtally.time.Clock;
import io.ringtally.time.WorkProgress;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts again what the log holds and Postgres does not.
 *
 * <p>Threading: {@link #run} is the starting thread's; the progress may be read by any.
 */
public final class Replay {

    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);

    private final Clock clock;
    private final IdTable ids;
    private final EventIdentity identity;
    private final WorkProgress progress;

    /**
     * A replay that is to be run.
     *
     * @param ids learns the ids of the events that are counted again
     */
    public Replay(Clock clock, IdTable ids) {
        this.clock = clock;
        this.ids = ids;
        this.identity = ids.identity();
        this.progress = new WorkProgress(clock, "replaying the log", "positions");
    }

    /** How many positions have been counted again. */
    public WorkProgress progress() {
        return progress;
    }

    /**
     * Checks that log and database belong together.
     *
     * @throws IOException if they do not; the message says what to do
     */
    public static void check(Journal journal, StartSnapshot snapshot) throws IOException {
        LogPosition checkpoint = snapshot.checkpoint().position();
        if (checkpoint.compareTo(journal.end()) > 0) {
            throw new IOException("the database has counted this log up to position " + checkpoint
                    + ", and the log in data.dir ends at " + journal.end()
                    + ": it is an older copy. Start with the newest one; if it is lost, begin with"
                    + " a new data.dir");
        }
        if (checkpoint.compareTo(journal.begin()) < 0) {
            throw new IOException("the database has counted this log up to position " + checkpoint
                    + ", and the log in data.dir begins after " + journal.begin() + ": the database"
                    + " is an older copy, and events between are gone from the log. Restore a newer"
                    + " backup; journal.retain keeps the log long enough for the next time");
        }
        Amount folded = snapshot.checkpoint().folded();
        LogTotals logged = journal.totalsAt(checkpoint);
        if (!folded.events().equals(BigInteger.valueOf(logged.events()))
                || !folded.sum().equals(logged.sum())) {
            throw new IOException("at position " + checkpoint + " the database has counted "
                    + folded + " of this log, and"
                    + " the log in data.dir had " + logged + ": two copies of one data directory"
                    + " were run. Keep the one the database was counted from, and give the other a"
                    + " new data.dir");
        }
    }

    /**
     * Shows every record between the checkpoint and the log's end.
     *
     * @param into takes them; it waits where the ring is full
     * @param givenUp asked now and then whether to leave off
     * @throws IOException if the log cannot be read, or it was given up
     */
    public void run(Journal journal, LogPosition checkpoint, RecordVisitor into,
            BooleanSupplier givenUp) throws IOException {
        long begun = clock.nanoTime();
        long expected = journal.end().number() - checkpoint.number();
        progress.begin(expected);
        try {
            FaultPoint.REPLAY_BEGINS.passed();
            journal.replay(checkpoint, new Progress(checkpoint, into, givenUp));
            progress.done(expected);
            FaultPoint.REPLAY_ENDED.passed();
        } catch (IOException failed) {
            progress.trouble(failed.getMessage());
            throw failed;
        } finally {
            progress.end();
        }
        if (expected > 0) {
            LOG.info("{} positions of the log are counted again after {} ms", expected,
                    TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - begun));
        }
    }

    private void restoreIds(LogRecord record, ByteBuffer bytes, int at) {
        EventCursor event = new EventCursor(bytes).at(at);
        for (int left = record.eventCount(); left > 0; left--) {
            if (event.idLength() > 0) {
                ids.restore(identity.high(event), identity.low(event),
                        identity.fingerprint(event), record.position(),
                        event.acceptedAtMicros());
            }
            event.at(event.address() + event.size());
        }
    }

    private final class Progress implements RecordVisitor {

        private final LogPosition checkpoint;
        private final RecordVisitor into;
        private final BooleanSupplier givenUp;

        Progress(LogPosition checkpoint, RecordVisitor into, BooleanSupplier givenUp) {
            this.checkpoint = checkpoint;
            this.into = into;
            this.givenUp = givenUp;
        }

        @Override
        public void record(LogRecord record, ByteBuffer bytes, int at) throws IOException {
            if (record.type() == RecordType.EVENTS) {
                restoreIds(record, bytes, at);
            }
            into.record(record, bytes, at);
            long done = record.position() - checkpoint.number();
            if ((done & 0x3ff) == 0) {
                progress.done(done);
                FaultPoint.REPLAY_HALFWAY.passed();
                if (givenUp.getAsBoolean()) {
                    throw new IOException("a stop came while the log was replayed, at position "
                            + record.position() + "; the next start begins again");
                }
            }
        }
    }
}
