package bench.runner;

import io.ringtally.persist.EmbeddedDatabase;
import io.ringtally.persist.EmbeddedDatabaseSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The PostgreSQL that the jar embeds, with its durable settings, owned by the runner: it outlives
 * the servers, so that what they counted can be read after they are gone.
 *
 * <p>Threading: used by the main thread; closed by it or by the shutdown hook.
 */
final class Postgres implements AutoCloseable {

    static final String USER = "postgres";
    static final String PASSWORD = "postgres";

    private static final String DATABASE = "ringtally";

    private final Path data;
    private final Path binaries;
    private final int port;
    private final String pin;
    private final ProcStat procStat;
    private EmbeddedDatabase server;

    Postgres(Path work, Options options, ProcStat procStat) {
        this.data = work.resolve("postgres");
        this.binaries = work.resolveSibling("postgres-binaries");
        this.port = options.whole(Flag.DB_PORT);
        this.pin = options.text(Flag.PIN_POSTGRES);
        this.procStat = procStat;
        start();
    }

    /** Also after {@link #stop()}: the data directory stays. Durable settings are verified. */
    void start() {
        try {
            server = EmbeddedDatabase.start(new EmbeddedDatabaseSettings(data, binaries, port,
                    Duration.ofSeconds(60)));
        } catch (IOException failure) {
            throw new UncheckedIOException("PostgreSQL does not start on port " + port, failure);
        }
        Pin.move(postmaster(), pin);
    }

    void stop() {
        server.close();
    }

    /** SIGSTOP: connections stay open, nothing answers. The postmaster first: no new backends. */
    void freeze() {
        signal("-STOP", processes());
    }

    void thaw() {
        signal("-CONT", processes());
    }

    /** One by one: a backend may end between the listing and its signal. */
    private void signal(String signal, List<Long> pids) {
        for (long pid : pids) {
            try {
                Command.output("kill", signal, Long.toString(pid));
            } catch (IllegalStateException failed) {
                if (ProcessHandle.of(pid).isPresent()) {
                    throw failed;
                }
            }
        }
    }

    private List<Long> processes() {
        List<Long> pids = new ArrayList<>(List.of(postmaster()));
        ProcessHandle.of(postmaster()).ifPresent(
                handle -> handle.descendants().forEach(child -> pids.add(child.pid())));
        return pids;
    }

    /** The process id; 0 when it is stopped. */
    private long postmaster() {
        try {
            List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
            return Long.parseLong(lines.get(0).trim());
        } catch (IOException stopped) {
            return 0;
        }
    }

    long cpuMicros() {
        long pid = postmaster();
        return pid == 0 ? 0 : procStat.treeMicros(pid);
    }

    /** An empty database for the next server. */
    void recreate() {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("drop database if exists " + DATABASE + " with (force)");
            statement.execute("create database " + DATABASE);
            statement.execute("checkpoint");
        } catch (SQLException failure) {
            throw new IllegalStateException("cannot recreate the database", failure);
        }
    }

    /** The one value of a query against the servers' database. */
    long number(String query) {
        try (Connection connection = connect(DATABASE);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getBigDecimal(1).longValueExact();
        } catch (SQLException failure) {
            throw new IllegalStateException("cannot read: " + query, failure);
        }
    }

    private String show(String setting) {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("show " + setting)) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException failure) {
            throw new IllegalStateException("cannot read the setting " + setting, failure);
        }
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database), USER, PASSWORD);
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** For the servers. */
    String url() {
        return url(DATABASE);
    }

    /** For the frame of a report. */
    Map<String, String> description() {
        return Map.of("version", show("server_version"),
                "settings", "fsync, synchronous_commit, full_page_writes on, shared_buffers "
                        + show("shared_buffers") + ", wal_sync_method " + show("wal_sync_method"));
    }

    @Override
    public void close() {
        if (postmaster() != 0) {
            thaw();
            stop();
        }
    }
}
