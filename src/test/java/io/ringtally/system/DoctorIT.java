package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ringtally doctor} on this machine, healthy and ill. */
class DoctorIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path directory;
    private Path data;
    private String url;

    @BeforeEach
    void makeDatabase() throws Exception {
        data = directory.resolve("data");
        url = TestPostgres.shared().newDatabase();
    }

    @Test
    void onAHealthyMachineNothingFailsAndNothingIsChanged() throws Exception {
        FinishedCommand healthy = doctor(Map.of());
        assertEquals(0, healthy.code(), healthy.output());
        for (String what : List.of("java", "java flags", "encoding", "heap", "memory", "cores",
                "open files", "service", "http.port", "admin.port", "data.dir",
                "data.dir file system", "data.dir room", "sync rate", "postgres",
                "postgres settings", "postgres connections", "postgres round trip",
                "postgres clock", "log and database", "clock")) {
            line(healthy, "(ok|warn)", what, ".*");
        }
        line(healthy, "(ok|warn)", "sync rate", "\\d+ a second; median .*");
        line(healthy, "ok", "log and database", "there is no log yet");
        assertFalse(Files.exists(data), "it makes nothing");
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(), files.toList());
        }
        assertEquals("0", TestPostgres.query(url,
                "select count(*) from pg_namespace where nspname = 'ringtally'"));
    }

    @Test
    void aRunningServiceIsAskedAndLeftAloneAStoppedOnesLogIsRead() throws Exception {
        try (RunningService service = RunningService.start(data, url, Map.of())) {
            assertEquals(202,
                    service.post("/increment", "{\"key\":\"k\",\"value\":1}").statusCode());
            FinishedCommand beside = doctor(Map.of(
                    "RINGTALLY_HTTP_PORT", String.valueOf(service.port()),
                    "RINGTALLY_ADMIN_PORT", String.valueOf(service.adminPort())));
            assertEquals(0, beside.code(), beside.output());
            line(beside, "ok", "service", "running as process " + service.pid() + ", up");
            line(beside, "ok", "http.port", ".* is the running service's");
            line(beside, "ok", "sync rate", "not measured while the service runs");
            assertTrue(service.status().contains("\"status\":\"up\""), service.status());
            assertEquals(0, service.terminate(SOON), service.log());
        }
        FinishedCommand stopped = doctor(Map.of());
        assertEquals(0, stopped.code(), stopped.output());
        line(stopped, "ok", "log and database", "counted up to position \\d+ of \\d+; .*");
        FinishedCommand elsewhere = doctor(Map.of("RINGTALLY_DB_URL",
                TestPostgres.shared().newDatabase()));
        assertEquals(1, elsewhere.code(), elsewhere.output());
        line(elsewhere, "fail", "log and database",
                "this database does not know the log .*-> point db.url at .*");
    }

    @Test
    void aTakenPortFails() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            FinishedCommand taken = doctor(Map.of("RINGTALLY_HTTP_PORT",
                    String.valueOf(other.getLocalPort())));
            assertEquals(1, taken.code(), taken.output());
            line(taken, "fail", "http.port", "127.0.0.1:" + other.getLocalPort()
                    + " cannot be had: .*-> stop what listens there .*RINGTALLY_HTTP_PORT.*");
        }
    }

    @Test
    void anUnreachablePostgresAndAWrongDatabaseFail() throws Exception {
        int nobody = RunningService.freePort();
        FinishedCommand unreachable = doctor(Map.of("RINGTALLY_DB_URL",
                "jdbc:postgresql://127.0.0.1:" + nobody + "/ringtally"));
        assertEquals(1, unreachable.code(), unreachable.output());
        line(unreachable, "fail", "postgres", ".*:" + nobody + "/ringtally as postgres: .*refused"
                + ".*-> start it, or correct db.url.*");
        FinishedCommand absent = doctor(Map.of("RINGTALLY_DB_URL", "jdbc:postgresql://127.0.0.1:"
                + TestPostgres.shared().server().port() + "/nowhere"));
        line(absent, "fail", "postgres", ".*-> create that database.*");
    }

    @Test
    void aPostgresWithoutFsyncFails() throws Exception {
        try (TestPostgres own = TestPostgres.own()) {
            String there = own.newDatabase();
            String cluster = TestPostgres.query(there, "show data_directory");
            Path program = ProcessHandle.of(own.server().postmasterPid()).orElseThrow().info()
                    .command().map(Path::of).orElseThrow();
            own.server().close();
            // its own start turns fsync on, whatever its configuration says
            List<String> command = new ArrayList<>(List.of(program.toString(), "-D", cluster,
                    "-p", String.valueOf(own.server().port()), "-c", "fsync=off",
                    "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="));
            if ("root".equals(System.getProperty("user.name"))) {
                command.addAll(0, List.of("unshare", "-U"));
            }
            Process careless = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            try {
                awaitFsyncOff(there, careless);
                FinishedCommand off = doctor(Map.of("RINGTALLY_DB_URL", there));
                assertEquals(1, off.code(), off.output());
                line(off, "fail", "postgres fsync", "off  -> set fsync = on .*");
            } finally {
                careless.destroy();
                assertTrue(careless.waitFor(20, TimeUnit.SECONDS));
            }
        }
    }

    private static void awaitFsyncOff(String there, Process careless) throws Exception {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (true) {
            try {
                assertEquals("off", TestPostgres.query(there, "show fsync"));
                return;
            } catch (java.sql.SQLException notYet) {
                assertTrue(careless.isAlive() && System.nanoTime() < deadline,
                        () -> "no Postgres comes up: " + notYet);
                careless.waitFor(20, TimeUnit.MILLISECONDS);
            }
        }
    }

    @Test
    void aFullDiskInMemoryFailsAndIsWarnedOf() throws Exception {
        Path small = Files.createDirectory(directory.resolve("small"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", small.toString()) == 0,
                "no right to mount a file system");
        try {
            FinishedCommand full = doctor(Map.of("RINGTALLY_DATA_DIR",
                    small.resolve("data").toString()));
            assertEquals(1, full.code(), full.output());
            line(full, "warn", "data.dir file system", "tmpfs  -> .*");
            line(full, "fail", "data.dir room", "8 MiB free, .*-> free \\d+ MiB, or name .*");
        } finally {
            assertEquals(0, run("umount", small.toString()));
        }
    }

    @Test
    void asJsonItSaysTheSame() throws Exception {
        FinishedCommand ill = run(Map.of("RINGTALLY_DB_URL", "jdbc:postgresql://127.0.0.1:"
                + RunningService.freePort() + "/ringtally"), "doctor", "--json");
        assertEquals(1, ill.code(), ill.output());
        Map<String, String> verdicts = new TreeMap<>();
        try (JsonParser json = new JsonFactory().createParser(ill.output())) {
            String what = null;
            String verdict = null;
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.VALUE_STRING) {
                    switch (json.currentName()) {
                        case "verdict" -> verdict = json.getText();
                        case "what" -> what = json.getText();
                        case "advice" -> verdicts.put(what, verdict);
                        default -> { }
                    }
                } else if (json.currentToken() == JsonToken.VALUE_TRUE) {
                    throw new AssertionError("healthy: " + ill.output());
                }
            }
        }
        assertEquals("fail", verdicts.get("postgres"), ill.output());
        assertEquals("ok", verdicts.get("java"), ill.output());
    }

    @Test
    void badOptionsAndABadConfigurationAreUsage() throws Exception {
        assertEquals(2, run(Map.of(), "doctor", "--everything").code());
        FinishedCommand wrong = doctor(Map.of("RINGTALLY_RING_SLOTS", "1000"));
        assertEquals(2, wrong.code(), wrong.output());
        assertTrue(wrong.output().contains("ring.slots = 1000 must be a power of two"),
                wrong.output());
    }

    private FinishedCommand doctor(Map<String, String> more) throws Exception {
        return run(more, "doctor");
    }

    /** The settings of {@link RunningService}, with free ports. */
    private FinishedCommand run(Map<String, String> more, String... arguments) throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of(
                "RINGTALLY_HTTP_PORT", String.valueOf(RunningService.freePort()),
                "RINGTALLY_ADMIN_PORT", String.valueOf(RunningService.freePort()),
                "RINGTALLY_DATA_DIR", data.toString(),
                "RINGTALLY_DB_URL", url, "RINGTALLY_DB_USER", "postgres",
                "RINGTALLY_RING_SLOTS", "8192",
                "RINGTALLY_JOURNAL_SEGMENT_BYTES", "8 MiB",
                "RINGTALLY_JOURNAL_MAX_UNFORCED_BYTES", "8 MiB",
                "RINGTALLY_JOURNAL_MAX_BYTES", "128 MiB"));
        environment.putAll(more);
        return FinishedCommand.of(environment, arguments);
    }

    private static void line(FinishedCommand finished, String verdict, String what, String rest) {
        assertTrue(finished.output().lines().anyMatch(line -> line.matches(
                verdict + " +" + java.util.regex.Pattern.quote(what) + "  +" + rest)),
                verdict + " " + what + " " + rest + " is not in:\n" + finished.output());
    }

    private static int run(String... command) throws Exception {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (java.io.IOException missing) {
            return -1;
        }
        process.getInputStream().readAllBytes();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        return process.exitValue();
    }
}
