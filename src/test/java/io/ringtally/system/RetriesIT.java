package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request that is sent again, because its answer was lost or because it was refused. */
class RetriesIT {

    private static final String BOUNDARY = "b0undary";

    @TempDir
    private static Path directory;

    private static String database;
    private static RunningService service;

    @BeforeAll
    static void start() throws Exception {
        database = TestPostgres.shared().newDatabase();
        // 64 slots: a batch of more than 8 of them is refused
        service = RunningService.start(directory.resolve("data"), database,
                Map.of("RINGTALLY_RING_SLOTS", "64"));
    }

    @AfterAll
    static void everySumIsInPostgresToo() throws Exception {
        assertEquals(0, service.terminate(Duration.ofSeconds(20)), service.log());
        assertEquals("t", TestPostgres.query(database, "select balanced from ringtally.ledger"));
        service.close();
    }

    private static String increment(String key, long value, String id) {
        return "{\"key\":\"" + key + "\",\"value\":" + value + ",\"id\":\"" + id + "\"}";
    }

    private static String event(String message, String id) {
        return "{\"app_id\":\"a\",\"message_id\":\"" + message + "\",\"event\":\"e\""
                + (id.isEmpty() ? "" : ",\"id\":\"" + id + "\"") + "}";
    }

    private static String bulk(String... events) {
        return "{\"events\":[" + String.join(",", events) + "]}";
    }

    private static HttpResponse<String> keyed(String key, String path, String type, String body)
            throws IOException {
        return service.send(HttpRequest.newBuilder(URI.create(service.url() + path))
                .header("Content-Type", type).header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> keyed(String key, String path, String json)
            throws IOException {
        return keyed(key, path, "application/json", json);
    }

    private static String duplicates(HttpResponse<String> answer) {
        return answer.headers().firstValue("Ringtally-Duplicates").orElse("none");
    }

    private static void assertAnswer(int status, String code, HttpResponse<String> answer) {
        assertEquals(status, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("/problems/" + code), answer.body());
    }

    /** {@code events/total} of a counter; "0/0" if there is none. */
    private static String counted(String path) throws IOException {
        String body = service.get("/v1/counters/" + path).body();
        return body.contains("not-found") ? "0/0"
                : body.replaceAll(".*\"total\":(-?\\d+),\"events\":(\\d+),.*", "$2/$1");
    }

    @Test
    void theSameIdTwiceCountsOnceAndIsAnsweredTheSame() throws Exception {
        var first = service.post("/increment", increment("twice", 5, "id-twice"));
        var second = service.post("/increment", increment("twice", 5, "id-twice"));
        assertEquals(202, first.statusCode());
        assertEquals(202, second.statusCode());
        assertEquals(first.body(), second.body());
        assertEquals("none", duplicates(first));
        assertEquals("1", duplicates(second));
        assertEquals("1/5", counted("twice"));
        assertEquals(202, service.post("/api/event", event("twice", "id-twice")).statusCode());
        assertEquals("1/1", counted("twice?app_id=a&event=e"), "ids are those of an app");
    }

    @Test
    void anotherBodyUnderTheSameIdIsRefusedWithAllThatCameWithIt() throws Exception {
        service.post("/increment", increment("body", 1, "id-body"));
        assertAnswer(422, "id-reused", service.post("/increment", increment("body", 2, "id-body")));
        service.post("/api/event", event("body", "e-1"));
        var answer = service.post("/api/event/bulk",
                bulk(event("fresh", "e-2"), event("fresh", ""), event("other", "e-1")));
        assertAnswer(422, "id-reused", answer);
        assertTrue(answer.body().contains("event 2 "), answer.body());
        assertEquals("0/0", counted("fresh?app_id=a&event=e"));
        assertEquals("1/1", counted("body"));
        assertEquals(202, service.post("/api/event", event("x", "e-2")).statusCode(), "released");
        assertAnswer(422, "id-reused", service.post("/api/event/bulk",
                bulk(event("fresh", "e-3"), event("other", "e-3"))));
        assertEquals("0/0", counted("fresh?app_id=a&event=e"));
    }

    @Test
    void aBulkCountsWhatIsNewAndReportsWhatWasCounted() throws Exception {
        service.post("/api/event", event("part", "p-1"));
        var answer = service.post("/api/event/bulk", bulk(event("part", "p-0"),
                event("part", "p-1"), event("part", "p-2"), event("part", "p-0"),
                event("part", "")));
        assertEquals("{\"success\":true,\"accepted\":5}", answer.body());
        assertEquals("2", duplicates(answer));
        assertEquals("4/4", counted("part?app_id=a&event=e"));
    }

    @Test
    void aKeyOnTheRequestMakesItsEventsCountOnce() throws Exception {
        String three = bulk(event("keyed", ""), event("keyed", "k-own"), event("keyed", ""));
        assertEquals("none", duplicates(keyed("K1", "/api/event/bulk", three)));
        var again = keyed("K1", "/api/event/bulk", three);
        assertEquals("{\"success\":true,\"accepted\":3}", again.body());
        assertEquals("3", duplicates(again));
        assertEquals("1", duplicates(service.post("/api/event", event("keyed", "K1/2"))));
        assertEquals("3/3", counted("keyed?app_id=a&event=e"));
        assertEquals("none", duplicates(keyed("K2", "/api/event/bulk", three.replace(
                "k-own", "k-own-2"))));
        assertEquals("6/6", counted("keyed?app_id=a&event=e"));
        assertEquals("none", duplicates(keyed("K3", "/api/create_event", event("keyed", ""))));
        assertEquals("1", duplicates(keyed("K3", "/api/event", event("keyed", ""))));
        assertEquals("7/7", counted("keyed?app_id=a&event=e"));
    }

    @Test
    void aKeyWorksForIncrementsAsJsonFormAndMultipart() throws Exception {
        String part = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=";
        String multipart = part + "\"key\"\r\n\r\nways\r\n" + part + "\"value\"\r\n\r\n3\r\n--"
                + BOUNDARY + "--\r\n";
        List<String[]> ways = List.of(
                new String[] {"application/json", "{\"key\":\"ways\",\"value\":3}"},
                new String[] {"application/x-www-form-urlencoded", "key=ways&value=3"},
                new String[] {"multipart/form-data; boundary=" + BOUNDARY, multipart});
        for (int way = 0; way < ways.size(); way++) {
            String[] sent = ways.get(way);
            assertEquals("none", duplicates(keyed("way-" + way, "/increment", sent[0], sent[1])));
            assertEquals("1", duplicates(keyed("way-" + way, "/increment", sent[0], sent[1])));
            // the same request in another form is the same request
            String[] other = ways.get((way + 1) % ways.size());
            assertEquals("1", duplicates(keyed("way-" + way, "/increment", other[0], other[1])));
        }
        assertEquals("3/9", counted("ways"));
    }

    @Test
    void aKeyThatCannotBeUsedIsNamed() throws Exception {
        for (String path : List.of("/increment", "/api/event", "/api/event/bulk")) {
            String body = path.equals("/increment") ? "{\"key\":\"bad\",\"value\":1}"
                    : path.equals("/api/event") ? event("bad", "") : bulk(event("bad", ""));
            var answer = keyed("k".repeat(121), path, body);
            assertAnswer(400, "invalid-request", answer);
            assertTrue(answer.body().contains("Idempotency-Key has 121 characters, above the limit"
                    + " of 120"), answer.body());
            assertEquals(400, keyed("two words", path, body).statusCode());
            assertEquals(202, keyed("k".repeat(119) + path.length() % 10, path, body)
                    .statusCode());
        }
        var twice = service.send(HttpRequest.newBuilder(URI.create(service.url() + "/increment"))
                .header("Idempotency-Key", "a").header("Idempotency-Key", "b")
                .POST(HttpRequest.BodyPublishers.ofString("{\"key\":\"bad\",\"value\":1}")));
        assertAnswer(400, "invalid-request", twice);
        assertEquals("1/1", counted("bad"));
    }

    @Test
    void aStormOfRetriesCountsEachIdOnce() throws Exception {
        int clients = 20;
        int ids = 200;
        Map<Integer, Integer> statuses = new ConcurrentHashMap<>();
        ExecutorService pool = Executors.newFixedThreadPool(clients);
        try {
            List<Future<?>> storms = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                int first = client % 4 * 50;
                storms.add(pool.submit(() -> {
                    for (int i = 0; i < ids; i++) {
                        int id = (first + i) % ids;
                        int status;
                        do {
                            status = service.postWhenThereIsRoom("/increment",
                                    increment("storm-" + id % 7, 1, "s-" + id)).statusCode();
                            statuses.merge(status, 1, Integer::sum);
                        } while (status == 409);
                    }
                    return null;
                }));
            }
            for (Future<?> storm : storms) {
                storm.get(120, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        int sum = 0;
        for (int key = 0; key < 7; key++) {
            sum += Integer.parseInt(counted("storm-" + key).replaceAll("/.*", ""));
        }
        assertEquals(ids, sum, "answers: " + statuses);
        statuses.remove(409);
        assertEquals(Map.of(202, clients * ids), statuses);
    }

    @Test
    void aRefusedRequestLeavesItsIdsFree() throws Exception {
        String[] many = new String[2_000];
        for (int i = 0; i < many.length; i++) {
            many[i] = event("large", "");
        }
        assertAnswer(413, "batch-too-large", keyed("large", "/api/event/bulk", bulk(many)));
        assertEquals("none", duplicates(keyed("large", "/api/event/bulk",
                bulk(event("small", ""), event("small", "")))));
        assertEquals("2/2", counted("small?app_id=a&event=e"));

        try (JmxConnection jmx = JmxConnection.attach(service.pid())) {
            service.post("/increment", increment("drained", 1, "d-0"));
            assertEquals(true, jmx.call("Service", "drain"));
            assertAnswer(503, "draining", service.post("/increment", increment("drained", 1, "d")));
            assertEquals(202, service.post("/increment", increment("drained", 1, "d-0"))
                    .statusCode(), "it was counted before the drain");
            jmx.call("Service", "resume");
        }
        var after = service.post("/increment", increment("drained", 1, "d"));
        assertEquals(202, after.statusCode());
        assertEquals("none", duplicates(after));
        assertEquals("2/2", counted("drained"));
    }

    @Test
    void idsDuplicatesAndConflictsAreInTheStatus() throws Exception {
        service.post("/increment", increment("status", 1, "st"));
        service.post("/increment", increment("status", 1, "st"));
        service.post("/increment", increment("status", 2, "st"));
        String status = service.status();
        for (String name : List.of("ids", "heap_bytes", "duplicate_events",
                "conflicting_requests")) {
            assertTrue(status.matches(".*\"dedupe\":\\{.*\"" + name + "\":[1-9].*"), status);
        }
    }
}
