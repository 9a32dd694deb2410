package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.inspect.LogInspection;
import io.ringtally.journal.BodyLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ringtally journal}, as a process, on logs that the real service has left. */
class JournalCommandIT {

    private static final Pattern POSITION = Pattern.compile("\"position\":(\\d+),");
    private static final Pattern LIVE = Pattern.compile("(body-\\d+): live");

    @TempDir
    private Path directory;
    private Path data;
    private String url;
    /** What was acknowledged, in order, as the lines of an export should show it. */
    private final List<String> posted = new ArrayList<>();

    /** How a process ended and what it said. */
    private record Outcome(int code, String out, String err) {
    }

    @BeforeEach
    void nameTheDatabase() throws Exception {
        data = directory.resolve("data");
        url = TestPostgres.shared().newDatabase();
    }

    @Test
    void everythingAcknowledgedBeforeAKillIsExportedInOrder() throws Exception {
        try (RunningService service = start(Map.of())) {
            for (int i = 0; i < 20; i++) {
                bulk(service, 30);
                increment(service);
            }
            service.kill();
        }
        assertWhole();
        List<Long> positions = export();
        for (int i = 1; i < positions.size(); i++) {
            long step = positions.get(i) - positions.get(i - 1);
            // a CUT may lie between
            assertTrue(step >= 0 && step <= 2, positions.toString());
        }
        Outcome inspect = journal("inspect");
        assertEquals(0, inspect.code, inspect.out + inspect.err);
        assertTrue(inspect.out.contains("8192 slots of 1024 bytes, run 1")
                && inspect.out.contains("(the present one)"), inspect.out);
    }

    @Test
    void whatOnlyTheHeadHasIsExportedToo() throws Exception {
        try (RunningService service = start(Map.of("JAVA_TOOL_OPTIONS",
                "-Dringtally.fault=body-block-built:1:hang",
                "RINGTALLY_PERSIST_MAX_DELAY", "10s"))) {
            bulk(service, 5);
            increment(service);
            service.kill();
        }
        assertWhole();
        Outcome inspect = journal("inspect");
        assertTrue(inspect.out.contains("above the body: 2 records, 0 positions"), inspect.out);
        assertEquals(List.of(1L, 1L, 1L, 1L, 1L, 2L), export());
    }

    @Test
    void aFlippedBitInAForcedBlockIsDamageWithItsPlaceAndTheRestIsExported() throws Exception {
        try (RunningService service = start(Map.of())) {
            for (int i = 0; i < 5; i++) {
                increment(service);
                awaitForced(service, i + 1);
            }
            service.kill();
        }
        Path segment = liveSegment();
        long offset = secondBlockWithRecords(segment);
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(offset + 90);
            int before = file.read();
            file.seek(offset + 90);
            file.write(before ^ 1);
        }
        Outcome check = journal("check");
        assertEquals(1, check.code, check.out + check.err);
        assertTrue(check.out.startsWith("first damage: " + segment + " offset " + offset + ": "),
                check.out);
        // a start says the same
        try (RunningService refused = RunningService.launch(data, database(Map.of()))) {
            assertEquals(1, refused.awaitExit(Duration.ofSeconds(30)));
            assertTrue(refused.log().contains("the log is damaged: " + segment.getFileName()
                    + ", offset " + offset + ": "), refused.log());
        }
        Files.delete(data.resolve("log/head"));
        Outcome export = journal("export");
        assertEquals(1, export.code);
        assertTrue(export.err.contains("cannot be read; going on after them"), export.err);
        posted.remove(1);
        assertEquals(posted, events(export.out));
    }

    @Test
    void aCutTailIsFine() throws Exception {
        try (RunningService service = start(Map.of())) {
            bulk(service, 30);
            service.kill();
        }
        assertWhole();
        Matcher end = Pattern.compile("end at offset (\\d+)").matcher(journal("inspect").out);
        assertTrue(end.find());
        try (RandomAccessFile file = new RandomAccessFile(liveSegment().toFile(), "rw")) {
            file.setLength(Long.parseLong(end.group(1)) + 100);
        }
        assertWhole();
        export();
    }

    @Test
    void runsAStopAndAnotherGeometryAreReadAsOneLog() throws Exception {
        Map<String, String> retained = Map.of("RINGTALLY_JOURNAL_RETAIN", "1h");
        try (RunningService service = start(retained)) {
            bulk(service, 30);
            service.kill();
        }
        try (RunningService service = start(Map.of("RINGTALLY_JOURNAL_RETAIN", "1h",
                "RINGTALLY_RING_SLOTS", "1024", "RINGTALLY_RING_SLOT_BYTES", "2048"))) {
            bulk(service, 30);
            assertEquals(0, service.terminate(Duration.ofSeconds(30)), service.log());
        }
        assertWhole();
        export();
        try (RunningService service = start(retained)) {
            increment(service);
            service.kill();
        }
        assertWhole();
        export();
        Outcome inspect = journal("inspect");
        assertTrue(inspect.out.contains("run 1, ") && inspect.out.contains("run 2, ")
                && inspect.out.contains("run 3, "), inspect.out);
    }

    @Test
    void aRunningServiceIsLeftAloneUnlessForced() throws Exception {
        try (RunningService service = start(Map.of())) {
            increment(service);
            Outcome refused = journal("check");
            assertEquals(2, refused.code, refused.out);
            assertTrue(refused.err.contains("is in use by process " + service.pid()), refused.err);
            Outcome forced = journal("inspect", "--force");
            assertTrue(forced.out.contains("head "), forced.out + forced.err);
            assertTrue(forced.err.contains("is writing to this log"), forced.err);
            increment(service);
        }
    }

    @Test
    void anExportIsTakenByTheServiceAsABulkRequest() throws Exception {
        try (RunningService service = start(Map.of())) {
            bulk(service, 30);
            service.kill();
        }
        Path file = directory.resolve("events.ndjson");
        Outcome export = journal("export", "--out", file.toString());
        assertEquals(0, export.code, export.err);
        data = directory.resolve("other");
        url = TestPostgres.shared().newDatabase();
        try (RunningService service = start(Map.of())) {
            var answer = service.post("/api/event/bulk", "{\"events\":["
                    + String.join(",", Files.readAllLines(file)) + "]}");
            assertEquals(202, answer.statusCode(), answer.body());
            service.kill();
        }
        export();
    }

    @Test
    void aDirectoryWithoutALogIsSaidToHaveNone() throws Exception {
        Files.createDirectories(data);
        Outcome check = journal("check");
        assertEquals(2, check.code);
        assertTrue(check.err.contains("there is no log in "), check.err);
        assertFalse(Files.exists(data.resolve("log")));
    }

    private Map<String, String> database(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(more);
        all.put("RINGTALLY_DB_URL", url);
        all.put("RINGTALLY_DB_USER", "postgres");
        return all;
    }

    private RunningService start(Map<String, String> more) throws Exception {
        return RunningService.start(data, url, more);
    }

    private void increment(RunningService service) throws Exception {
        int value = posted.size() + 1;
        assertEquals(202, service.post("/increment", "{\"key\":\"k\\u00e9y-" + value
                + "\",\"value\":" + value + "}").statusCode());
        posted.add("{\"app_id\":\"\",\"message_id\":\"k\u00e9y-" + value
                + "\",\"event\":\"increment\",\"value\":" + value + "}");
    }

    private void bulk(RunningService service, int events) throws Exception {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            int value = posted.size() + i + 1;
            lines.add("{\"app_id\":\"shop\",\"message_id\":\"m \\\"" + i + "\\\"\","
                    + "\"event\":\"SEEN\","
                    + "\"id\":\"id-" + value + "\",\"value\":-" + value
                    + ",\"created_at\":\"2026-01-31T12:00:00.0000" + (10 + i) + "Z\"}");
        }
        assertEquals(202, service.post("/api/event/bulk", "{\"events\":["
                + String.join(",", lines) + "]}").statusCode());
        posted.addAll(lines);
    }

    /** Waits until the body says, in a block behind them, that so many positions are forced. */
    private void awaitForced(RunningService service, int positions) throws Exception {
        service.await("position " + positions + " is forced", Duration.ofSeconds(20), () -> {
            try (LogInspection log = LogInspection.of(data.resolve("log"), data.resolve("log"),
                    (done, all) -> { })) {
                return log.mark() >= positions;
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        });
    }

    private static long secondBlockWithRecords(Path segment) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(segment))
                .order(ByteOrder.LITTLE_ENDIAN);
        int blocks = 0;
        for (int at = BodyLayout.ALIGNMENT; at < bytes.limit(); at += BodyLayout.ALIGNMENT) {
            if (bytes.getInt(at + BodyLayout.MAGIC) == BodyLayout.BLOCK_MAGIC
                    && bytes.getInt(at + BodyLayout.BLOCK_RECORDS) > 0 && ++blocks == 2) {
                return at;
            }
        }
        throw new AssertionError(segment + " has " + blocks + " blocks with records");
    }

    private Path liveSegment() throws Exception {
        Matcher live = LIVE.matcher(journal("inspect").out);
        assertTrue(live.find());
        return data.resolve("log").resolve(live.group(1));
    }

    private void assertWhole() throws Exception {
        Outcome check = journal("check");
        assertEquals(0, check.code, check.out + check.err);
        assertTrue(check.out.startsWith("the log is whole: positions 1 to "), check.out);
    }

    /** Exports, compares with what was posted, and returns the positions. */
    private List<Long> export() throws Exception {
        Outcome export = journal("export");
        assertEquals(0, export.code, export.err);
        assertEquals(posted, events(export.out));
        List<Long> positions = new ArrayList<>();
        Matcher found = POSITION.matcher(export.out);
        while (found.find()) {
            positions.add(Long.parseLong(found.group(1)));
        }
        return positions;
    }

    /** The lines without what the service has filled in. */
    private static List<String> events(String out) {
        return out.lines().map(line -> {
            String kept = POSITION.matcher(line).replaceFirst("")
                    .replaceFirst(",\"accepted_at\":\"[^\"]+\"", "");
            return kept.contains("\"increment\"")
                    ? kept.replaceFirst(",\"created_at\":\"[^\"]+\"", "") : kept;
        }).toList();
    }

    private Outcome journal(String... arguments) throws Exception {
        Path out = Files.createTempFile(directory, "journal-", ".out");
        Path err = Files.createTempFile(directory, "journal-", ".err");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                "-ea", "-jar", System.getProperty("ringtally.jar", "target/ringtally.jar"),
                "journal"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--data-dir", data.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("RINGTALLY_"));
        Process process = builder.start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " did not end in 60 s");
        }
        return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
