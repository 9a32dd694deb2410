package io.ringtally.persist;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;

/**
 * SQL on stuck messages. Messages of an app lie in an index by the events they have seen, those
 * with the same events by age. So the list is a merge of the ranges that lack the event; which
 * ranges there are is found by jumping from one to the next, and how many messages are complete
 * does not matter.
 *
 * <p>Threading: stateless.
 */
final class StuckRows {

    private static final String NAMES = """
            select events, now() - ? * interval '1 millisecond'
            from ringtally.lifecycle where app_id = ?
            """;

    /**
     * The different values of {@code seen} that lack something wanted. From one that lacks nothing
     * the next step leaves out all that have its {@code jump} bits and more: with one bit wanted
     * and all below it as jump, that is where the run of values with the bit ends.
     */
    private static final String MASKS = """
            with recursive mask (seen) as (
                (select seen from ringtally.message where app_id = ? order by seen limit 1)
                union all
                select (select next.seen from ringtally.message next
                    where next.app_id = ? and next.seen > case when mask.seen & ? = ?
                        then mask.seen | ? else mask.seen end
                    order by next.seen limit 1)
                from mask where mask.seen is not null)
            select seen from mask where seen & ? <> ?
            """;

    /** The oldest of each range, merged; the limits are no parameters: the plan hangs on them. */
    static final String MERGE = """
            select r.opened_at, r.message_id, mask.seen
            from unnest(?::int8[]) as mask (seen) cross join lateral (
                select m.opened_at, m.message_id from ringtally.message m
                where m.app_id = ? and m.seen = mask.seen
                    and (m.opened_at, m.message_id) > (?, ?)
                    and (m.opened_at, m.message_id) <= (?, ?)
                order by m.opened_at, m.message_id limit %d) r
            order by r.opened_at, r.message_id limit %d
            """;

    /** With more ranges than this, a first look finds out how far each needs to be read. */
    private static final int FEW_RANGES = 8;

    private StuckRows() {
    }

    /**
     * The oldest stuck messages behind a place, as of one moment.
     *
     * @param connection with autocommit on
     * @param limit most messages, at least 1
     * @return null if the database does not know all of the lifecycle
     */
    static List<StuckMessage> find(Connection connection, StuckRange range,
            StuckRange.Place after, int limit) throws SQLException {
        connection.setAutoCommit(false);
        try {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            List<StuckMessage> found = new Search(connection, range, after).find(limit);
            connection.setAutoCommit(true);
            return found;
        } catch (SQLException failed) {
            try {
                connection.rollback();
                connection.setAutoCommit(true);
            } catch (SQLException broken) {
                failed.addSuppressed(broken);
            }
            throw failed;
        }
    }

    /** One search in one snapshot. */
    private static final class Search {

        private final Connection connection;
        private final StuckRange range;
        private final StuckRange.Place after;
        private LifecycleTable.Names names;
        private StuckRange.Place end;

        Search(Connection connection, StuckRange range, StuckRange.Place after) {
            this.connection = connection;
            this.range = range;
            this.after = after;
        }

        List<StuckMessage> find(int limit) throws SQLException {
            if (!readNames()) {
                return null;
            }
            long[] masks = masks();
            if (masks.length > FEW_RANGES) {
                // the limit's message among the first of each is no earlier than among all
                List<Row> first = merge(masks, 2 * limit / masks.length + 1, limit);
                if (first.size() == limit) {
                    end = first.get(limit - 1).place;
                }
            }
            return merge(masks, limit, limit).stream().map(this::message).toList();
        }

        /** Reads the bits of the lifecycle's events, and the time that is old enough. */
        private boolean readNames() throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(NAMES)) {
                statement.setLong(1, range.olderThan().toMillis());
                statement.setString(2, range.app());
                try (ResultSet row = statement.executeQuery()) {
                    if (!row.next()) {
                        return false;
                    }
                    names = new LifecycleTable.Names(
                            List.of((String[]) row.getArray(1).getArray()), 0);
                    // no message id is empty: all before this time, none at it
                    end = new StuckRange.Place(micros(row, 2), "");
                }
            }
            return names.events().containsAll(range.lifecycle().events());
        }

        private long[] masks() throws SQLException {
            long wanted;
            long jump;
            if (range.missing() == null) {
                wanted = range.lifecycle().events().stream().mapToLong(names::bit)
                        .reduce(0, (a, b) -> a | b);
                jump = 0;
            } else {
                wanted = names.bit(range.missing());
                jump = 2 * wanted - 1;
            }
            try (PreparedStatement statement = connection.prepareStatement(MASKS)) {
                statement.setString(1, range.app());
                statement.setString(2, range.app());
                statement.setLong(3, wanted);
                statement.setLong(4, wanted);
                statement.setLong(5, jump);
                statement.setLong(6, wanted);
                statement.setLong(7, wanted);
                List<Long> masks = new ArrayList<>();
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        masks.add(rows.getLong(1));
                    }
                }
                return masks.stream().mapToLong(Long::longValue).toArray();
            }
        }

        private List<Row> merge(long[] masks, int ofEach, int limit) throws SQLException {
            List<Row> found = new ArrayList<>();
            Array array = connection.unwrap(PGConnection.class).createArrayOf("int8", masks);
            try (PreparedStatement statement =
                    connection.prepareStatement(MERGE.formatted(ofEach, limit))) {
                statement.setArray(1, array);
                statement.setString(2, range.app());
                statement.setObject(3, time(after.openedAtMicros()));
                statement.setString(4, after.message());
                statement.setObject(5, time(end.openedAtMicros()));
                statement.setString(6, end.message());
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        found.add(new Row(new StuckRange.Place(micros(rows, 1),
                                rows.getString(2)), rows.getLong(3)));
                    }
                }
            }
            return found;
        }

        private StuckMessage message(Row row) {
            return new StuckMessage(row.place.message(), row.place.openedAtMicros(),
                    range.lifecycle().events().stream()
                            .filter(event -> (row.seen & names.bit(event)) == 0).toList());
        }
    }

    private record Row(StuckRange.Place place, long seen) {
    }

    private static OffsetDateTime time(long micros) {
        return Instant.EPOCH.plus(Duration.of(micros, ChronoUnit.MICROS))
                .atOffset(ZoneOffset.UTC);
    }

    private static long micros(ResultSet row, int column) throws SQLException {
        return ChronoUnit.MICROS.between(Instant.EPOCH,
                row.getObject(column, OffsetDateTime.class).toInstant());
    }
}
