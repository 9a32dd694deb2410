package io.ringtally.persist;

import io.ringtally.journal.LogPosition;
import io.ringtally.tally.CounterDelta;
import io.ringtally.tally.DeadLetter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * SQL on the dead letters of one cut.
 *
 * <p>Threading: the flusher's.
 */
final class DeadLetterRows {

    private static final int BATCH_ROWS = 1_000;

    private static final String INSERT = """
            insert into ringtally.dead_letter (log, cut_position, first_position, last_position,
                app_id, message_id, event, delta, events, sqlstate, reason, first_us, last_us)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String SELECT_REFUSED = """
            select app_id, message_id, event from ringtally.dead_letter
            where log = ? and cut_position = ? and sqlstate is not null
            """;

    private final UUID log;
    private final LogPosition cut;

    DeadLetterRows(UUID log, LogPosition cut) {
        this.log = log;
        this.cut = cut;
    }

    /** Writes what the shards could not count. */
    void insert(Connection connection, List<DeadLetter> letters) throws SQLException {
        if (letters.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            int waiting = 0;
            for (DeadLetter letter : letters) {
                bind(statement, letter, null);
                statement.addBatch();
                if (++waiting == BATCH_ROWS) {
                    statement.executeBatch();
                    waiting = 0;
                }
            }
            if (waiting > 0) {
                statement.executeBatch();
            }
        }
    }

    /** Writes a change that Postgres refused. */
    void insert(Connection connection, CounterDelta refused, SQLException why)
            throws SQLException {
        DeadLetter letter = new DeadLetter(refused.firstPosition(), refused.lastPosition(),
                utf8(refused.appId()), utf8(refused.messageId()), utf8(refused.event()),
                refused.delta(), refused.events(), refused.firstAtMicros(),
                refused.lastAtMicros(), why.getMessage());
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            bind(statement, letter, why.getSQLState());
            statement.executeUpdate();
        }
    }

    private void bind(PreparedStatement statement, DeadLetter letter, String sqlState)
            throws SQLException {
        statement.setObject(1, log);
        statement.setLong(2, cut.number());
        statement.setLong(3, letter.firstPosition());
        statement.setLong(4, letter.lastPosition());
        statement.setBytes(5, letter.app());
        statement.setBytes(6, letter.message());
        statement.setBytes(7, letter.event());
        statement.setBigDecimal(8, new BigDecimal(letter.delta()));
        statement.setLong(9, letter.events());
        statement.setString(10, sqlState);
        statement.setString(11, letter.reason());
        statement.setLong(12, letter.firstAtMicros());
        statement.setLong(13, letter.lastAtMicros());
    }

    /** Those of the cut's changes that a committed attempt has refused. */
    List<CounterDelta> refusedAmong(Connection connection, CounterDelta[] deltas)
            throws SQLException {
        Set<List<String>> keys = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(SELECT_REFUSED)) {
            statement.setObject(1, log);
            statement.setLong(2, cut.number());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    keys.add(List.of(text(rows, 1), text(rows, 2), text(rows, 3)));
                }
            }
        }
        List<CounterDelta> refused = new ArrayList<>();
        if (!keys.isEmpty()) {
            for (CounterDelta delta : deltas) {
                if (keys.contains(List.of(delta.appId(), delta.messageId(), delta.event()))) {
                    refused.add(delta);
                }
            }
        }
        return refused;
    }

    private static String text(ResultSet rows, int column) throws SQLException {
        return new String(rows.getBytes(column), StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
