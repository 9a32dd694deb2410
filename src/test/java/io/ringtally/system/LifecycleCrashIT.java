package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.OwnThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of messages and counters agree, wherever a service dies and however many there are. */
class LifecycleCrashIT {

    private static final List<String> EVENTS = List.of("CREATED", "REACHED", "SENT", "EXTRA");
    private static final Duration LONGEST = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private String database;

    @BeforeEach
    void makeDatabase() throws Exception {
        database = TestPostgres.shared().newDatabase();
    }

    private RunningService launch(String data, String lifecycle, String fault)
            throws IOException {
        Path file = Files.writeString(Files.createTempFile(directory, "apps-", ".conf"),
                "apps.chat.lifecycle = [" + lifecycle + "]");
        Map<String, String> settings = new HashMap<>(Map.of(
                "RINGTALLY_CONFIG", file.toString(), "RINGTALLY_DB_URL", database,
                "RINGTALLY_DB_USER", "postgres", "RINGTALLY_PERSIST_MAX_UPDATES", "1",
                "RINGTALLY_PERSIST_MAX_DELAY", "50ms", "RINGTALLY_PERSIST_MIN_INTERVAL", "0ms"));
        if (fault != null) {
            settings.put("JAVA_TOOL_OPTIONS", "-Dringtally.fault=" + fault);
        }
        return RunningService.launch(directory.resolve(data), settings);
    }

    private static String batch(SplittableRandom random) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            events.add("{\"app_id\":\"chat\",\"message_id\":\"m-" + random.nextInt(3_000)
                    + "\",\"event\":\"" + EVENTS.get(random.nextInt(EVENTS.size())) + "\"}");
        }
        return "{\"events\":[" + String.join(",", events) + "]}";
    }

    /** Posts until so many requests are answered, or the service is gone. */
    private static int load(RunningService service, int requests, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int answered = 0;
        try {
            while (answered < requests) {
                if (service.post("/api/event/bulk", batch(random)).statusCode() == 202) {
                    answered++;
                }
            }
        } catch (IOException died) {
            return answered;
        }
        return answered;
    }

    private void assertAgreed() throws Exception {
        assertEquals("0", TestPostgres.query(database,
                "select count(*) from ringtally.message_mismatch"));
    }

    @Test
    void aServiceKilledDuringAndBetweenFlushesLeavesRowsThatAgree() throws Exception {
        int seed = 0;
        for (String fault : new String[] {"flush-messages-written:3", "flush-committed:4", null}) {
            try (RunningService service = launch("data", "CREATED, REACHED, SENT", fault)) {
                service.awaitStatus("up");
                if (fault == null) {
                    CompletableFuture<Integer> loading = CompletableFuture.supplyAsync(
                            () -> load(service, Integer.MAX_VALUE, 99), new OwnThread());
                    service.await("some flushes", LONGEST, () ->
                            service.status().matches("(?s).*\"flushes\":([4-9]|[1-9][0-9]).*"));
                    service.kill();
                    assertTrue(loading.get(60, TimeUnit.SECONDS) > 0);
                } else {
                    load(service, 100_000, seed++);
                    assertEquals(137, service.awaitExit(LONGEST), service.log());
                    assertTrue(service.log().contains("ringtally.fault: at " + fault.split(":")[0]),
                            service.log());
                }
            }
            assertAgreed();
        }
        try (RunningService service = launch("data", "CREATED, REACHED, SENT", null)) {
            service.awaitStatus("up");
            assertEquals(5, load(service, 5, seed));
            assertEquals(0, service.terminate(LONGEST), service.log());
        }
        assertAgreed();
        assertEquals("t", TestPostgres.query(database, "select balanced from ringtally.ledger"));
        assertTrue(Integer.parseInt(TestPostgres.query(database,
                "select count(*) from ringtally.message")) > 100);
    }

    @Test
    void twoInstancesWithDifferentLifecyclesAndOneThatFillsInAgree() throws Exception {
        try (RunningService one = launch("one", "CREATED, SENT", null);
                RunningService two = launch("two", "SENT, CREATED, REACHED", null)) {
            one.awaitStatus("up");
            two.awaitStatus("up");
            List<CompletableFuture<Integer>> loads = new ArrayList<>();
            loads.add(CompletableFuture.supplyAsync(() -> load(one, 60, 1), new OwnThread()));
            loads.add(CompletableFuture.supplyAsync(() -> load(two, 60, 2), new OwnThread()));
            // a third comes while they flush, with a name that neither has
            try (RunningService three = launch("three", "EXTRA", null)) {
                three.awaitStatus("up");
                for (CompletableFuture<Integer> loading : loads) {
                    assertEquals(60, loading.get(120, TimeUnit.SECONDS));
                }
                assertEquals(0, three.terminate(LONGEST), three.log());
            }
            assertTrue(one.status().contains("\"last_error\":\"\""), one.status());
            assertEquals(0, one.terminate(LONGEST), one.log());
            assertEquals(0, two.terminate(LONGEST), two.log());
        }
        assertAgreed();
        assertEquals("4800", TestPostgres.query(database,
                "select sum(events) from ringtally.counter"));
        assertEquals("4/4", TestPostgres.query(database, "select cardinality(events) || '/' ||"
                + " filled from ringtally.lifecycle"));
        assertEquals("0", TestPostgres.query(database, "select deadlocks from pg_stat_database"
                + " where datname = current_database()"));
    }
}
