package io.ringtally.persist;

import io.ringtally.journal.LogPosition;
import io.ringtally.tally.Amount;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/**
 * SQL on the checkpoints.
 *
 * <p>Threading: stateless.
 */
final class CheckpointTable {

    private static final String TAKE_OVER = """
            insert into ringtally.checkpoint as c (log, epoch, position) values (?, 1, 0)
            on conflict (log) do update set epoch = c.epoch + 1, updated_at = now()
            returning epoch
            """;

    private static final String TAKE_OVER_KNOWN = """
            update ringtally.checkpoint set epoch = epoch + 1, updated_at = now()
            where log = ? returning epoch
            """;

    private static final String ADVANCE = """
            update ringtally.checkpoint
            set position = ?, events = events + ?, sum = sum + ?, updated_at = now()
            where log = ? and position = ? and epoch = ?
            """;

    private static final String READ =
            "select epoch, position, events, sum from ringtally.checkpoint where log = ?";

    private CheckpointTable() {
    }

    /**
     * Raises the epoch of a log: all its earlier owners are fenced.
     *
     * @param fresh whether the log is new, and may be registered
     * @throws UnknownLogException if it is neither new nor known
     */
    static void takeOver(Connection connection, UUID log, boolean fresh)
            throws SQLException, UnknownLogException {
        try (PreparedStatement statement =
                connection.prepareStatement(fresh ? TAKE_OVER : TAKE_OVER_KNOWN)) {
            statement.setObject(1, log);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new UnknownLogException(log);
                }
            }
        }
    }

    /** The checkpoint as it stands, or null. */
    static Checkpoint read(Connection connection, UUID log) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setObject(1, log);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? new Checkpoint(log, row.getLong(1), new LogPosition(row.getLong(2)),
                                amount(row, 3))
                        : null;
            }
        }
    }

    /** An amount from two columns, the number of events and their sum. */
    static Amount amount(ResultSet row, int column) throws SQLException {
        return new Amount(row.getBigDecimal(column).toBigIntegerExact(),
                row.getBigDecimal(column + 1).toBigIntegerExact());
    }

    /** Moves the checkpoint, if it is where this owner left it. */
    static boolean advance(Connection connection, Checkpoint from, LogPosition to, long events,
            BigInteger sum) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ADVANCE)) {
            statement.setLong(1, to.number());
            statement.setLong(2, events);
            statement.setBigDecimal(3, new BigDecimal(sum));
            statement.setObject(4, from.log());
            statement.setLong(5, from.position().number());
            statement.setLong(6, from.epoch());
            return statement.executeUpdate() == 1;
        }
    }
}
