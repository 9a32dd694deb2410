package io.ringtally.persist;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;

/**
 * Connections to Postgres, set up so that nothing waits for ever and a commit is really on disk.
 *
 * <p>Threading: safe for any thread.
 */
public final class Database implements AutoCloseable {

    /** Longest silence of the server while an answer is due, seconds. */
    private static final int SOCKET_TIMEOUT_SECONDS = 30;

    private static final String SESSION = "set synchronous_commit = on;"
            + " set lock_timeout = '10s';"
            + " set statement_timeout = '25s';"
            + " set idle_in_transaction_session_timeout = '20s';"
            + " set timezone = 'UTC'";

    private final HikariDataSource pool;

    /** Makes a pool; nothing connects before the first {@link #connect()}. */
    public Database(DatabaseSettings settings) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("postgres");
        config.setJdbcUrl(settings.url());
        config.setUsername(settings.user());
        config.setPassword(settings.password());
        config.setMaximumPoolSize(settings.poolSize());
        config.setMinimumIdle(0);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(5_000);
        config.setValidationTimeout(2_000);
        config.setConnectionInitSql(SESSION);
        config.addDataSourceProperty("ApplicationName", "ringtally");
        config.addDataSourceProperty("connectTimeout", "5");
        config.addDataSourceProperty("loginTimeout", "5");
        config.addDataSourceProperty("socketTimeout", String.valueOf(SOCKET_TIMEOUT_SECONDS));
        config.addDataSourceProperty("tcpKeepAlive", "true");
        pool = new HikariDataSource(config);
    }

    /** A connection from the pool, autocommit on; closing it gives it back. */
    Connection connect() throws SQLException {
        return pool.getConnection();
    }

    /** Brings the schema {@code ringtally} up to date; several instances may do so at once. */
    public void migrate() {
        Flyway.configure(Database.class.getClassLoader())
                .dataSource(pool)
                .schemas("ringtally")
                .defaultSchema("ringtally")
                .createSchemas(true)
                .locations("classpath:io/ringtally/persist/migration")
                .load()
                .migrate();
    }

    /** Connections that are in use at the moment. */
    public int activeConnections() {
        return pool.getHikariPoolMXBean() == null
                ? 0 : pool.getHikariPoolMXBean().getActiveConnections();
    }

    /** Connections that are open at the moment. */
    public int openConnections() {
        return pool.getHikariPoolMXBean() == null
                ? 0 : pool.getHikariPoolMXBean().getTotalConnections();
    }

    /** Most connections the pool opens. */
    public int maxConnections() {
        return pool.getMaximumPoolSize();
    }

    @Override
    public void close() {
        pool.close();
    }
}
