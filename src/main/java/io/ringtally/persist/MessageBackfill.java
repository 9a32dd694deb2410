package io.ringtally.persist;

import io.ringtally.event.Lifecycle;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the rows of messages that were counted before their app had its lifecycle, or before an
 * event was in it: goes through the app's counters, some thousands at a time, each step a
 * transaction. Bits are only ever added, so it may die anywhere and begin anew, and several
 * instances may do the same at once, beside flushes.
 *
 * <p>Threading: none; used by the starting thread.
 */
public final class MessageBackfill {

    private static final Logger LOG = LoggerFactory.getLogger(MessageBackfill.class);

    /** Counters of one step: its locks are few and short, for flushes of other instances wait. */
    private static final int STEP_COUNTERS = 5_000;

    private static final String END_OF_STEP = """
            select message_id from ringtally.counter where app_id = ? and message_id > ?
            order by message_id offset ? limit 1
            """;

    private static final String ADD = """
            insert into ringtally.message as m (app_id, message_id, seen)
            select app_id, message_id, coalesce(
                bit_or(1::bigint << (array_position(?::text[], event) - 1)), 0)
            from ringtally.counter
            where app_id = ? and message_id > ? and (?::text is null or message_id <= ?)
            group by app_id, message_id
            order by app_id, message_id
            on conflict (app_id, message_id) do update set seen = m.seen | excluded.seen
            where m.seen | excluded.seen <> m.seen
            """;

    private MessageBackfill() {
    }

    /** Is told how far it is. */
    public interface Teller {

        /** So many counters of this app have been looked through. */
        void filling(String app, long counters);
    }

    /**
     * Registers the names of the lifecycles and fills in what is new; returns at once when nothing
     * is.
     *
     * @param progress told before each step; never if nothing is new
     * @param givenUp whether to stop; the next start goes on
     * @throws SQLException if Postgres does not let it: to be tried again
     * @throws LifecycleFullException if an app has had too many names
     */
    public static void run(Database database, Map<String, Lifecycle> lifecycles,
            Teller progress, BooleanSupplier givenUp)
            throws SQLException, LifecycleFullException {
        if (lifecycles.isEmpty()) {
            return;
        }
        try (Connection connection = database.connect()) {
            Map<String, LifecycleTable.Names> all =
                    LifecycleTable.register(connection, lifecycles);
            for (String app : lifecycles.keySet()) {
                LifecycleTable.Names names = all.get(app);
                if (names.filled() < names.events().size()) {
                    fill(connection, app, names.events(), progress, givenUp);
                }
            }
        }
    }

    private static void fill(Connection connection, String app, List<String> events,
            Teller progress, BooleanSupplier givenUp) throws SQLException {
        long begun = System.nanoTime();
        long counters = 0;
        String after = "";
        while (after != null) {
            if (givenUp.getAsBoolean()) {
                return;
            }
            progress.filling(app, counters);
            String end = endOfStep(connection, app, after);
            add(connection, app, events, after, end);
            counters += STEP_COUNTERS;
            after = end;
        }
        LifecycleTable.filled(connection, app, events.size());
        LOG.info("filled in the lifecycle of app \"{}\" in {} ms", app,
                (System.nanoTime() - begun) / 1_000_000);
    }

    /** The message at which a step ends, or null if it is the last. */
    private static String endOfStep(Connection connection, String app, String after)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(END_OF_STEP)) {
            statement.setString(1, app);
            statement.setString(2, after);
            statement.setInt(3, STEP_COUNTERS - 1);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }

    private static void add(Connection connection, String app, List<String> events, String after,
            String end) throws SQLException {
        connection.setAutoCommit(false);
        // no counter that is looked at is removed before this is committed
        LifecycleTable.hold(connection, false);
        try (PreparedStatement statement = connection.prepareStatement(ADD)) {
            statement.setArray(1, connection.createArrayOf("text", events.toArray()));
            statement.setString(2, app);
            statement.setString(3, after);
            statement.setString(4, end);
            statement.setString(5, end);
            statement.executeUpdate();
        }
        connection.commit();
        connection.setAutoCommit(true);
    }
}
