package io.ringtally.persist;

import io.ringtally.event.Lifecycle;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * SQL on the event names of lifecycles. A name gets a bit when it is first in a lifecycle and keeps
 * it for good, so that instances with different configurations, and those to come, read the same
 * out of a message's row.
 *
 * <p>Ordering: {@link #hold} keeps names from being added until its transaction ends, and {@link
 * #register} waits for those transactions. So the counters of a flush that does not know a name are
 * committed before the name is, and {@code MessageBackfill} finds them.
 *
 * <p>Threading: stateless.
 */
final class LifecycleTable {

    private static final String READ = "select app_id, events, filled from ringtally.lifecycle";

    private static final String HOLD =
            "lock table ringtally.lifecycle in row share mode; " + READ;

    private static final String LOCK = "lock table ringtally.lifecycle in exclusive mode";

    private static final String HOLD_ALONE = LOCK + "; " + READ;

    private static final String WRITE = """
            insert into ringtally.lifecycle as l (app_id, events) values (?, ?)
            on conflict (app_id) do update set events = excluded.events
            """;

    private static final String FILLED = """
            update ringtally.lifecycle set filled = greatest(filled, ?) where app_id = ?
            """;

    private LifecycleTable() {
    }

    /**
     * All names by app, in the order of their bits; they stay as they are until the commit.
     *
     * @param alone whether no other flush, of whichever instance, may be under way until then
     */
    static Map<String, Names> hold(Connection connection, boolean alone) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(alone ? HOLD_ALONE : HOLD);
            statement.getMoreResults();
            try (ResultSet rows = statement.getResultSet()) {
                return read(rows);
            }
        }
    }

    /** All names by app, in the order of their bits; there may be more in a moment. */
    static Map<String, Names> read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(READ)) {
            return read(rows);
        }
    }

    private static Map<String, Names> read(ResultSet rows) throws SQLException {
        Map<String, Names> found = new HashMap<>();
        while (rows.next()) {
            found.put(rows.getString(1), new Names(
                    List.of((String[]) rows.getArray(2).getArray()), rows.getInt(3)));
        }
        return found;
    }

    /**
     * Gives each name of the lifecycles a bit, in a transaction of its own.
     *
     * @param connection with autocommit on
     * @return all names, as they are then
     */
    static Map<String, Names> register(Connection connection, Map<String, Lifecycle> lifecycles)
            throws SQLException, LifecycleFullException {
        Map<String, Names> known = read(connection);
        if (lifecycles.entrySet().stream().allMatch(one -> known.containsKey(one.getKey())
                && known.get(one.getKey()).events.containsAll(one.getValue().events()))) {
            return known;
        }
        connection.setAutoCommit(false);
        try {
            try (Statement statement = connection.createStatement()) {
                statement.execute(LOCK);
            }
            Map<String, Names> all = read(connection);
            for (Map.Entry<String, Lifecycle> one : lifecycles.entrySet()) {
                Names names = all.getOrDefault(one.getKey(), Names.NONE)
                        .with(one.getKey(), one.getValue());
                write(connection, one.getKey(), names);
                all.put(one.getKey(), names);
            }
            connection.commit();
            return all;
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private static void write(Connection connection, String app, Names names)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
            statement.setString(1, app);
            statement.setArray(2, connection.createArrayOf("text", names.events.toArray()));
            statement.executeUpdate();
        }
    }

    /** Notes that the first so many names of an app are filled in for all its messages. */
    static void filled(Connection connection, String app, int count) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FILLED)) {
            statement.setInt(1, count);
            statement.setString(2, app);
            statement.executeUpdate();
        }
    }

    /**
     * The names an app's lifecycles have had.
     *
     * @param events in the order of their bits
     * @param filled how many of them are filled in for messages that were there before
     */
    record Names(List<String> events, int filled) {

        static final Names NONE = new Names(List.of(), 0);

        /** The bit of an event, or 0 if it was never in a lifecycle. */
        long bit(String event) {
            int place = events.indexOf(event);
            return place < 0 ? 0 : 1L << place;
        }

        Names with(String app, Lifecycle lifecycle) throws LifecycleFullException {
            List<String> all = new ArrayList<>(events);
            lifecycle.events().stream().filter(event -> !events.contains(event))
                    .forEach(all::add);
            if (all.size() > Lifecycle.EVENTS_MAX) {
                throw new LifecycleFullException(app, all.size());
            }
            return new Names(List.copyOf(all), filled);
        }
    }
}
