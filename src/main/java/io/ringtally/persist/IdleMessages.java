package io.ringtally.persist;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Finds messages that have been idle, page by page along the primary key, over a connection of its
 * own. What it finds may be counted again at any time: the flush that removes looks again.
 *
 * <p>Threading: one thread's, except {@link #abort}.
 */
final class IdleMessages extends SideConnection {

    /** Messages looked at by one query, and removed by one change at most. */
    static final int PAGE_MESSAGES = 1_000;

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static final String NOW = "select (extract(epoch from now()) * 1000000)::bigint";

    private static final String NEXT_APP = "select app_id from ringtally.counter"
            + " where app_id > ? order by app_id limit 1";

    private static final String APP = "select app_id from ringtally.counter"
            + " where app_id = ? limit 1";

    private static final String PAGE = """
            select max(message_id), coalesce(bool_or(idle), false) from (
                select message_id, max(touched_at)
                    < timestamptz 'epoch' + ? * interval '1 microsecond' as idle
                from ringtally.counter where app_id = ? and message_id > ?
                group by message_id order by message_id limit ?) as page
            """;

    private IdleMessages(Connection connection) {
        super(connection);
    }

    /**
     * A page of an app's messages.
     *
     * @param last its last message; null if there is none, and so no page
     * @param anyIdle whether any message of it has been idle
     */
    record Page(String last, boolean anyIdle) {
    }

    static IdleMessages connect(DatabaseSettings settings) throws SQLException {
        return new IdleMessages(reading(settings, "ringtally-retention", TIMEOUT));
    }

    /** The time of Postgres, microseconds since the epoch. */
    long nowMicros() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(NOW);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** The app behind another in the order of their ids, the first one behind null; or null. */
    String appAfter(String app) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(app == null ? APP : NEXT_APP)) {
            statement.setString(1, app == null ? "" : app);
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    return row.getString(1);
                }
            }
        }
        // no counter of app "", which comes first
        return app == null ? appAfter("") : null;
    }

    /**
     * The next messages of an app.
     *
     * @param since a message without an event since then is idle, microseconds since the epoch
     */
    Page after(String app, String message, long since) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PAGE)) {
            statement.setLong(1, since);
            statement.setString(2, app);
            statement.setString(3, message);
            statement.setInt(4, PAGE_MESSAGES);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Page(row.getString(1), row.getBoolean(2));
            }
        }
    }
}
