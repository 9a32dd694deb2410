package io.ringtally.persist;

import io.ringtally.event.Change;
import io.ringtally.event.Change.State;
import io.ringtally.persist.ChangeResult.Outcome;
import io.ringtally.tally.CounterSnapshot;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SQL that decides changes, on rows to which everything counted before has been added. The caller's
 * transaction holds the lifecycles exclusively: no other flush is under way, so the order in which
 * rows are met does not matter, and what is read stays true until the commit.
 *
 * <p>Threading: stateless.
 */
final class ChangeRows {

    private static final String COLUMNS = "app_id, message_id, event, total, events, first_us,"
            + " last_us";

    private static final String FIND = "select " + COLUMNS + " from ringtally.counter"
            + " where app_id = ? and message_id = ? and event = ?";

    private static final String FIND_ALL = "select " + COLUMNS + " from ringtally.counter"
            + " where app_id = ? and message_id = ? order by event";

    private static final String SET = """
            insert into ringtally.counter as c
                (app_id, message_id, event, total, events, first_us, last_us)
            values (?, ?, ?, ?, 1, ?, ?)
            on conflict (app_id, message_id, event) do update set total = excluded.total
            """;

    private static final String REMOVE = "delete from ringtally.counter"
            + " where app_id = ? and message_id = ? and event = ?";

    private static final String REMOVE_ALL = "delete from ringtally.counter"
            + " where app_id = ? and message_id = ?";

    private static final String RETIRE = """
            delete from ringtally.counter
            where app_id = ? and message_id in (
                select message_id from ringtally.counter
                where app_id = ? and message_id > ? and message_id <= ?
                group by message_id
                having max(touched_at) < timestamptz 'epoch' + ? * interval '1 microsecond')
            returning
            """ + COLUMNS;

    /** What the counters of some messages say of their lifecycle; none where there are none. */
    private static final String MESSAGES = """
            insert into ringtally.message as m (app_id, message_id, seen)
            select app_id, message_id, coalesce(
                bit_or(1::bigint << (array_position(l.events, c.event) - 1)), 0)
            from ringtally.lifecycle l join ringtally.counter c using (app_id)
            where app_id = ? and message_id = any (?)
            group by app_id, message_id
            on conflict (app_id, message_id) do update set seen = excluded.seen
            where m.seen <> excluded.seen
            """;

    private static final String MESSAGES_GONE = """
            delete from ringtally.message m
            where app_id = ? and message_id = any (?) and not exists (
                select from ringtally.counter c
                where c.app_id = m.app_id and c.message_id = m.message_id)
            """;

    private static final String AUDIT = """
            insert into ringtally.change (log, position, place, kind, outcome, who, asked_at,
                app_id, message_id, event, counters, total_before, events_before, total_after,
                events_after)
            values (?, ?, ?, ?, ?, ?, timestamptz 'epoch' + ? * interval '1 microsecond',
                ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final Logger LOG = LoggerFactory.getLogger(ChangeRows.class);

    private final Connection connection;

    ChangeRows(Connection connection) {
        this.connection = connection;
    }

    /**
     * Decides changes in their order, and writes down what was decided.
     *
     * @param position the log position of their record
     */
    List<ChangeResult> decide(UUID log, long position, List<Change> changes)
            throws SQLException {
        List<ChangeResult> results = new ArrayList<>();
        for (Change change : changes) {
            Savepoint before = connection.setSavepoint();
            ChangeResult result;
            try {
                result = decide(change);
                if (result.isDone()) {
                    correctMessages(result);
                }
            } catch (SQLException refused) {
                if (!CutWriter.isAboutData(refused)) {
                    throw refused;
                }
                LOG.error("Postgres refuses a change asked by {}: {}", change.who(),
                        refused.getMessage());
                connection.rollback(before);
                result = new ChangeResult(change, Outcome.REFUSED, List.of(), null);
            }
            connection.releaseSavepoint(before);
            writeDown(log, position, results.size(), result);
            results.add(result);
        }
        return results;
    }

    private ChangeResult decide(Change change) throws SQLException {
        return switch (change.kind()) {
            case SET -> set(change);
            case REMOVE -> remove(change, rows(FIND, change.appId(), change.messageId(),
                    change.event()), REMOVE, change.event());
            case REMOVE_MESSAGE -> remove(change, rows(FIND_ALL, change.appId(),
                    change.messageId()), REMOVE_ALL);
            case RETIRE -> {
                List<CounterSnapshot> gone = rows(RETIRE, change.appId(), change.appId(),
                        change.messageId(), change.event(), change.total());
                yield new ChangeResult(change, gone.isEmpty() ? Outcome.NOTHING_THERE
                        : Outcome.DONE, gone, null);
            }
        };
    }

    private static State stateOf(List<CounterSnapshot> rows) {
        if (rows.isEmpty()) {
            return null;
        }
        CounterSnapshot row = rows.get(0);
        return new State(row.total(), row.events(), row.firstAtMicros(), row.lastAtMicros());
    }

    private ChangeResult set(Change change) throws SQLException {
        List<CounterSnapshot> before = rows(FIND, change.appId(), change.messageId(),
                change.event());
        CounterSnapshot there = before.isEmpty() ? null : before.get(0);
        if (!change.isAllowedFor(stateOf(before))) {
            return new ChangeResult(change, Outcome.CONDITION_FAILED, before, there);
        }
        update(SET, change.appId(), change.messageId(), change.event(), change.total(),
                change.askedAtMicros(), change.askedAtMicros());
        CounterSnapshot after = rows(FIND, change.appId(), change.messageId(), change.event())
                .get(0);
        return new ChangeResult(change, there == null ? Outcome.MADE : Outcome.DONE, before,
                after);
    }

    /** The statement takes app, message, and what more there is. */
    private ChangeResult remove(Change change, List<CounterSnapshot> before, String statement,
            Object... more) throws SQLException {
        CounterSnapshot there = before.isEmpty() ? null : before.get(0);
        if (!change.isAllowedFor(stateOf(before))) {
            return new ChangeResult(change, Outcome.CONDITION_FAILED, before, there);
        }
        if (there == null) {
            return new ChangeResult(change, Outcome.NOTHING_THERE, before, null);
        }
        List<Object> values = new ArrayList<>(List.of(change.appId(), change.messageId()));
        values.addAll(Arrays.asList(more));
        update(statement, values.toArray());
        return new ChangeResult(change, Outcome.DONE, before, null);
    }

    /** Messages with a lifecycle say what their counters say, or go with the last of them. */
    private void correctMessages(ChangeResult result) throws SQLException {
        TreeSet<String> messages = new TreeSet<>();
        result.before().forEach(row -> messages.add(row.messageId()));
        if (result.after() != null) {
            messages.add(result.after().messageId());
        }
        Object ids = connection.unwrap(PGConnection.class)
                .createArrayOf("text", messages.toArray());
        update(MESSAGES_GONE, result.change().appId(), ids);
        update(MESSAGES, result.change().appId(), ids);
    }

    private void writeDown(UUID log, long position, int place, ChangeResult result)
            throws SQLException {
        Change change = result.change();
        boolean retired = change.kind() == Change.Kind.RETIRE;
        if (retired && !result.isDone()) {
            return;
        }
        BigInteger total = BigInteger.ZERO;
        BigInteger events = BigInteger.ZERO;
        for (CounterSnapshot row : result.before()) {
            total = total.add(BigInteger.valueOf(row.total()));
            events = events.add(BigInteger.valueOf(row.events()));
        }
        CounterSnapshot after = result.after();
        boolean unchanged = !result.isDone();
        // of what is refused it is not known which text it is for
        boolean nameless = retired || result.outcome() == Outcome.REFUSED;
        boolean all = nameless || change.kind() == Change.Kind.REMOVE_MESSAGE;
        update(AUDIT, log, position, place, change.word(), result.outcome().word, change.who(),
                change.askedAtMicros(), result.outcome() == Outcome.REFUSED ? "" : change.appId(),
                nameless ? null : change.messageId(), all ? null : change.event(),
                (long) (unchanged ? 0 : Math.max(1, result.before().size())),
                unchanged ? BigDecimal.ZERO : new BigDecimal(total),
                unchanged ? BigDecimal.ZERO : new BigDecimal(events),
                unchanged ? 0 : after == null ? 0 : after.total(),
                unchanged ? 0 : after == null ? 0 : after.events());
    }

    private void update(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values)) {
            statement.executeUpdate();
        }
    }

    private List<CounterSnapshot> rows(String sql, Object... values) throws SQLException {
        List<CounterSnapshot> found = new ArrayList<>();
        try (PreparedStatement statement = prepare(sql, values);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                found.add(new CounterSnapshot(row.getString(1), row.getString(2),
                        row.getString(3), row.getLong(4), row.getLong(5), row.getLong(6),
                        row.getLong(7)));
            }
        }
        return found;
    }

    private PreparedStatement prepare(String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
