package io.ringtally.persist;

import io.ringtally.fault.FaultPoint;
import io.ringtally.tally.Amount;
import io.ringtally.tally.CounterDelta;
import io.ringtally.tally.CounterSnapshot;
import io.ringtally.tally.FrozenCut;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one frozen cut one transaction: first the checkpoint, if it is still where we left it, then
 * the changes, then what they say of messages with a lifecycle, then the ids of its events, and
 * last what somebody wants of counters, which is decided on the rows as they are then. So the
 * counters and the position they belong to never part, and trying again after an unknown outcome
 * adds nothing twice.
 *
 * <p>All counters come before all messages: with turns taken between the two tables, instances
 * whose statements end at different rows would wait for each other in a circle.
 *
 * <p>Threading: the flusher's; checkpoint and folding may be read by any thread.
 */
final class CutWriter {

    private static final Logger LOG = LoggerFactory.getLogger(CutWriter.class);

    /** Rows of one statement: its arrays and its locks stay small, the round trips few. */
    private static final int STATEMENT_ROWS = 5_000;

    private final Database database;
    private volatile Folding folding;
    private List<ChangeResult> results = List.of();

    CutWriter(Database database, Checkpoint checkpoint) {
        this.database = database;
        this.folding = new Folding(checkpoint, checkpoint);
    }

    Checkpoint checkpoint() {
        return folding.done();
    }

    Folding folding() {
        return folding;
    }

    /**
     * Persists a cut, or finds that an earlier attempt has done so.
     *
     * @param deltas the cut's changes, sorted; the same array at every attempt
     * @return the changes that Postgres refused for their data; they are in the dead letters
     * @throws SQLException the outcome is unknown or nothing was done: try the same again
     * @throws FencedException the checkpoint belongs to somebody else
     */
    List<RefusedChange> write(FrozenCut cut, CounterDelta[] deltas)
            throws SQLException, FencedException {
        Checkpoint target = checkpoint().movedTo(cut.position(),
                Amount.of(cut.acceptedEvents(), cut.acceptedSum()));
        if (!folding.target().equals(target)) {
            folding = new Folding(checkpoint(), target);
        }
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            boolean plain = false;
            boolean advanced;
            try {
                try {
                    advanced = attempt(connection, cut, deltas, false);
                    plain = true;
                } catch (SQLException refused) {
                    if (!isAboutData(refused)) {
                        throw refused;
                    }
                    connection.rollback();
                    LOG.warn("Postgres refuses a row, looking for it: {}", refused.getMessage());
                    advanced = attempt(connection, cut, deltas, true);
                }
                FaultPoint.FLUSH_BEFORE_COMMIT.passed();
                connection.commit();
                FaultPoint.FLUSH_COMMITTED.passed();
            } catch (SQLException | RuntimeException failed) {
                rollbackQuietly(connection, failed);
                throw failed;
            }
            if (!advanced) {
                decide(connection, cut);
            }
            List<RefusedChange> refused = plain && advanced
                    ? List.of() : refusedChanges(connection, cut, deltas);
            connection.commit();
            folding = new Folding(target, target);
            return refused;
        }
    }

    /** What became of the changes of the cut written last; after {@link #write} has returned. */
    List<ChangeResult> results() {
        return results;
    }

    /** One transaction's work; false if the checkpoint is not where we left it. */
    private boolean attempt(Connection connection, FrozenCut cut, CounterDelta[] deltas,
            boolean bisect) throws SQLException {
        Checkpoint checkpoint = checkpoint();
        if (!CheckpointTable.advance(connection, checkpoint, cut.position(),
                cut.acceptedEvents(), cut.acceptedSum())) {
            return false;
        }
        FaultPoint.FLUSH_CHECKPOINT_MOVED.passed();
        Map<String, LifecycleTable.Names> lifecycles =
                LifecycleTable.hold(connection, !cut.changes().isEmpty());
        DeadLetterRows letters = new DeadLetterRows(checkpoint.log(), cut.position());
        letters.insert(connection, cut.deadLetters());
        BitSet refused = new BitSet();
        int from = 0;
        while (from < deltas.length) {
            int to = endOfStatement(deltas, from);
            add(connection, from, to, (a, b) -> add(connection, deltas, a, b), bisect
                    ? (index, why) -> {
                        letters.insert(connection, deltas[index], why);
                        refused.set(index);
                    }
                    : null);
            from = to;
        }
        FaultPoint.FLUSH_ROWS_ADDED.passed();
        addMessages(connection, MessageBits.of(deltas, lifecycles, refused), bisect);
        FaultPoint.FLUSH_MESSAGES_WRITTEN.passed();
        EventIdRows.add(connection, checkpoint.log(), cut.ids());
        FaultPoint.FLUSH_IDS_WRITTEN.passed();
        if (!cut.changes().isEmpty()) {
            // if this commits, it is the last attempt that did more than look at the checkpoint
            results = new ChangeRows(connection).decide(checkpoint.log(),
                    cut.position().number(), cut.changes());
            FaultPoint.CHANGE_DECIDED.passed();
        }
        return true;
    }

    private static void addMessages(Connection connection, MessageBits messages, boolean bisect)
            throws SQLException {
        for (int from = 0; from < messages.size(); from += STATEMENT_ROWS) {
            int to = Math.min(messages.size(), from + STATEMENT_ROWS);
            add(connection, from, to, (a, b) -> messages.write(connection, a, b), bisect
                    ? (index, why) -> LOG.error("Postgres refuses the row of a message: it is"
                            + " counted, but not found when it is stuck: {}", why.getMessage())
                    : null);
        }
    }

    /** Up to {@link #STATEMENT_ROWS} changes of 64 bits, or a single wider one. */
    private static int endOfStatement(CounterDelta[] deltas, int from) {
        int to = from;
        while (to < deltas.length && to - from < STATEMENT_ROWS && deltas[to].isLong()) {
            to++;
        }
        return to == from ? from + 1 : to;
    }

    private static void add(Connection connection, CounterDelta[] deltas, int from, int to)
            throws SQLException {
        if (deltas[from].isLong()) {
            CounterRows.add(connection, deltas, from, to);
        } else {
            CounterRows.addWide(connection, deltas[from]);
        }
    }

    /** Writes the rows from one place up to another in one statement. */
    private interface Rows {

        void add(int from, int to) throws SQLException;
    }

    /** Told of each row that Postgres refuses for its data. */
    private interface Refusal {

        void of(int index, SQLException why) throws SQLException;
    }

    /** Adds rows; with a {@code refusal}, what Postgres takes of them. */
    private static void add(Connection connection, int from, int to, Rows rows, Refusal refusal)
            throws SQLException {
        if (refusal == null) {
            rows.add(from, to);
            return;
        }
        Savepoint before = connection.setSavepoint();
        try {
            rows.add(from, to);
            connection.releaseSavepoint(before);
        } catch (SQLException refused) {
            if (!isAboutData(refused)) {
                throw refused;
            }
            connection.rollback(before);
            connection.releaseSavepoint(before);
            if (to - from == 1) {
                refusal.of(from, refused);
                return;
            }
            int middle = (from + to) >>> 1;
            add(connection, from, middle, rows, refusal);
            add(connection, middle, to, rows, refusal);
        }
    }

    /** The checkpoint did not move: it stands at the target, or it is not ours any more. */
    private void decide(Connection connection, FrozenCut cut)
            throws SQLException, FencedException {
        Checkpoint checkpoint = checkpoint();
        Checkpoint found = CheckpointTable.read(connection, checkpoint.log());
        if (found != null && found.epoch() == checkpoint.epoch()
                && found.position().equals(cut.position())) {
            LOG.info("an earlier attempt had persisted the cut at {}", cut.position());
            return;
        }
        throw new FencedException("the checkpoint of log " + checkpoint.log() + " is "
                + (found == null ? "gone" : "at epoch " + found.epoch() + ", position "
                        + found.position())
                + "; this process left it at epoch " + checkpoint.epoch() + ", position "
                + checkpoint.position() + ": another process writes this log");
    }

    private List<RefusedChange> refusedChanges(Connection connection, FrozenCut cut,
            CounterDelta[] deltas) throws SQLException {
        List<RefusedChange> refused = new ArrayList<>();
        DeadLetterRows letters = new DeadLetterRows(checkpoint().log(), cut.position());
        for (CounterDelta delta : letters.refusedAmong(connection, deltas)) {
            CounterSnapshot row = CounterRows.find(connection, delta);
            refused.add(new RefusedChange(delta, row));
        }
        return refused;
    }

    /** Class 22 (data exception) and 23 (constraint): this row will never be taken. */
    static boolean isAboutData(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("23"));
    }

    private static void rollbackQuietly(Connection connection, Exception because) {
        try {
            connection.rollback();
        } catch (SQLException broken) {
            because.addSuppressed(broken);
        }
    }
}
