package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the log keeps from one process to the next, and when a start refuses it. */
class RestartIT {

    private static final String ONE = "{\"key\":\"k\",\"value\":1}";

    /** Slow on purpose: what is answered is in the head alone for a while. */
    private static final Map<String, String> SLOW = Map.of(
            "RINGTALLY_JOURNAL_SYNC_INTERVAL", "10s", "RINGTALLY_PERSIST_MAX_DELAY", "10s");

    @TempDir
    private Path directory;

    @Test
    void whatWasAnsweredSurvivesTheDeathOfTheProcess() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        for (int round = 1; round <= 4; round++) {
            try (RunningService service = start(database, SLOW)) {
                assertEquals(200 * (round - 1), total(service));
                for (int i = 0; i < 100; i++) {
                    post(service);
                }
                service.post("/api/event/bulk", bulk(100));
                assertEquals(200 * round, total(service));
                service.kill();
            }
        }
        try (RunningService service = start(database, Map.of())) {
            awaitPersisted(service);
            assertEquals(800, TestPostgres.sum(database));
            assertEquals("t", TestPostgres.query(database,
                    "select balanced from ringtally.ledger"));
        }
    }

    @Test
    void anotherRingGeometryAndNumberOfShardsReadWhatTheOldOneLeft() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        String[][] geometries = {{"1024", "1024", "1"}, {"4096", "2048", "3"},
            {"512", "4096", "2"}, {"8192", "4096", "4"}};
        int round = 0;
        for (String[] geometry : geometries) {
            Map<String, String> settings = new HashMap<>(SLOW);
            settings.put("RINGTALLY_RING_SLOTS", geometry[0]);
            settings.put("RINGTALLY_RING_SLOT_BYTES", geometry[1]);
            settings.put("RINGTALLY_TALLY_SHARDS", geometry[2]);
            try (RunningService service = start(database, settings)) {
                assertEquals(10 * round++, total(service));
                for (int i = 0; i < 10; i++) {
                    post(service);
                }
                service.kill();
            }
        }
        try (RunningService service = start(database, SLOW)) {
            assertEquals(40, total(service));
        }
    }

    @Test
    void aStopDuringTheReplayEndsAtOnceAndTheNextStartHasAll() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = start(database, Map.of(
                "JAVA_TOOL_OPTIONS", "-Dringtally.fault=flush-begins:1:hang"))) {
            for (int i = 0; i < 40; i++) {
                assertEquals(202, service.post("/api/event/bulk", bulk(1_000)).statusCode());
            }
            service.kill();
        }
        Map<String, String> stalled = new HashMap<>(SLOW);
        stalled.put("RINGTALLY_DB_URL", database);
        stalled.put("RINGTALLY_DB_USER", "postgres");
        stalled.put("JAVA_TOOL_OPTIONS", "-Dringtally.fault=replay-halfway:1:stall");
        try (RunningService service = RunningService.launch(directory.resolve("data"), stalled)) {
            service.await("a replay half done", Duration.ofSeconds(60), () ->
                    said(service, "at replay-halfway"));
            ProcessHandle.of(service.pid()).orElseThrow().destroy();
            service.await("a drain", Duration.ofSeconds(10), () ->
                    service.status().contains("\"status\":\"draining\""));
            assertEquals(503, service.get("/v1/counters/k").statusCode(),
                    "half of it is no answer");
            assertEquals(0, service.awaitExit(Duration.ofSeconds(20)), service.log());
            assertTrue(service.log().contains("a stop came while the log was replayed"),
                    service.log());
            assertFalse(service.log().contains("ERROR"), service.log());
        }
        try (RunningService service = start(database, Map.of())) {
            assertEquals(40_000, total(service));
            awaitPersisted(service);
            assertEquals(40_000, TestPostgres.sum(database));
        }
    }

    /** What the shard, the flusher, the journal dies of comes when some events have been counted. */
    @ParameterizedTest
    @ValueSource(strings = {"tally-batch-begins:5", "flush-cut-taken:2", "body-block-built:5"})
    void aServiceWhoseThreadDiesEndsWithFiveAndTheNextStartHasAll(String point) throws Exception {
        String database = TestPostgres.shared().newDatabase();
        long acked = 0;
        try (RunningService service = start(database, Map.of(
                "RINGTALLY_PERSIST_MAX_DELAY", "300ms",
                "JAVA_TOOL_OPTIONS", "-Dringtally.fault=" + point + ":throw"))) {
            int status = 202;
            while (status == 202) {
                status = statusOf(service);
                acked += status == 202 ? 1 : 0;
            }
            assertTrue(status == 503 || status == 0, "refused, or gone: " + status);
            assertEquals(5, service.awaitExit(Duration.ofSeconds(30)), service.log());
            assertTrue(service.log().contains("the service cannot go on"), service.log());
        }
        try (RunningService service = start(database, Map.of())) {
            long total = total(service);
            // the post that found nobody to answer may count
            assertTrue(total == acked || total == acked + 1, total + " of " + acked);
            awaitPersisted(service);
            assertEquals(total, TestPostgres.sum(database));
            assertEquals("t", TestPostgres.query(database,
                    "select balanced from ringtally.ledger"));
        }
    }

    private static boolean said(RunningService service, String words) {
        try {
            return service.log().contains(words);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Of one post; 0 if there was no answer. */
    private static int statusOf(RunningService service) {
        try {
            return service.post("/increment", ONE).statusCode();
        } catch (IOException gone) {
            return 0;
        }
    }

    @Test
    void stopsThatHadNothingToFlushDoNotGetAheadOfTheDatabase() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        for (int round = 0; round < 5; round++) {
            try (RunningService service = start(database, Map.of())) {
                assertEquals(round == 0 ? 0 : 1, total(service));
                if (round == 0) {
                    post(service);
                }
                assertEquals(0, service.terminate(Duration.ofSeconds(30)), service.log());
            }
        }
    }

    @Test
    void aLogThatTheDatabaseDoesNotKnowIsRefused() throws Exception {
        try (RunningService service = start(TestPostgres.shared().newDatabase(), SLOW)) {
            post(service);
            service.kill();
        }
        assertRefused(TestPostgres.shared().newDatabase(), "this database does not know it");
    }

    @Test
    void aDatabaseRestoredFromAnOldBackupIsRefused() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        Map<String, String> small = Map.of("RINGTALLY_JOURNAL_SEGMENT_BYTES", "1 MiB",
                "RINGTALLY_JOURNAL_MAX_UNFORCED_BYTES", "1 MiB", "RINGTALLY_RING_SLOTS", "512");
        try (RunningService service = start(database, small)) {
            // more than a segment, so that the oldest is used again
            for (int i = 0; i < 300; i++) {
                // a small ring is full now and then
                service.await("room for the next request", Duration.ofSeconds(30),
                        () -> isAccepted(service));
            }
            awaitPersisted(service);
            assertEquals(0, service.terminate(Duration.ofSeconds(30)));
        }
        TestPostgres.query(database, "with back as (update ringtally.checkpoint"
                + " set position = 3, events = 3, sum = 3 returning 1) select count(*) from back");
        assertRefused(database, "the database is an older copy", small);
    }

    @Test
    void anOldCopyOfTheDataDirectoryIsRefused() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = start(database, Map.of())) {
            post(service);
            assertEquals(0, service.terminate(Duration.ofSeconds(30)));
        }
        copy(directory.resolve("data"), directory.resolve("copy"));
        try (RunningService service = start(database, Map.of())) {
            post(service);
            post(service);
            assertEquals(0, service.terminate(Duration.ofSeconds(30)));
        }
        delete(directory.resolve("data"));
        copy(directory.resolve("copy"), directory.resolve("data"));
        assertRefused(database, "it is an older copy");
    }

    @Test
    void twoCopiesOfOneDataDirectoryAreFoundOut() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = start(database, Map.of())) {
            post(service);
            assertEquals(0, service.terminate(Duration.ofSeconds(30)));
        }
        copy(directory.resolve("data"), directory.resolve("copy"));
        try (RunningService service = start(database, Map.of())) {
            assertEquals(202, service.post("/increment?ack=persisted", ONE).statusCode());
            assertEquals(0, service.terminate(Duration.ofSeconds(30)));
        }
        String checkpoint = TestPostgres.query(database, "select position || ' ' || events || ' '"
                + " || sum from ringtally.checkpoint");
        // the copy counts other events up to the same position, with a database of its own
        String[] numbers = checkpoint.split(" ");
        TestPostgres.query(database, "with other as (update ringtally.checkpoint set sum = sum + 1"
                + " returning 1) select count(*) from other");
        assertEquals(3, numbers.length);
        assertRefused(database, "two copies of one data directory");
    }

    @Test
    void aHeadThatIsGoneIsRefusedWhileTheMachineHasBeenUp() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = start(database, SLOW)) {
            post(service);
            service.kill();
        }
        Files.delete(directory.resolve("data/log/head"));
        assertRefused(database, "the file is not there");
    }

    private void assertRefused(String database, String because) throws Exception {
        assertRefused(database, because, Map.of());
    }

    private void assertRefused(String database, String because, Map<String, String> settings)
            throws Exception {
        Map<String, String> all = new HashMap<>(settings);
        all.put("RINGTALLY_DB_URL", database);
        all.put("RINGTALLY_DB_USER", "postgres");
        try (RunningService service =
                RunningService.launch(directory.resolve("data"), all)) {
            assertEquals(1, service.awaitExit(Duration.ofSeconds(30)));
            assertTrue(service.log().contains(because), service.log());
        }
    }

    private RunningService start(String database, Map<String, String> settings)
            throws IOException {
        return RunningService.start(directory.resolve("data"), database, settings);
    }

    private static void post(RunningService service) throws IOException {
        assertEquals(202, service.post("/increment", ONE).statusCode());
    }

    private static boolean isAccepted(RunningService service) {
        try {
            return service.post("/api/event/bulk", bulk(150)).statusCode() == 202;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static String bulk(int events) {
        return "{\"events\":[" + "{\"app_id\":\"\",\"message_id\":\"k\",\"event\":\"increment\"},"
                .repeat(events - 1)
                + "{\"app_id\":\"\",\"message_id\":\"k\",\"event\":\"increment\"}]}";
    }

    private static long total(RunningService service) throws IOException {
        String body = service.get("/v1/counters/k").body();
        int at = body.indexOf("\"total\":");
        return at < 0 ? 0 : Long.parseLong(body.substring(at + 8, body.indexOf(',', at)));
    }

    private static void awaitPersisted(RunningService service) throws IOException {
        service.await("everything in Postgres", Duration.ofSeconds(30),
                () -> service.status().contains("\"unpersisted_events\":0,"));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
