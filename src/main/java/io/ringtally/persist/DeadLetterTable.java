package io.ringtally.persist;

import io.ringtally.event.EventLimits;
import io.ringtally.tally.CounterSnapshot;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Dead letters in the hands of an operator: a list of them, another try, a discard. At every moment
 * each is counted once or a letter once, so the ledger balances.
 *
 * <p>Threading: {@link #retry} between two flushes, on their thread; the rest on any.
 */
public final class DeadLetterTable {

    private static final String COLUMNS = "id, log, first_position, last_position, app_id,"
            + " message_id, event, delta, events, sqlstate, reason, created_at, first_us, last_us";

    private static final String LIST = "select " + COLUMNS + " from ringtally.dead_letter"
            + " where discarded_at is null and id < ? order by id desc limit ?";

    private static final String TAKE = "delete from ringtally.dead_letter where id = ?"
            + " and discarded_at is null returning " + COLUMNS;

    private static final String DISCARD = "update ringtally.dead_letter set discarded_at = now(),"
            + " discarded_by = ? where id = ? and discarded_at is null";

    private static final String RETURNING = "returning total, events, first_us, last_us";

    private static final String ADD = CounterRows.ADD_NEW + "values (?, ?, ?, ?, ?, ?, ?)\n"
            + CounterRows.ADD_TO_OLD + RETURNING;

    private static final String ADD_WIDE = CounterRows.ADD_WIDE + RETURNING;

    private final Database database;

    public DeadLetterTable(Database database) {
        this.database = database;
    }

    /**
     * Lists letters, newest first, without those discarded.
     *
     * @param before ids below this; {@code Long.MAX_VALUE} for the newest
     */
    public List<Letter> list(long before, int limit) throws QueryFailedException {
        List<Letter> found = new ArrayList<>();
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(LIST)) {
            statement.setLong(1, before);
            statement.setInt(2, limit);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(letter(rows));
                }
            }
        } catch (SQLException failed) {
            throw failed(failed);
        }
        return found;
    }

    /**
     * Gives a letter up for good; it stays in the table for the ledger.
     *
     * @return false if there is no such letter
     */
    public boolean discard(long id, String by) throws QueryFailedException {
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(DISCARD)) {
            statement.setString(1, by);
            statement.setLong(2, id);
            return statement.executeUpdate() == 1;
        } catch (SQLException failed) {
            throw failed(failed);
        }
    }

    private static QueryFailedException failed(SQLException why) {
        return new QueryFailedException("Postgres does not answer, nothing was done: "
                + why.getMessage(), false, why);
    }

    /**
     * Takes a letter out and adds it to its counter, in one transaction, as a flush does: first the
     * counter, then its message.
     *
     * @throws QueryFailedException nothing was done
     */
    public RetryOutcome retry(long id) throws QueryFailedException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            try {
                return retry(connection, id);
            } finally {
                rollBack(connection);
            }
        } catch (SQLException failed) {
            throw failed(failed);
        }
    }

    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException broken) {
            // then the server rolls back
        }
    }

    private static RetryOutcome retry(Connection connection, long id) throws SQLException {
        Map<String, LifecycleTable.Names> lifecycles =
                LifecycleTable.hold(connection, false);
        Letter letter;
        long firstAt;
        long lastAt;
        try (PreparedStatement statement = connection.prepareStatement(TAKE)) {
            statement.setLong(1, id);
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    return new RetryOutcome(RetryOutcome.Kind.GONE, null, null, null);
                }
                letter = letter(rows);
                // of letters from before there were times: that of the letter
                long micros = letter.createdAt().toEpochMilli() * 1_000;
                firstAt = rows.getObject(13) == null ? micros : rows.getLong(13);
                lastAt = rows.getObject(14) == null ? micros : rows.getLong(14);
            }
        }
        if (letter.key() == null) {
            return refused(letter, "its app, message and event name are no counter's: it can only"
                    + " be discarded");
        }
        CounterSnapshot row;
        try {
            row = add(connection, letter, firstAt, lastAt);
            MessageBits.ofOne(letter.appId(), letter.messageId(), letter.event(), lifecycles)
                    .writeAll(connection);
        } catch (SQLException failed) {
            if (CutWriter.isAboutData(failed)) {
                return refused(letter, failed.getMessage());
            }
            throw failed;
        }
        try {
            connection.commit();
        } catch (SQLException unknown) {
            return new RetryOutcome(RetryOutcome.Kind.UNKNOWN, letter.key(), null,
                    unknown.getMessage());
        }
        return new RetryOutcome(RetryOutcome.Kind.COUNTED, letter.key(), row, null);
    }

    private static RetryOutcome refused(Letter letter, String why) {
        return new RetryOutcome(RetryOutcome.Kind.REFUSED, letter.key(), null, why);
    }

    private static CounterSnapshot add(Connection connection, Letter letter, long firstAt,
            long lastAt) throws SQLException {
        boolean wide = letter.delta().bitLength() > 63;
        try (PreparedStatement statement = connection.prepareStatement(wide ? ADD_WIDE : ADD)) {
            int at = 1;
            if (!wide) {
                at = bindKey(statement, letter, at);
            }
            statement.setBigDecimal(at++, new BigDecimal(letter.delta()));
            statement.setLong(at++, letter.events());
            statement.setLong(at++, firstAt);
            statement.setLong(at++, lastAt);
            if (wide) {
                bindKey(statement, letter, at);
            }
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("a change of " + letter.delta() + " is beyond 64 bits"
                            + " and has no row to be added to", "22003");
                }
                return new CounterSnapshot(letter.appId(), letter.messageId(), letter.event(),
                        row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
            }
        }
    }

    private static int bindKey(PreparedStatement statement, Letter letter, int from)
            throws SQLException {
        statement.setString(from, letter.appId());
        statement.setString(from + 1, letter.messageId());
        statement.setString(from + 2, letter.event());
        return from + 3;
    }

    private static Letter letter(ResultSet rows) throws SQLException {
        byte[] app = rows.getBytes(5);
        byte[] message = rows.getBytes(6);
        byte[] event = rows.getBytes(7);
        boolean key = isText(app, 0, EventLimits.APP_BYTES_MAX)
                && isText(message, 1, EventLimits.MESSAGE_BYTES_MAX)
                && isText(event, 1, EventLimits.EVENT_BYTES_MAX);
        BigInteger delta = rows.getBigDecimal(8).toBigIntegerExact();
        return new Letter(rows.getLong(1), rows.getObject(2, UUID.class), rows.getLong(3),
                rows.getLong(4), key ? new Letter.Key(app, message, event) : null, text(app),
                text(message), text(event), delta, rows.getLong(9), rows.getString(10),
                rows.getString(11), rows.getObject(12, OffsetDateTime.class).toInstant());
    }

    private static boolean isText(byte[] bytes, int least, int most) {
        if (bytes.length < least || bytes.length > most) {
            return false;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException noText) {
            return false;
        }
        for (byte octet : bytes) {
            if (octet == 0) {
                return false;
            }
        }
        return true;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
