package io.ringtally.verify;

import io.ringtally.persist.EmbeddedDatabase;
import io.ringtally.persist.EmbeddedDatabaseSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * A PostgreSQL server of the campaign's own, and what can happen to it.
 *
 * <p>Threading: the campaign's thread.
 */
final class Postgres implements AutoCloseable {

    private static final long END_MILLIS = 30_000;

    private final EmbeddedDatabase server;
    private int databases;

    private Postgres(EmbeddedDatabase server) {
        this.server = server;
    }

    static Postgres start(Path directory) throws IOException {
        return new Postgres(EmbeddedDatabase.start(
                EmbeddedDatabaseSettings.below(directory, Ports.free())));
    }

    /** A new, empty database. */
    DatabaseAddress newDatabase() throws SQLException {
        String name = "verify_" + ++databases;
        try (Connection connection = Snapshot.connect(address("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        return address(name);
    }

    private DatabaseAddress address(String database) {
        return new DatabaseAddress("jdbc:postgresql://127.0.0.1:" + server.port() + "/"
                + database, server.user(), "");
    }

    private List<ProcessHandle> processes() {
        return ProcessHandle.of(server.postmasterPid()).map(Signals::family).orElse(List.of());
    }

    /** Ends it as an operator does: sessions are ended, a checkpoint is written. */
    void stop() throws IOException {
        List<ProcessHandle> postmaster = ProcessHandle.of(server.postmasterPid()).stream()
                .toList();
        Signals.send("INT", postmaster);
        Signals.awaitEnd(postmaster, END_MILLIS);
    }

    /** Kills the server and all its sessions at once. */
    void kill() throws IOException {
        List<ProcessHandle> all = processes();
        Signals.send("KILL", all);
        Signals.awaitEnd(all, END_MILLIS);
    }

    /** Starts it again after it was stopped or killed. */
    void startAgain() throws IOException {
        server.ensureRunning();
    }

    /** Halts it: connections stay open, and nothing answers. Returns what to resume. */
    List<ProcessHandle> halt() throws IOException {
        List<ProcessHandle> all = processes();
        Signals.send("STOP", all);
        return all;
    }

    static void resume(List<ProcessHandle> halted) throws IOException {
        Signals.send("CONT", halted);
    }

    @Override
    public void close() {
        server.close();
    }
}
