package io.ringtally.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabaseIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Unpacked once for all tests, as it is once for all starts of a service. */
    @TempDir
    static Path binaries;

    @TempDir
    Path data;

    private final List<EmbeddedDatabase> started = new ArrayList<>();
    private Path directory;
    private int port;

    @BeforeEach
    void chooseAPort() throws IOException {
        directory = data.resolve("postgres");
        // not the first free one: another run on this machine would choose it as well
        int first = (int) (ProcessHandle.current().pid() % 100);
        for (int i = 0; i < 100; i++) {
            port = 25_300 + (first + i) % 100;
            try {
                PostgresCluster.requireFree(port);
                return;
            } catch (IOException taken) {
                continue;
            }
        }
        throw new IOException("no port from 25300 to 25399 is free");
    }

    @AfterEach
    void leaveNoProcess() throws IOException {
        started.forEach(EmbeddedDatabase::close);
        if (Files.exists(directory)) {
            Path real = directory.toRealPath();
            // those that serve a server end when they notice that it has ended
            assertTrue(Deadline.in(LIMIT).await(() -> ServerProcess.allServing(real).isEmpty()),
                    "waited for the end of " + ServerProcess.allServing(real));
        }
    }

    @Test
    void servesADurableDatabaseOnLoopbackOnly() throws Exception {
        EmbeddedDatabase database = start();

        assertEquals("jdbc:postgresql://127.0.0.1:" + port + "/ringtally", database.jdbcUrl());
        assertEquals("on on on", query(database, "select current_setting('fsync') || ' '"
                + " || current_setting('synchronous_commit') || ' '"
                + " || current_setting('full_page_writes')"));
        assertEquals("127.0.0.1||UTF8|C.UTF-8|on", query(database, "select concat_ws('|',"
                + " current_setting('listen_addresses'),"
                + " current_setting('unix_socket_directories'),"
                + " pg_encoding_to_char(encoding), datlocale, current_setting('data_checksums'))"
                + " from pg_database where datname = current_database()"));
        assertEquals("120|1GB|128MB|UTC", query(database, "select"
                + " string_agg(setting, '|' order by name) from pg_file_settings"
                + " where applied and name in ('max_connections', 'shared_buffers',"
                + " 'max_wal_size', 'timezone')"));
        assertEquals("18", query(database, "show server_version").substring(0, 2));
        assertEquals(directory.toRealPath().toString(), query(database, "show data_directory"));
        try (Stream<Path> logs = Files.list(directory.resolve("log"))) {
            assertTrue(logs.findAny().isPresent(), "the server writes a log of its own");
        }
    }

    @Test
    void keepsDataAcrossAStopAndAStart() throws Exception {
        EmbeddedDatabase first = start();
        execute(first, "create table kept as select 42 as answer");
        long pid = first.postmasterPid();

        first.close();
        first.close();

        assertTrue(ServerProcess.of(pid).isEmpty(), "process " + pid + " has ended");
        assertFalse(first.ensureRunning(), "a closed database stays closed");
        assertEquals("42", query(start(), "select answer from kept"));
    }

    @Test
    void keepsCommitsWhenItsServerIsKilled() throws Exception {
        EmbeddedDatabase first = start();
        execute(first, "create table kept as select 42 as answer");

        kill(first);

        assertEquals("42", query(start(), "select answer from kept"));
    }

    @Test
    void startsADeadServerAgainOnTheSamePort() throws Exception {
        EmbeddedDatabase database = start();
        execute(database, "create table kept as select 42 as answer");
        assertFalse(database.ensureRunning(), "it lives");
        long before = database.postmasterPid();

        kill(database);

        assertTrue(database.ensureRunning(), "it was dead");
        assertFalse(database.ensureRunning(), "it lives again");
        assertNotEquals(before, database.postmasterPid());
        assertEquals("42", query(database, "select answer from kept"));
    }

    @Test
    void startsAgainPastASessionThatOutlivesItsServer() throws Exception {
        EmbeddedDatabase database = start();
        try (Connection stuck = connect(database)) {
            long session = Long.parseLong(query(stuck, "select pg_backend_pid()"));
            ServerProcess.of(session).orElseThrow().signal("STOP");

            kill(database);

            assertTrue(database.ensureRunning(), "it was dead");
            assertTrue(ServerProcess.of(session).isEmpty(), "the session was ended");
        }
        assertEquals("1", query(database, "select 1"));
    }

    @Test
    void takesOverTheServerOfAKilledProcess() throws Exception {
        Process owner = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), DatabaseOwner.class.getName(),
                directory.toString(), binaries.toString(), String.valueOf(port))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        long orphan = servingAs(owner);
        owner.destroyForcibly().waitFor();
        assertTrue(ServerProcess.of(orphan).orElseThrow().isAlive(), "the server outlives it");

        EmbeddedDatabase database = start();

        assertNotEquals(orphan, database.postmasterPid());
        assertTrue(ServerProcess.of(orphan).isEmpty(), "the orphan has ended");
        assertEquals("1", query(database, "select 1"));
    }

    @Test
    void takesOverAServerThatWasHalted() throws Exception {
        EmbeddedDatabase dropped = start();
        execute(dropped, "create table kept as select 42 as answer");
        ServerProcess.of(dropped.postmasterPid()).orElseThrow().signal("STOP");

        assertEquals("42", query(start(), "select answer from kept"));
    }

    @Test
    void startsWhenAnotherProgramGotTheDeadServersNumber() throws Exception {
        EmbeddedDatabase dead = start();
        execute(dead, "create table kept as select 42 as answer");
        kill(dead);
        Path file = directory.resolve("postmaster.pid");
        String lines = Files.readString(file).substring(
                String.valueOf(dead.postmasterPid()).length());
        Process other = new ProcessBuilder("sh", "-c", "read line").start();
        try {
            Files.writeString(file, other.pid() + lines);

            assertEquals("42", query(start(), "select answer from kept"));
            assertTrue(other.isAlive(), "the other program was left alone");
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void refusesAPortSomebodyListensOn() throws Exception {
        try (ServerSocket stranger = new ServerSocket(port, 1,
                InetAddress.getByName("127.0.0.1"))) {
            String message = assertThrows(IOException.class, this::start).getMessage();

            assertTrue(message.contains("port " + stranger.getLocalPort() + " on 127.0.0.1 is not"
                    + " free"), message);
            assertTrue(message.contains("db.embedded.port (RINGTALLY_DB_EMBEDDED_PORT)"), message);
        }
        assertFalse(Files.exists(directory), "nothing was made");
        start();
    }

    @Test
    void refusesADirectoryThatAnotherInstallationServes(@TempDir Path others) throws Exception {
        EmbeddedDatabase database = start();

        String message = assertThrows(IOException.class, () -> EmbeddedDatabase.start(
                new EmbeddedDatabaseSettings(directory, others, port + 100, LIMIT))).getMessage();

        assertTrue(message.startsWith(directory + " is in use by process "
                + database.postmasterPid()), message);
        assertEquals("1", query(database, "select 1"));
    }

    @Test
    void refusesADirectoryThatHoldsSomethingElse() throws Exception {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("letters.txt"), "dear");

        String message = assertThrows(IOException.class, this::start).getMessage();

        assertTrue(message.contains("is not empty and no PostgreSQL database"), message);
        assertEquals("dear", Files.readString(directory.resolve("letters.txt")));
    }

    @Test
    void saysAtOnceWhyTheServerDoesNotStartAndStartsWhenThatIsMended() throws Exception {
        start().close();
        Path configuration = directory.resolve("postgresql.conf");
        String good = Files.readString(configuration);
        Files.writeString(configuration, "shared_buffers = nonsense\n",
                StandardOpenOption.APPEND);
        long begun = System.nanoTime();

        String message = assertThrows(IOException.class, this::start).getMessage();

        assertTrue(message.contains("invalid value for parameter \"shared_buffers\""), message);
        assertTrue(System.nanoTime() - begun < LIMIT.toNanos() / 2, "it did not wait");
        Files.writeString(configuration, good);
        start();
    }

    @Test
    void leavesNothingRunningWhenAStartIsInterrupted() throws Exception {
        start().close();
        Thread.currentThread().interrupt();

        assertThrows(InterruptedIOException.class, this::start);

        assertTrue(Thread.interrupted(), "the interrupt is kept for the caller");
        Path real = directory.toRealPath();
        assertTrue(Deadline.in(LIMIT).await(() -> ServerProcess.allServing(real).isEmpty()),
                "waited for the end of " + ServerProcess.allServing(real));
        start();
    }

    private EmbeddedDatabase start() throws IOException {
        EmbeddedDatabase database = EmbeddedDatabase.start(
                new EmbeddedDatabaseSettings(directory, binaries, port, LIMIT));
        started.add(database);
        return database;
    }

    private static void kill(EmbeddedDatabase database) throws IOException {
        ServerProcess server = ServerProcess.of(database.postmasterPid()).orElseThrow();
        server.handle().destroyForcibly();
        assertTrue(Deadline.in(LIMIT).await(() -> !server.isAlive()),
                "waited for the end of process " + server.pid());
    }

    private static long servingAs(Process owner) throws IOException {
        BufferedReader lines = new BufferedReader(
                new InputStreamReader(owner.getInputStream(), StandardCharsets.UTF_8));
        String mark = "serving as ";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(mark)) {
                return Long.parseLong(line.substring(mark.length()));
            }
        }
        throw new IOException("the child process ended without a server");
    }

    private static Connection connect(EmbeddedDatabase database) throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.user(), "");
    }

    private static void execute(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = connect(database)) {
            return query(connection, sql);
        }
    }

    private static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
