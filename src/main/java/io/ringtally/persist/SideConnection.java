package io.ringtally.persist;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;

/**
 * A connection beside the flusher's pool, with a limit of its own for each statement: whatever
 * takes long on it disturbs nobody.
 *
 * <p>Threading: one thread's, except {@link #abort}.
 */
abstract class SideConnection implements AutoCloseable {

    private static final String CONNECT_SECONDS = "5";
    /** The driver gives up a little after the server has. */
    private static final long ANSWER_SECONDS = 5;

    protected final Connection connection;

    SideConnection(Connection connection) {
        this.connection = connection;
    }

    /**
     * Connects, for reading only.
     *
     * @param application the name Postgres shows for it
     * @param timeout longest time for one statement
     */
    static Connection reading(DatabaseSettings settings, String application, Duration timeout)
            throws SQLException {
        Connection connection = writing(settings, application, timeout);
        try {
            connection.setReadOnly(true);
            return connection;
        } catch (SQLException failed) {
            connection.close();
            throw failed;
        }
    }

    /** The same, also for writing. */
    static Connection writing(DatabaseSettings settings, String application, Duration timeout)
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
            return connection;
        } catch (SQLException failed) {
            connection.close();
            throw failed;
        }
    }

    /** Ends what is under way, from another thread: it fails. */
    public void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException gone) {
            // it has failed by itself
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException gone) {
            // nothing was left to do on it
        }
    }
}
