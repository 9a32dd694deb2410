package io.ringtally.persist;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables behind {@code ringtally.event_id}: for each log one of its own, divided by hours of
 * acceptance. Hours are made ahead and dropped when the window has passed them. What has no hour
 * goes to a rest table, so a failure here never keeps a flush from succeeding.
 *
 * <p>Design note: the first division is by log because making or dropping a part locks the table it
 * is a part of: so a log's flusher, which does it between two flushes, meets nobody but readers.
 *
 * <p>Threading: the flusher's, except {@link #register}.
 */
final class EventIdPartitions {

    private static final Logger LOG = LoggerFactory.getLogger(EventIdPartitions.class);

    private static final long HOUR_MICROS = TimeUnit.HOURS.toMicros(1);
    private static final int HOURS_AHEAD = 3;
    private static final long TEND_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final long RETRY_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** A reader of the table, such as a dump, may be in the way: then next time. */
    private static final String LIMITS =
            "set local lock_timeout = '500ms'; set local statement_timeout = '5s'";

    private static final String PARTS = """
            select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = ?::regclass
            """;

    private final Database database;
    private final String table;
    private final long windowMicros;
    private boolean expectsIds;
    private long nextNanos;

    EventIdPartitions(Database database, UUID log, Duration window, long nowNanos) {
        this.database = database;
        this.table = tableOf(log);
        this.windowMicros = window.toMillis() * 1_000;
        this.nextNanos = nowNanos;
    }

    private static String tableOf(UUID log) {
        return "ringtally.event_id_" + log.toString().replace("-", "");
    }

    /** Gives a log its table, if it has none: before its first id is written. */
    static void register(Connection connection, UUID log) throws SQLException {
        String table = tableOf(log);
        try (PreparedStatement asked = connection.prepareStatement("select to_regclass(?)")) {
            asked.setString(1, table + "_rest");
            try (ResultSet row = asked.executeQuery()) {
                if (row.next() && row.getString(1) != null) {
                    return;
                }
            }
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table if not exists " + table
                    + " partition of ringtally.event_id for values in ('" + log + "')"
                    + " partition by range (accepted_us)");
            statement.execute("create table if not exists " + table + "_rest partition of "
                    + table + " default");
        }
    }

    /** From now on hours are made ahead; before, there may never be an id. */
    void expectIds() {
        if (!expectsIds) {
            expectsIds = true;
            nextNanos = Long.MIN_VALUE;
        }
    }

    /** Makes and drops parts if it is time to. A failure is told to the log, and tried again. */
    void tend(long nowNanos, long nowMicros) {
        if (nextNanos != Long.MIN_VALUE && nowNanos - nextNanos < 0) {
            return;
        }
        nextNanos = nowNanos + TEND_NANOS;
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            try {
                makeAndDrop(connection, nowMicros);
                connection.commit();
            } finally {
                connection.rollback();
            }
        } catch (SQLException inTheWay) {
            nextNanos = nowNanos + RETRY_NANOS;
            LOG.warn("the parts of {} could not be tended, ids go to {}_rest meanwhile: {}", table,
                    table, inTheWay.getMessage());
        }
    }

    private void makeAndDrop(Connection connection, long nowMicros) throws SQLException {
        long expired = nowMicros - windowMicros;
        long hour = Math.floorDiv(nowMicros, HOUR_MICROS);
        Set<Long> hours = hours(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute(LIMITS);
            for (long there : hours) {
                if ((there + 1) * HOUR_MICROS <= expired) {
                    statement.execute("drop table " + nameOf(there));
                }
            }
            statement.execute("delete from " + table + "_rest where accepted_us < " + expired);
            for (long one = hour; expectsIds && one <= hour + HOURS_AHEAD; one++) {
                if (!hours.contains(one) && !restHas(statement, one)) {
                    statement.execute("create table " + nameOf(one) + " partition of " + table
                            + " for values from (" + one * HOUR_MICROS + ") to ("
                            + (one + 1) * HOUR_MICROS + ")");
                }
            }
        }
    }

    private String nameOf(long hour) {
        return table + "_" + hour;
    }

    /** An hour of which the rest table has some already stays there. */
    private boolean restHas(Statement statement, long hour) throws SQLException {
        try (ResultSet row = statement.executeQuery("select exists (select from " + table
                + "_rest where accepted_us >= " + hour * HOUR_MICROS + " and accepted_us < "
                + (hour + 1) * HOUR_MICROS + ")")) {
            return row.next() && row.getBoolean(1);
        }
    }

    private Set<Long> hours(Connection connection) throws SQLException {
        Set<Long> hours = new TreeSet<>();
        try (PreparedStatement statement = connection.prepareStatement(PARTS)) {
            statement.setString(1, table);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    String name = row.getString(1);
                    String end = name.substring(name.lastIndexOf('_') + 1);
                    if (!end.equals("rest")) {
                        hours.add(Long.parseLong(end));
                    }
                }
            }
        }
        return hours;
    }
}
