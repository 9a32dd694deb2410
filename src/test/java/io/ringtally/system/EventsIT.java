package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Increments and message events as their clients know them, on a ring of the smallest size. */
class EventsIT {

    private static final String ACCEPTED = "{\"success\":true}";

    @TempDir
    private static Path directory;

    private static String database;
    private static RunningService service;
    private static long expected;

    @BeforeAll
    static void start() throws Exception {
        database = TestPostgres.shared().newDatabase();
        service = RunningService.start(directory.resolve("data"), database, Map.of(
                "RINGTALLY_RING_SLOTS", "64", "RINGTALLY_HTTP_MAX_BULK_BYTES", "4MiB"));
    }

    @AfterAll
    static void allThatWasAcceptedHasBeenCounted() throws Exception {
        try (RunningService ending = service) {
            assertEquals(0, ending.terminate(Duration.ofSeconds(20)), ending.log());
            assertEquals(expected, TestPostgres.sum(database));
            assertEquals("t",
                    TestPostgres.query(database, "select balanced from ringtally.ledger"));
        }
    }

    private static String event(String app, String message, String name) {
        return "{\"app_id\":\"" + app + "\",\"message_id\":\"" + message + "\",\"event\":\""
                + name + "\"}";
    }

    private static String eventAt(String app, String message, String name, String time) {
        return event(app, message, name).replace("}", ",\"created_at\":\"" + time + "\"}");
    }

    private static HttpResponse<String> bulk(String... events) throws IOException {
        return service.post("/api/event/bulk",
                "{\"events\":[" + String.join(",", events) + "]}");
    }

    private static void accepted(int events, HttpResponse<String> answer) {
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals("{\"success\":true,\"accepted\":" + events + "}", answer.body());
        expected += events;
    }

    private static String counter(String app, String message, String name) throws IOException {
        return service.get("/v1/counters/" + message + "?app_id=" + app + "&event=" + name)
                .body();
    }

    @Test
    void anIncrementIsAnsweredWithNothingAndTwoOfTwoAreFour() throws IOException {
        for (int i = 0; i < 2; i++) {
            var answer = service.post("/increment", "{\"key\":\"k\",\"value\":2}");
            assertEquals(202, answer.statusCode());
            assertEquals("", answer.body());
            expected += 2;
        }
        var form = service.post("/increment", "application/x-www-form-urlencoded",
                "key=k&value=1");
        assertEquals(202, form.statusCode());
        expected++;
        assertTrue(service.get("/v1/counters/k").body().contains("\"total\":5,\"events\":3,"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/event", "/api/create_event"})
    void anEventIsCountedUnderEitherPath(String path) throws IOException {
        String message = path.substring(5);
        for (int i = 1; i <= 3; i++) {
            var answer = service.post(path, event("app", message, "seen"));
            assertEquals(202, answer.statusCode());
            assertEquals(ACCEPTED, answer.body());
            expected++;
            String read = counter("app", message, "seen");
            assertTrue(read.contains("\"total\":" + i + ",\"events\":" + i + ","), read);
        }
        assertEquals(404, service.get("/v1/counters/" + message).statusCode());
        assertEquals(404, service.get("/v1/messages/" + message + "?app_id=x").statusCode());
    }

    @Test
    void threeEventsOfAMessageInOneBatchAreThreeCounters() throws IOException {
        accepted(3, bulk(eventAt("app", "a", "third", "2026-01-01T00:00:03Z"),
                eventAt("app", "a", "first", "2026-01-01T00:00:01Z"),
                eventAt("app", "a", "second", "2026-01-01T00:00:02.000001+00:00")));
        String body = service.get("/v1/messages/a?app_id=app").body();
        assertTrue(Pattern.compile("first.*second.*third").matcher(body).find(), body);
        assertTrue(body.contains("\"first_at\":\"2026-01-01T00:00:02.000001Z\""), body);
        accepted(1, bulk(eventAt("app", "a", "third", "2025-12-31T23:00:00-00:30")));
        body = service.get("/v1/messages/a?app_id=app").body();
        assertTrue(Pattern.compile("third.*first.*second").matcher(body).find(), body);
        assertTrue(body.contains("\"event\":\"third\",\"total\":2,\"events\":2,"
                + "\"first_at\":\"2025-12-31T23:30:00Z\",\"last_at\":\"2026-01-01T00:00:03Z\""),
                body);
    }

    @Test
    void repeatsAreCountedAlsoWithinABatch() throws IOException {
        String event = event("app", "repeated", "e");
        accepted(4, bulk(event, event, event, event));
        accepted(2, bulk(event, event.replace("}", ",\"value\":1}")));
        assertTrue(counter("app", "repeated", "e").contains("\"total\":6,\"events\":6,"));
    }

    @Test
    void theSameMessageUnderTwoAppsIsTwoMessages() throws IOException {
        accepted(3, bulk(event("one", "m", "e"), event("two", "m", "e"),
                event("two", "m", "f")));
        String one = service.get("/v1/messages/m?app_id=one").body();
        assertTrue(one.contains("\"app_id\":\"one\"") && !one.contains("\"event\":\"f\""), one);
        assertTrue(service.get("/v1/messages/m?app_id=two").body().contains("\"event\":\"f\""));
        assertEquals(404, service.get("/v1/messages/m").statusCode());
    }

    @Test
    void aTimeNotGivenIsTheTimeOfAcceptance() throws IOException {
        Instant before = Instant.now().minusMillis(1);
        accepted(1, bulk(event("app", "timed", "e")));
        String read = counter("app", "timed", "e");
        Matcher times = Pattern.compile("\"first_at\":\"([^\"]+)\",\"last_at\":\"([^\"]+)\"")
                .matcher(read);
        assertTrue(times.find(), read);
        assertEquals(times.group(1), times.group(2));
        Instant at = Instant.parse(times.group(1));
        assertFalse(at.isBefore(before) || at.isAfter(Instant.now()), read);
        accepted(2, bulk(eventAt("app", "timed", "e", "0001-01-01T00:00:00Z"),
                eventAt("app", "timed", "e", "9999-12-31T23:59:59.999999Z")));
        read = counter("app", "timed", "e");
        assertTrue(read.contains("\"first_at\":\"0001-01-01T00:00:00Z\",\"last_at\":"
                + "\"9999-12-31T23:59:59.999999Z\""), read);
    }

    @Test
    void oneBadEventOfABulkRefusesAllOfIt() throws IOException {
        String good = event("app", "all-or-nothing", "e");
        var answer = bulk(good, good, "{\"app_id\":\"app\",\"event\":\"e\"}", good);
        assertEquals(400, answer.statusCode());
        assertTrue(answer.body().contains("\"field\":\"events[2].message_id\""), answer.body());
        for (String bad : new String[] {"1", "null", "[]", "{}", good.replace("}", ",}"),
                good + "]}{\"events\":[" + good, good.replace("}", ",\"value\":1.5}")}) {
            assertEquals(400, bulk(good, bad).statusCode(), bad);
        }
        for (String body : new String[] {"[" + good + "]", good, "{\"events\":" + good + "}",
                "{\"events\":null}", "{\"events\":[" + good + "],\"events\":[]}",
                "{\"events\":[" + good}) {
            assertEquals(400, service.post("/api/event/bulk", body).statusCode(), body);
        }
        assertEquals(404, service.get("/v1/messages/all-or-nothing?app_id=app").statusCode());
    }

    @Test
    void aBulkMayBeEmptyOrHaveFieldsNobodyKnows() throws IOException {
        accepted(0, bulk());
        accepted(0, service.post("/api/event/bulk", " { \"events\" : [ ] } "));
        accepted(1, service.post("/api/event/bulk", "{\"source\":{\"events\":[1]},\"events\":["
                + event("app", "odd", "e") + "],\"n\":1}"));
    }

    @Test
    void aBulkBeyondAnEighthOfTheRingIsTooLargeAndCountsNothing() throws IOException {
        // a slot holds two of these, so sixteen of them are the most
        String[] many = Collections.nCopies(17, event("a".repeat(64), "m".repeat(255),
                "e".repeat(128))).toArray(String[]::new);
        var answer = bulk(many);
        assertEquals(413, answer.statusCode());
        assertTrue(answer.body().contains("an eighth of the ring; send it in parts"),
                answer.body());
        assertTrue(answer.headers().firstValue("retry-after").isEmpty());
        assertEquals(404, service.get("/v1/messages/" + "m".repeat(255) + "?app_id="
                + "a".repeat(64)).statusCode());
        String[] most = Arrays.copyOf(many, 16);
        for (int lap = 0; lap < 20; lap++) {
            service.await("room for eight slots", Duration.ofSeconds(10), () -> {
                try {
                    var taken = bulk(most);
                    assertEquals(taken.statusCode() == 503, taken.headers()
                            .firstValue("retry-after").isPresent(), taken.body());
                    return taken.statusCode() == 202;
                } catch (IOException gone) {
                    throw new AssertionError(gone);
                }
            });
            expected += 16;
        }
        assertTrue(counter("a".repeat(64), "m".repeat(255), "e".repeat(128))
                .contains("\"total\":320,"));
    }

    @Test
    void aBulkMayHaveAsManyBytesAsConfigured() throws IOException {
        String body = "{\"events\":[" + event("app", "large", "e") + "]}";
        accepted(1, service.post("/api/event/bulk", body + " ".repeat((4 << 20)
                - body.length())));
        assertEquals(413, service.post("/api/event/bulk", body + " ".repeat((4 << 20) + 1
                - body.length())).statusCode());
    }

    @Test
    void thereIsNoGeneratorUnlessItIsConfigured() throws IOException {
        assertEquals(404, service.get("/api/create_event").statusCode());
    }
}
