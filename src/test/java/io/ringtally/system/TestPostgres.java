package io.ringtally.system;

import io.ringtally.persist.EmbeddedDatabase;
import io.ringtally.persist.EmbeddedDatabaseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;

/**
 * A real PostgreSQL for tests: one server for the whole run, a new database for whoever asks. Tests
 * that stop or kill their server start one of their own.
 *
 * <p>Threading: any thread.
 */
public final class TestPostgres implements AutoCloseable {

    private static TestPostgres shared;

    private final EmbeddedDatabase server;
    private final Path directory;

    private TestPostgres(EmbeddedDatabase server, Path directory) {
        this.server = server;
        this.directory = directory;
    }

    /** The server all tests share; it ends with the test run. */
    public static synchronized TestPostgres shared() throws IOException {
        if (shared == null) {
            TestPostgres started = own();
            Runtime.getRuntime().addShutdownHook(new Thread(started::close));
            shared = started;
        }
        return shared;
    }

    /** A server of the caller's own, to be closed by it. */
    public static TestPostgres own() throws IOException {
        Path directory = Files.createTempDirectory("ringtally-postgres");
        EmbeddedDatabaseSettings usual = EmbeddedDatabaseSettings.below(directory, 0);
        return new TestPostgres(EmbeddedDatabase.start(new EmbeddedDatabaseSettings(
                usual.directory(), usual.binariesDirectory(), 0, Duration.ofMinutes(2))),
                directory);
    }

    public EmbeddedDatabase server() {
        return server;
    }

    /** A new, empty database; returns its JDBC URL with the user in it. */
    public String newDatabase() throws SQLException {
        String name = "test_" + UUID.randomUUID().toString().replace("-", "");
        try (Connection connection = DriverManager.getConnection(urlOf("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        return urlOf(name);
    }

    private String urlOf(String database) {
        return "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + database
                + "?user=" + server.user();
    }

    /** The first column of the first row, as text; null if there is no row. */
    public static String query(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    /** The sum over all counters, 0 if there are none. */
    public static long sum(String url) throws SQLException {
        return Long.parseLong(
                query(url, "select coalesce(sum(total), 0) from ringtally.counters"));
    }

    @Override
    public void close() {
        server.close();
        try (var files = Files.walk(directory)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(file ->
                    file.toFile().delete());
        } catch (IOException left) {
            System.err.println("left behind: " + directory + " (" + left + ")");
        }
    }
}
