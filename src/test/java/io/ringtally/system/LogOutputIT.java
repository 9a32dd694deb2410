package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.ringtally.persist.Database;
import io.ringtally.persist.DatabaseSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a service prints: text or JSON lines, what it is at its start, a bar only on a terminal. */
class LogOutputIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Path SCRIPT = Path.of("/usr/bin/script");
    private static final int COUNTERS = 400_000;

    @TempDir
    private Path directory;

    @Test
    void asJsonEveryLineIsOneObjectAlsoWithControlCharactersAndExceptions() throws Exception {
        String url = TestPostgres.shared().newDatabase();
        String odd = "RINGTALLY_ODD\u001b[31m\"";
        try (RunningService service = RunningService.start(directory.resolve("data"), url
                + "&password=geheim", Map.of("RINGTALLY_LOG_FORMAT", "json",
                        "RINGTALLY_LOG_LEVEL", "debug", "RINGTALLY_DB_PASSWORD", "geheim",
                        odd, "1"))) {
            try (RawConnection raw = new RawConnection(service.port())) {
                raw.send("POST /increment HTTP/1.1\r\nHost: a\r\nContent-Type: application/json"
                        + "\r\nTransfer-Encoding: chunked\r\n\r\n\u0007zz\r\n");
                raw.answer();
            }
            service.await("the broken body in the log", SOON, () -> logged(service, "exception"));
            assertEquals(202,
                    service.post("/increment", "{\"key\":\"k\",\"value\":1}").statusCode());
            assertEquals(0, service.terminate(SOON), service.log());
            List<Map<String, String>> lines = parsed(service.log());
            String all = lines.stream().map(line -> line.get("message"))
                    .reduce("", (a, b) -> a + "\n" + b);
            assertTrue(all.contains("the environment variable " + odd), all);
            assertTrue(all.contains("\nRingtally "), all);
            assertTrue(all.contains(System.getProperty("java.vendor")), all);
            assertTrue(all.contains("\nJVM flags: -Xmx1g -ea"), all);
            assertTrue(all.contains("\nconfigured: http.port = \"" + service.port()
                    + "\"    # environment RINGTALLY_HTTP_PORT"), all);
            assertFalse(all.contains("configured: persist."), all);
            assertFalse(service.log().contains("geheim"), all);
            assertTrue(all.contains("\ndata.dir = " + directory.toRealPath()), all);
            assertTrue(all.contains("\nmemory: heap up to 1024 MiB; a ring of 8 MiB"), all);
            assertTrue(all.contains("\ncounting at " + service.url() + ", log "), all);
            assertTrue(all.contains("; operators at http://127.0.0.1:" + service.adminPort()
                    + "; database jdbc:postgresql:"), all);
            assertTrue(all.endsWith("\nstopped: everything accepted is in Postgres"), all);
        }
    }

    @Test
    void aStartThatFailsSaysSoInJsonToo() throws Exception {
        FinishedCommand wrong = FinishedCommand.of(Map.of("RINGTALLY_LOG_FORMAT", "json",
                "RINGTALLY_PERSIST_MAX_DELAY", "11s"));
        assertEquals(2, wrong.code(), wrong.output());
        List<Map<String, String>> lines = parsed(wrong.output());
        assertEquals("ERROR", lines.get(lines.size() - 1).get("level"), wrong.output());
        assertTrue(lines.get(lines.size() - 1).get("message").contains(
                "persist.max-delay = 11000 ms is out of range"), wrong.output());
        FinishedCommand format = FinishedCommand.of(Map.of("RINGTALLY_LOG_FORMAT", "xml"));
        assertEquals(2, format.code(), format.output());
        assertEquals("ringtally: log.format = xml must be text or json\n", format.output());
    }

    /** Each change of the state is a line; events are none, however many. */
    @Test
    void aChangeOfTheStateIsALineAndEventsAreNone() throws Exception {
        String url = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("quiet"), url,
                Map.of("RINGTALLY_PERSIST_MAX_DELAY", "300ms"));
                Load load = Load.on(service, 2, 100, 0)) {
            service.await("the change to up", SOON, () -> states(service).size() >= 1
                    && states(service).get(states(service).size() - 1).contains("is up"));
            long lines = service.log().lines().count();
            load.awaitAcks(5_000);
            assertEquals(lines, service.log().lines().count(), service.log());
            List<String> begun = states(service);
            service.operate("pause");
            load.awaitAcks(2_000);
            service.operate("resume");
            service.await("the change back", SOON, () ->
                    states(service).size() == begun.size() + 2);
            load.awaitAcks(2_000);
            List<String> since = states(service).subList(begun.size(), states(service).size());
            assertEquals(2, since.size(), since.toString());
            assertTrue(since.get(0).matches(".*the state is degraded: .*paused.*, it was up"),
                    since.toString());
            assertTrue(since.get(1).endsWith("the state is up, it was degraded"),
                    since.toString());
            load.stop();
            assertEquals(0, service.terminate(SOON), service.log());
        }
    }

    private static List<String> states(RunningService service) {
        try {
            return service.log().lines().filter(line -> line.contains(" StateLog ")).toList();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void theLevelLeavesLinesOut() throws Exception {
        try (RunningService service = RunningService.start(directory.resolve("data"),
                TestPostgres.shared().newDatabase(), Map.of("RINGTALLY_LOG_LEVEL", "warn"))) {
            assertEquals(0, service.terminate(SOON), service.log());
            assertFalse(service.log().contains(" INFO "), service.log());
            assertFalse(service.log().contains("\u001b"), service.log());
        }
    }

    @Test
    void onATerminalABarIsDrawnInPlaceAndNotMixedWithLines() throws Exception {
        assumeTrue(Files.isExecutable(SCRIPT), "no " + SCRIPT + " (Debian: bsdutils)");
        String url = TestPostgres.shared().newDatabase();
        fill(url);
        Map<String, String> environment = new HashMap<>(Map.of("RINGTALLY_DB_URL", url,
                "RINGTALLY_DB_USER", "postgres", "TERM", "xterm", "RINGTALLY_HTTP_PORT", "0",
                "RINGTALLY_ADMIN_PORT", "off", "RINGTALLY_RING_SLOTS", "8192",
                "RINGTALLY_DATA_DIR", directory.resolve("data").toString()));
        ProcessBuilder jar = RunningService.jar(environment);
        String command = String.join(" ", jar.command());
        Path typescript = directory.resolve("typescript");
        jar.command(SCRIPT.toString(), "-qefc", command, "/dev/null");
        jar.redirectOutput(typescript.toFile());
        Process terminal = jar.start();
        try {
            awaitText(terminal, typescript, "then: curl");
            String started = Files.readString(typescript);
            Matcher pid = Pattern.compile("as process (\\d+)").matcher(started);
            assertTrue(pid.find(), started);
            assertTrue(ProcessHandle.of(Long.parseLong(pid.group(1))).orElseThrow().destroy());
            awaitText(terminal, typescript, "stopped: everything accepted is in Postgres");
            assertTrue(terminal.waitFor(60, java.util.concurrent.TimeUnit.SECONDS));
        } finally {
            terminal.destroyForcibly();
        }
        String all = Files.readString(typescript);
        assertTrue(all.contains("reading counters back ["), all);
        assertTrue(Pattern.compile("reading counters back \\[#+\\.+\\] \\d+ %.*\r\u001b\\[K")
                .matcher(all).find(), all);
        // whatever stands on a line with a bar, before or after it, has been erased from there
        for (String line : all.replace("\r\n", "\n").split("\n")) {
            String left = line.replaceAll("[^\r\n]*\r\u001b\\[K", "");
            assertFalse(left.contains("reading counters back [") || left.contains("\u001b"), all);
        }
    }

    private static void awaitText(Process terminal, Path file, String text) throws Exception {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!Files.readString(file).contains(text)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited for '" + text + "': " + Files.readString(file));
            }
            terminal.waitFor(20, java.util.concurrent.TimeUnit.MILLISECONDS);
        }
    }

    private static void fill(String url) throws Exception {
        try (Database database = new Database(new DatabaseSettings(url, "postgres", "", 2))) {
            database.migrate();
        }
        TestPostgres.query(url, "with old as (insert into ringtally.counter"
                + " select '', 'key-' || i, 'increment', i, 1, 0, 0"
                + " from generate_series(1, " + COUNTERS + ") i returning total, events)"
                + " insert into ringtally.checkpoint (log, epoch, position, events, sum)"
                + " select gen_random_uuid(), 1, 1, sum(events), sum(total) from old returning 1");
        try (var connection = java.sql.DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute("analyze ringtally.counter");
        }
    }

    private static boolean logged(RunningService service, String field) {
        try {
            return parsed(service.log()).stream().anyMatch(line -> line.containsKey(field));
        } catch (IOException halfALine) {
            return false;
        }
    }

    private static List<Map<String, String>> parsed(String log) throws IOException {
        List<Map<String, String>> lines = new ArrayList<>();
        for (String line : log.split("\n")) {
            if (line.startsWith("WARNING: ")) {
                continue; // what a JVM from 24 on says of sun.misc.Unsafe; not ours to format
            }
            assertTrue(StandardCharsets.US_ASCII.newEncoder().canEncode(line)
                    && line.chars().noneMatch(c -> c < ' ' || c == 0x7F), line);
            Map<String, String> fields = new LinkedHashMap<>();
            try (JsonParser json = new JsonFactory().createParser(line)) {
                assertEquals(JsonToken.START_OBJECT, json.nextToken(), line);
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    fields.put(json.currentName(), json.nextTextValue());
                }
                assertEquals(null, json.nextToken(), line);
            }
            assertTrue(fields.keySet().containsAll(
                    List.of("time", "level", "thread", "logger", "message")), line);
            lines.add(fields);
        }
        return lines;
    }
}
