package io.ringtally.persist;

import io.ringtally.journal.LogPosition;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Reads the ledger over a connection of its own, read-only: the sums of many counters take longer
 * than the pool lets a statement take, and the flusher shall not wait for them.
 *
 * <p>Threading: one thread's, except {@link #abort}.
 */
public final class LedgerReader extends SideConnection {

    private static final String CHECKPOINTS =
            "select log, epoch, position, events, sum, updated_at from ringtally.checkpoint"
            + " order by updated_at desc, log";

    private static final String LEDGER = "select accepted_events, accepted_sum, counted_events,"
            + " counted_sum, dead_letter_events, dead_letter_sum, booked_out_events,"
            + " booked_out_sum, balanced from ringtally.ledger";

    private final Duration timeout;

    private LedgerReader(Connection connection, Duration timeout) {
        super(connection);
        this.timeout = timeout;
    }

    /**
     * Connects.
     *
     * @param timeout longest time for one statement
     * @throws LedgerUnavailableException if Postgres cannot be reached
     */
    public static LedgerReader connect(DatabaseSettings settings, Duration timeout)
            throws LedgerUnavailableException {
        try {
            Connection connection = reading(settings, "ringtally-audit", timeout);
            try {
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                connection.setAutoCommit(false);
                return new LedgerReader(connection, timeout);
            } catch (SQLException failed) {
                connection.close();
                throw failed;
            }
        } catch (SQLException failed) {
            throw new LedgerUnavailableException("Postgres cannot be reached at "
                    + settings.shownUrl() + ": " + failed.getMessage(), failed);
        }
    }

    /** Takes a new snapshot and returns every log's row in it; later reads see the same. */
    public List<CheckpointRow> begin() throws LedgerUnavailableException {
        try {
            connection.rollback();
            return checkpoints();
        } catch (SQLException failed) {
            throw unavailable(failed);
        }
    }

    /** Sums everything up, in the snapshot of the last {@link #begin}. Seconds for 10 million. */
    public LedgerSnapshot read() throws LedgerUnavailableException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(LEDGER)) {
            row.next();
            return new LedgerSnapshot(CheckpointTable.amount(row, 1),
                    CheckpointTable.amount(row, 3), CheckpointTable.amount(row, 5),
                    CheckpointTable.amount(row, 7), row.getBoolean(9), checkpoints());
        } catch (SQLException failed) {
            throw unavailable(failed);
        }
    }

    private List<CheckpointRow> checkpoints() throws SQLException {
        List<CheckpointRow> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(CHECKPOINTS)) {
            while (rows.next()) {
                found.add(new CheckpointRow(rows.getObject(1, UUID.class), rows.getLong(2),
                        new LogPosition(rows.getLong(3)), CheckpointTable.amount(rows, 4),
                        rows.getObject(6, OffsetDateTime.class).toInstant()));
            }
        }
        return found;
    }

    private LedgerUnavailableException unavailable(SQLException failed) {
        String state = String.valueOf(failed.getSQLState());
        return new LedgerUnavailableException(switch (state) {
            case "57014" -> "the ledger could not be summed up within audit.timeout = "
                    + timeout.toMillis() + " ms: raise it";
            case "3F000", "42P01" -> "this database has no ledger (" + failed.getMessage()
                    + "): no service has counted into it yet; is db.url right?";
            default -> "Postgres does not answer: " + state + ": " + failed.getMessage();
        }, failed);
    }
}
