package io.ringtally.persist;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;

/**
 * Makes connections for readers: read-only, with a limit for each statement of the reader's own,
 * and none of them taken from the flusher's pool.
 *
 * <p>Threading: stateless.
 */
final class ReadConnection {

    private static final String CONNECT_SECONDS = "5";
    /** The driver gives up a little after the server has. */
    private static final long ANSWER_SECONDS = 5;

    private ReadConnection() {
    }

    /**
     * Connects.
     *
     * @param application the name Postgres shows for it
     * @param timeout longest time for one statement
     */
    static Connection open(DatabaseSettings settings, String application, Duration timeout)
            throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", settings.user());
        properties.setProperty("password", settings.password());
        properties.setProperty("ApplicationName", application);
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("loginTimeout", CONNECT_SECONDS);
        properties.setProperty("socketTimeout",
                String.valueOf(timeout.toSeconds() + ANSWER_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        // a plan for the values at hand: one for any prefix might scan the table
        properties.setProperty("prepareThreshold", "0");
        Connection connection = DriverManager.getConnection(settings.url(), properties);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set statement_timeout = " + timeout.toMillis()
                    + "; set lock_timeout = '10s';"
                    + " set idle_in_transaction_session_timeout = '20s'");
            connection.setReadOnly(true);
            return connection;
        } catch (SQLException failed) {
            connection.close();
            throw failed;
        }
    }
}
