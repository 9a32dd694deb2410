package io.ringtally.persist;

import io.ringtally.tally.AcceptedIds;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;

/**
 * SQL on the ids of counted events. They are only ever added, under no key: nothing waits for a row
 * of somebody else, so their order does not matter, and the checkpoint of the same transaction sees
 * to it that none is added twice.
 *
 * <p>Threading: stateless.
 */
final class EventIdRows {

    /** Ids of one statement. */
    private static final int STATEMENT_ROWS = 10_000;

    private static final String ADD = """
            insert into ringtally.event_id
                (log, accepted_us, hash_high, hash_low, fingerprint, position)
            select ?, * from unnest(?::int8[], ?::int8[], ?::int8[], ?::int8[], ?::int8[])
            """;

    private EventIdRows() {
    }

    /** Adds the ids of a cut. */
    static void add(Connection connection, UUID log, List<AcceptedIds> parts)
            throws SQLException {
        for (AcceptedIds ids : parts) {
            for (int from = 0; from < ids.count(); from += STATEMENT_ROWS) {
                int to = Math.min(ids.count(), from + STATEMENT_ROWS);
                try (PreparedStatement statement = connection.prepareStatement(ADD)) {
                    statement.setObject(1, log);
                    statement.setArray(2, array(connection, from, to, ids::acceptedAtMicros));
                    statement.setArray(3, array(connection, from, to, ids::high));
                    statement.setArray(4, array(connection, from, to, ids::low));
                    statement.setArray(5, array(connection, from, to, ids::fingerprint));
                    statement.setArray(6, array(connection, from, to, ids::position));
                    statement.executeUpdate();
                }
            }
        }
    }

    private static Array array(Connection connection, int from, int to, IntToLongFunction column)
            throws SQLException {
        return connection.unwrap(PGConnection.class).createArrayOf("int8",
                IntStream.range(from, to).mapToLong(column).toArray());
    }
}
