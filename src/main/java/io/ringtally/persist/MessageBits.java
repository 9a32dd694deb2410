package io.ringtally.persist;

import io.ringtally.tally.CounterDelta;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import org.postgresql.PGConnection;

/**
 * The messages that a cut has touched, of apps with a lifecycle, each with the events of the
 * lifecycle it has had in this cut; sorted and unique, as the cut's changes are.
 *
 * <p>Threading: the flusher's.
 */
final class MessageBits {

    /**
     * Writes what changes. As a rule nothing does: a row is only locked where it lacks a bit. That
     * look is a scalar subquery, so that it stays a look into the key's index for each message, and
     * never becomes a join with the whole table.
     */
    private static final String ADD = """
            insert into ringtally.message as m (app_id, message_id, seen)
            select u.app_id, u.message_id, u.seen
            from unnest(?::text[], ?::text[], ?::int8[]) as u (app_id, message_id, seen)
            where (select there.seen & u.seen = u.seen from ringtally.message there
                where there.app_id = u.app_id and there.message_id = u.message_id) is not true
            order by u.app_id collate "C", u.message_id collate "C"
            on conflict (app_id, message_id) do update set seen = m.seen | excluded.seen
            where m.seen | excluded.seen <> m.seen
            """;

    private String[] apps = {};
    private String[] messages = {};
    private long[] seen = {};
    private int size;

    private MessageBits() {
    }

    /**
     * Gathers the messages of a cut.
     *
     * @param lifecycles by app; messages of other apps are left out
     * @param refused places of changes that Postgres has refused: they count for nothing here
     */
    static MessageBits of(CounterDelta[] deltas, Map<String, LifecycleTable.Names> lifecycles,
            BitSet refused) {
        MessageBits bits = new MessageBits();
        if (lifecycles.isEmpty()) {
            return bits;
        }
        for (int i = 0; i < deltas.length; i++) {
            String app = deltas[i].appId();
            LifecycleTable.Names names = lifecycles.get(app);
            if (names != null && !refused.get(i)) {
                bits.add(app, deltas[i].messageId(), names.bit(deltas[i].event()));
            }
        }
        return bits;
    }

    /** A message with one event; nothing where its app has no lifecycle. */
    static MessageBits ofOne(String app, String message, String event,
            Map<String, LifecycleTable.Names> lifecycles) {
        MessageBits bits = new MessageBits();
        LifecycleTable.Names names = lifecycles.get(app);
        if (names != null) {
            bits.add(app, message, names.bit(event));
        }
        return bits;
    }

    private void add(String app, String message, long bit) {
        int last = size - 1;
        if (last >= 0 && messages[last].equals(message) && apps[last].equals(app)) {
            seen[last] |= bit;
            return;
        }
        if (size == seen.length) {
            int more = Math.max(1_024, 2 * size);
            apps = Arrays.copyOf(apps, more);
            messages = Arrays.copyOf(messages, more);
            seen = Arrays.copyOf(seen, more);
        }
        apps[size] = app;
        messages[size] = message;
        seen[size++] = bit;
    }

    /** How many messages there are. */
    int size() {
        return size;
    }

    /** Writes all of them in one statement. */
    void writeAll(Connection connection) throws SQLException {
        if (size > 0) {
            write(connection, 0, size);
        }
    }

    /** Writes some of them in one statement. */
    void write(Connection connection, int from, int to) throws SQLException {
        PGConnection postgres = connection.unwrap(PGConnection.class);
        try (PreparedStatement statement = connection.prepareStatement(ADD)) {
            statement.setArray(1, postgres.createArrayOf("text",
                    Arrays.copyOfRange(apps, from, to)));
            statement.setArray(2, postgres.createArrayOf("text",
                    Arrays.copyOfRange(messages, from, to)));
            statement.setArray(3, postgres.createArrayOf("int8",
                    Arrays.copyOfRange(seen, from, to)));
            statement.executeUpdate();
        }
    }
}
