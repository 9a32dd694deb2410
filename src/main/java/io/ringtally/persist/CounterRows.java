package io.ringtally.persist;

import io.ringtally.tally.CounterDelta;
import io.ringtally.tally.CounterSnapshot;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/**
 * SQL on the counters.
 *
 * <p>Threading: stateless.
 */
final class CounterRows {

    /** Begins an insertion of changes; their values follow, then {@link #ADD_TO_OLD}. */
    static final String ADD_NEW = """
            insert into ringtally.counter as c
                (app_id, message_id, event, total, events, first_us, last_us)
            """;

    /** Ends it: where a counter has a row, the change is added to that. */
    static final String ADD_TO_OLD = """
            on conflict (app_id, message_id, event) do update set
                total = c.total + excluded.total,
                events = c.events + excluded.events,
                first_us = least(c.first_us, excluded.first_us),
                last_us = greatest(c.last_us, excluded.last_us),
                touched_at = now()
            """;

    private static final String ADD = ADD_NEW + """
            select * from unnest(?::text[], ?::text[], ?::text[], ?::int8[], ?::int8[], ?::int8[],
                ?::int8[])
            """ + ADD_TO_OLD;

    /** A change can be one bit longer than a total, from one end of the range to the other. */
    static final String ADD_WIDE = """
            update ringtally.counter set
                total = (total::numeric + ?)::int8,
                events = events + ?,
                first_us = least(first_us, ?),
                last_us = greatest(last_us, ?),
                touched_at = now()
            where app_id = ? and message_id = ? and event = ?
            """;

    private static final String OUT_OF_RANGE = "22003";

    private static final String SELECT_ONE = """
            select total, events, first_us, last_us from ringtally.counter
            where app_id = ? and message_id = ? and event = ?
            """;

    private CounterRows() {
    }

    /** Adds changes that fit 64 bits, sorted and unique, in one statement. */
    static void add(Connection connection, CounterDelta[] deltas, int from, int to)
            throws SQLException {
        int n = to - from;
        String[] apps = new String[n];
        String[] messages = new String[n];
        String[] names = new String[n];
        long[] totals = new long[n];
        long[] events = new long[n];
        long[] firsts = new long[n];
        long[] lasts = new long[n];
        for (int i = 0; i < n; i++) {
            CounterDelta delta = deltas[from + i];
            apps[i] = delta.appId();
            messages[i] = delta.messageId();
            names[i] = delta.event();
            totals[i] = delta.deltaAsLong();
            events[i] = delta.events();
            firsts[i] = delta.firstAtMicros();
            lasts[i] = delta.lastAtMicros();
        }
        PGConnection postgres = connection.unwrap(PGConnection.class);
        try (PreparedStatement statement = connection.prepareStatement(ADD)) {
            statement.setArray(1, postgres.createArrayOf("text", apps));
            statement.setArray(2, postgres.createArrayOf("text", messages));
            statement.setArray(3, postgres.createArrayOf("text", names));
            statement.setArray(4, postgres.createArrayOf("int8", totals));
            statement.setArray(5, postgres.createArrayOf("int8", events));
            statement.setArray(6, postgres.createArrayOf("int8", firsts));
            statement.setArray(7, postgres.createArrayOf("int8", lasts));
            statement.executeUpdate();
        }
    }

    /** Adds one change longer than 64 bits. */
    static void addWide(Connection connection, CounterDelta delta) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ADD_WIDE)) {
            statement.setBigDecimal(1, new BigDecimal(delta.delta()));
            statement.setLong(2, delta.events());
            statement.setLong(3, delta.firstAtMicros());
            statement.setLong(4, delta.lastAtMicros());
            statement.setString(5, delta.appId());
            statement.setString(6, delta.messageId());
            statement.setString(7, delta.event());
            if (statement.executeUpdate() == 0) {
                throw new SQLException("a change of " + delta.delta()
                        + " is beyond 64 bits and has no row to be added to", OUT_OF_RANGE);
            }
        }
    }

    /** The row of a counter, or null. */
    static CounterSnapshot find(Connection connection, CounterDelta of) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SELECT_ONE)) {
            statement.setString(1, of.appId());
            statement.setString(2, of.messageId());
            statement.setString(3, of.event());
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? new CounterSnapshot(of.appId(), of.messageId(), of.event(),
                                row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4))
                        : null;
            }
        }
    }
}
