package io.ringtally.persist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL 18 that this service starts, watches and stops, with everything on that makes
 * a commit durable. It listens on 127.0.0.1 only and asks for no password: every user of the
 * machine who can connect there is its superuser, with the rights of the service's user. Where
 * that is not wanted, name a server of your own in {@code db.url}. Nothing in its data directory
 * is ever deleted.
 *
 * <p>The caller holds the lock on the directory above; two services never meet here.
 *
 * <p>Threading: safe for any thread; starts and stops exclude each other. {@link #close()} makes a
 * start under way give up, so it waits for neither recovery nor limit.
 */
public final class EmbeddedDatabase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);

    private static final String DATABASE = "ringtally";

    private final EmbeddedDatabaseSettings settings;
    private final PostgresCluster cluster;
    private final int port;
    private volatile ServerProcess server;
    private volatile boolean closing;

    private EmbeddedDatabase(EmbeddedDatabaseSettings settings, PostgresCluster cluster,
            int port) {
        this.settings = settings;
        this.cluster = cluster;
        this.port = port;
    }

    /**
     * Starts the server, making directory and database where they do not exist, and checks that it
     * is the right one and durable. A server left behind by a killed run is stopped first.
     *
     * @throws IOException with a sentence that says what to do: the port is taken, another program
     *     uses the directory, the user may not run PostgreSQL, or the server says no
     */
    public static EmbeddedDatabase start(EmbeddedDatabaseSettings settings) throws IOException {
        PostgresCluster cluster = new PostgresCluster(settings.directory(),
                PostgresBinaries.unpackedIn(settings.binariesDirectory()));
        if (cluster.exists()) {
            cluster.clearTheWay(Deadline.in(settings.startLimit()));
        }
        int port = PostgresCluster.requireFree(settings.port());
        EmbeddedDatabase database = new EmbeddedDatabase(settings, cluster, port);
        try {
            database.startServer();
        } catch (IOException failed) {
            database.close();
            throw failed;
        }
        return database;
    }

    /**
     * Starts the server again, on the same directory and port, if its process has died. For
     * whoever finds connections failing, as often as that happens. Does nothing while the process
     * lives: then PostgreSQL heals itself, or is still recovering.
     *
     * @return whether it was dead and now runs again
     * @throws IOException if it could not be started; the next call tries again
     */
    public synchronized boolean ensureRunning() throws IOException {
        if (closing || server.isAlive()) {
            return false;
        }
        Optional<ServerProcess> recovering = cluster.running();
        if (recovering.isPresent()) {
            // Started by a call before this one, whose limit was shorter than the recovery
            server = recovering.get();
            return false;
        }
        LOG.warn("PostgreSQL on {} has died; starting it again", settings.directory());
        cluster.clearTheWay(Deadline.in(settings.startLimit()));
        startServer();
        return true;
    }

    private synchronized void startServer() throws IOException {
        long begun = System.nanoTime();
        Deadline deadline = Deadline.in(settings.startLimit());
        if (!cluster.exists()) {
            cluster.create(deadline, () -> closing);
        }
        PostgresCluster.requireFree(port);
        server = cluster.start(port, deadline, () -> closing);
        try {
            verify(deadline);
        } catch (IOException unfit) {
            cluster.stop(server);
            throw unfit;
        }
        LOG.info("PostgreSQL serves {} on {}:{} as process {}, after {} ms",
                settings.directory(), PostgresCluster.LOOPBACK, port, server.pid(),
                (System.nanoTime() - begun) / 1_000_000);
    }

    /** Whoever answers must be our server, and must write what it says it has written. */
    private void verify(Deadline deadline) throws IOException {
        try (Connection connection = connect(PostgresCluster.USER, deadline)) {
            Path served = Path.of(show(connection, "data_directory"));
            if (!served.toRealPath().equals(settings.directory().toRealPath())) {
                throw new IOException("the PostgreSQL on port " + port + " serves " + served
                        + ", not " + settings.directory() + ": set db.embedded.port"
                        + " (RINGTALLY_DB_EMBEDDED_PORT) to a port nobody else uses");
            }
            for (String durable : new String[] {"fsync", "synchronous_commit",
                    "full_page_writes"}) {
                String value = show(connection, durable);
                if (!value.equals("on")) {
                    throw new IOException("the embedded database runs with " + durable + " = "
                            + value + " and could lose commits: remove that setting, for example"
                            + " with ALTER ROLE postgres RESET " + durable);
                }
            }
            if (!exists(connection)) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("create database " + DATABASE);
                }
            }
        } catch (SQLException failed) {
            throw new IOException("the embedded database on port " + port
                    + " started and then failed: " + failed.getMessage(), failed);
        }
    }

    private Connection connect(String database, Deadline deadline) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", PostgresCluster.USER);
        String seconds = String.valueOf(Math.max(5, deadline.left().toSeconds()));
        properties.setProperty("loginTimeout", seconds);
        properties.setProperty("socketTimeout", seconds);
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }

    /**
     * Where the server of a data directory can be reached, if one is serving it: started by another
     * process, on whatever port. Nothing is started and nothing changed.
     *
     * @throws IOException if that cannot be told
     */
    public static Optional<String> urlOfRunning(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return Optional.empty();
        }
        Path real = directory.toRealPath();
        return PostmasterPid.read(directory)
                .filter(found -> found.port() > 0 && ServerProcess.of(found.pid())
                        .filter(process -> process.serves(real)).isPresent())
                .map(found -> jdbcUrl(found.port(), DATABASE));
    }

    /**
     * Whether this user may run it: not root, or one that may make a user namespace.
     *
     * @throws IOException if that cannot be tried
     */
    public static boolean mayRun() throws IOException {
        return PostgresBinaries.mayRun();
    }

    private static String show(Connection connection, String setting) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show " + setting)) {
            row.next();
            return row.getString(1);
        }
    }

    private static boolean exists(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select from pg_database where datname = '" + DATABASE + "'")) {
            return rows.next();
        }
    }

    /** JDBC URL of the database {@code ringtally}. */
    public String jdbcUrl() {
        return jdbcUrl(DATABASE);
    }

    private String jdbcUrl(String database) {
        return jdbcUrl(port, database);
    }

    private static String jdbcUrl(int port, String database) {
        return "jdbc:postgresql://" + PostgresCluster.LOOPBACK + ":" + port + "/" + database;
    }

    /** Role to connect as; it needs no password. */
    public String user() {
        return PostgresCluster.USER;
    }

    /** Port the server listens on, the one chosen where the settings say 0. */
    public int port() {
        return port;
    }

    /** Process id of the server, the one it had when it has died. */
    public long postmasterPid() {
        return server.pid();
    }

    /**
     * Stops the server: open sessions are ended, what they committed stays. Returns when its
     * process has ended, or after little more than a minute; what is left then, the next start
     * stops. A second call does nothing.
     */
    @Override
    public void close() {
        closing = true;
        synchronized (this) {
            boolean interrupted = Thread.interrupted();
            try {
                if (cluster.shutDown()) {
                    LOG.info("PostgreSQL on {} has stopped", settings.directory());
                }
            } catch (IOException failed) {
                LOG.error("the embedded database may still run: {}", failed.getMessage());
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
