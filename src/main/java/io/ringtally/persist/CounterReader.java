package io.ringtally.persist;

import io.ringtally.tally.CounterSnapshot;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Reads counters and stuck messages from Postgres over a connection of its own, a snapshot for each
 * answer. Pages and single messages are served by the primary key; the top ones need a scan,
 * because no column that changes is indexed.
 *
 * <p>Threading: one thread's, except {@link #abort}.
 */
public final class CounterReader extends SideConnection {

    private static final String SELECT = "select app_id, message_id, event, total, events,"
            + " first_us, last_us from ringtally.counter where app_id = ?";

    private final Duration timeout;
    private boolean broken;

    private CounterReader(Connection connection, Duration timeout) {
        super(connection);
        this.timeout = timeout;
    }

    /**
     * Connects.
     *
     * @param timeout longest time for one query
     * @throws QueryFailedException if Postgres cannot be reached
     */
    public static CounterReader connect(DatabaseSettings settings, Duration timeout)
            throws QueryFailedException {
        try {
            return new CounterReader(reading(settings, "ringtally-query", timeout),
                    timeout);
        } catch (SQLException failed) {
            throw new QueryFailedException("Postgres cannot be reached", false, failed);
        }
    }

    /**
     * The counters of a range behind a place, in their order.
     *
     * @param after the last one seen, or null to begin with the first
     * @param limit how many at most
     */
    public List<CounterSnapshot> page(CounterRange range, CounterRange.Place after, int limit)
            throws QueryFailedException {
        Select select = new Select().in(range);
        if (after != null) {
            select.and("(message_id, event) > (?, ?)", after.message(), after.event());
        }
        return rows(select.then("order by message_id, event limit ?", limit));
    }

    /** The counters of a range with the greatest totals, greatest first; reads all of the range. */
    public List<CounterSnapshot> top(CounterRange range, int limit) throws QueryFailedException {
        return rows(new Select().in(range)
                .then("order by total desc, message_id, event limit ?", limit));
    }

    /** One counter of each of these messages, where there is one; in no order. */
    public List<CounterSnapshot> counters(String app, String event, Collection<String> messages)
            throws QueryFailedException {
        return rows(new Select().in(new CounterRange(app, event, ""))
                .and("message_id = any (?)", (Object) messages.toArray(new String[0])));
    }

    /** All counters of a message, in the order of their first events. */
    public List<CounterSnapshot> message(String app, String message)
            throws QueryFailedException {
        return rows(new Select().in(new CounterRange(app, null, ""))
                .and("message_id = ?", message).then("order by first_us, event"));
    }

    /**
     * The oldest stuck messages of a range behind a place.
     *
     * @param limit how many at most
     * @throws QueryFailedException also if the lifecycle is unknown to the database
     */
    public List<StuckMessage> stuck(StuckRange range, StuckRange.Place after, int limit)
            throws QueryFailedException {
        List<StuckMessage> found;
        try {
            found = StuckRows.find(connection, range, after, limit);
        } catch (SQLException failed) {
            throw failure(failed);
        }
        if (found == null) {
            throw new QueryFailedException("the lifecycle of app \"" + range.app() + "\" is gone"
                    + " from ringtally.lifecycle; a start of the service registers it", false,
                    null);
        }
        return found;
    }

    /** A statement and its parameters, in the order they stand in it. */
    private static final class Select {

        private final StringBuilder text = new StringBuilder(SELECT);
        private final List<Object> parameters = new ArrayList<>();

        Select in(CounterRange range) {
            parameters.add(range.app());
            if (range.event() != null) {
                and("event = ?", range.event());
            }
            return range.prefix().isEmpty() ? this
                    : and("message_id between ? and ?", range.prefix(), range.last());
        }

        Select and(String condition, Object... values) {
            return then("and " + condition, values);
        }

        Select then(String clause, Object... values) {
            text.append(' ').append(clause);
            parameters.addAll(List.of(values));
            return this;
        }
    }

    private List<CounterSnapshot> rows(Select select) throws QueryFailedException {
        try (PreparedStatement statement = connection.prepareStatement(select.text.toString())) {
            int index = 0;
            for (Object parameter : select.parameters) {
                index++;
                if (parameter instanceof String[] texts) {
                    statement.setArray(index, connection.createArrayOf("text", texts));
                } else {
                    statement.setObject(index, parameter);
                }
            }
            List<CounterSnapshot> found = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.add(new CounterSnapshot(row.getString(1), row.getString(2),
                            row.getString(3), row.getLong(4), row.getLong(5), row.getLong(6),
                            row.getLong(7)));
                }
            }
            return found;
        } catch (SQLException failed) {
            throw failure(failed);
        }
    }

    private QueryFailedException failure(SQLException failed) {
        String state = String.valueOf(failed.getSQLState());
        if (state.equals("57014")) {
            return new QueryFailedException("Postgres needs longer for this query than"
                    + " query.timeout = " + timeout.toMillis() + " ms", true, failed);
        }
        broken = true;
        return new QueryFailedException("Postgres does not answer (SQLSTATE " + state + ")", false,
                failed);
    }

    /** Whether the connection is of no use any more: close this and connect again. */
    public boolean isBroken() {
        return broken;
    }
}
