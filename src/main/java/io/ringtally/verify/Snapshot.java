package io.ringtally.verify;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * What Postgres holds, at one moment.
 *
 * @param counters all whose message ids begin with a prefix
 * @param balanced what the ledger says of the whole database
 * @param ledger its numbers, to be shown where it does not balance
 */
record Snapshot(Map<CounterId, Total> counters, boolean balanced, String ledger) {

    private static final String COUNTERS = "select app_id, message_id, event, total, events"
            + " from ringtally.counters where starts_with(message_id, ?)";
    private static final int FETCH_ROWS = 5_000;

    static Snapshot read(DatabaseAddress database, String prefix) throws SQLException {
        try (Connection connection = connect(database)) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            Map<CounterId, Total> counters = new HashMap<>();
            try (PreparedStatement statement = connection.prepareStatement(COUNTERS)) {
                statement.setString(1, prefix);
                statement.setFetchSize(FETCH_ROWS);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        counters.put(new CounterId(rows.getString(1), rows.getString(2),
                                rows.getString(3)), new Total(rows.getLong(4), rows.getLong(5)));
                    }
                }
            }
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "select balanced, ledger::text from ringtally.ledger")) {
                row.next();
                return new Snapshot(counters, row.getBoolean(1), row.getString(2));
            }
        }
    }

    /** Whether a database has counters of anybody. */
    static boolean inUse(DatabaseAddress database) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery(
                    "select to_regclass('ringtally.counter') is not null")) {
                row.next();
                if (!row.getBoolean(1)) {
                    return false;
                }
            }
            try (ResultSet row = statement.executeQuery(
                    "select exists (select from ringtally.counter)")) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    static Connection connect(DatabaseAddress database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", database.user());
        properties.setProperty("password", database.password());
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("loginTimeout", "10");
        properties.setProperty("socketTimeout", "60");
        return DriverManager.getConnection(database.url(), properties);
    }
}
