package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full memory refuses new counters and goes on counting the known ones. */
class StoreFullIT {

    private static final int COUNTERS_MAX = 1_000;

    @TempDir
    private Path directory;

    private RunningService service;
    private long expected;

    @Test
    void newIdsAreRefusedAndKnownOnesGoOnAlsoAfterARestart() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        Map<String, String> small = Map.of("RINGTALLY_STORE_MAX_COUNTERS", "" + COUNTERS_MAX,
                "RINGTALLY_TALLY_SHARDS", "1");
        try (RunningService first = RunningService.start(directory.resolve("data"), database,
                small)) {
            service = first;
            fill();
            assertNewOnesAreRefusedAndKnownOnesCounted();
            assertEquals(0, first.terminate(Duration.ofSeconds(20)), first.log());
        }
        assertEquals(expected, TestPostgres.sum(database));
        try (RunningService second = RunningService.launch(directory.resolve("data"),
                withDatabase(small, database))) {
            service = second;
            second.awaitStatus("degraded");
            assertNewOnesAreRefusedAndKnownOnesCounted();
            assertEquals(0, second.terminate(Duration.ofSeconds(20)), second.log());
        }
        assertEquals(expected, TestPostgres.sum(database));
        assertEquals("t", TestPostgres.query(database, "select balanced from ringtally.ledger"));
    }

    private static Map<String, String> withDatabase(Map<String, String> settings, String url) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("RINGTALLY_DB_URL", url);
        return all;
    }

    /** Makes new counters until the service says that there is no room. */
    private void fill() throws IOException {
        int counters = 0;
        HttpResponse<String> answer;
        while ((answer = post("known-" + counters)).statusCode() == 202) {
            counters++;
            expected++;
            // the limit is noticed when a shard has counted: a read waits for that
            assertEquals(200, service.get("/v1/counters/known-0").statusCode());
        }
        assertRefused(answer);
        assertEquals(COUNTERS_MAX, counters);
    }

    private HttpResponse<String> post(String key) throws IOException {
        return service.post("/increment", "{\"key\":\"" + key + "\",\"value\":1}");
    }

    private static void assertRefused(HttpResponse<String> answer) {
        assertEquals(507, answer.statusCode(), answer.body());
        assertEquals("60", answer.headers().firstValue("retry-after").orElse("none"));
        assertTrue(answer.body().contains("no room for new counters"), answer.body());
    }

    private void assertNewOnesAreRefusedAndKnownOnesCounted() throws IOException {
        var status = service.get("/status");
        assertEquals(200, status.statusCode());
        assertTrue(status.body().contains("\"status\":\"degraded\"")
                && status.body().contains("STORE_FULL"), status.body());
        for (int i = 0; i < 20; i++) {
            assertEquals(202, post("known-" + i).statusCode());
            expected++;
            assertRefused(post("new-" + i));
            assertRefused(service.post("/api/event", event("known-" + i, "other")));
            assertRefused(service.post("/api/event/bulk", "{\"events\":["
                    + event("known-" + i, "increment") + "," + event("new", "e") + "]}"));
            assertEquals(202, service.post("/api/event/bulk", "{\"events\":["
                    + event("known-" + i, "increment") + "]}").statusCode());
            expected++;
        }
        assertEquals(404, service.get("/v1/counters/new-0").statusCode());
    }

    private static String event(String message, String name) {
        return "{\"app_id\":\"\",\"message_id\":\"" + message + "\",\"event\":\"" + name + "\"}";
    }
}
