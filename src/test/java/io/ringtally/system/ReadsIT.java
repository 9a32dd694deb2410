package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads of counters one by one and several at once, from memory and from Postgres. */
class ReadsIT {

    private static final String FIRST = "2026-01-31T12:00:00Z";
    private static final String TIMES =
            ",\"first_at\":\"" + FIRST + "\",\"last_at\":\"" + FIRST + "\"}";

    @TempDir
    private static Path directory;

    private static RunningService service;

    @BeforeAll
    static void start() throws Exception {
        // a flush comes when one asks for it
        service = RunningService.start(directory.resolve("data"),
                TestPostgres.shared().newDatabase(), Map.of("RINGTALLY_TALLY_SHARDS", "3",
                        "RINGTALLY_PERSIST_MAX_DELAY", "10s",
                        "RINGTALLY_PERSIST_MAX_UPDATES", "10000000",
                        "RINGTALLY_PERSIST_MIN_INTERVAL", "0ms",
                        // a thousand ids in one URI
                        "RINGTALLY_HTTP_MAX_HEADER_BYTES", "32KiB",
                        "RINGTALLY_HTTP_MAX_URI_BYTES", "24KiB"));
    }

    @AfterAll
    static void stop() throws Exception {
        try (RunningService ending = service) {
            assertFalse(ending.log().contains("ERROR"), ending.log());
            assertEquals(0, ending.terminate(Duration.ofSeconds(20)), ending.log());
        }
    }

    private static void count(String query, String app, IntStream messages, int value)
            throws IOException {
        String lines = messages.mapToObj(i -> "{\"app_id\":\"" + app + "\",\"message_id\":\"" + i
                + "\",\"event\":\"seen\",\"created_at\":\"" + FIRST + "\",\"value\":" + value
                + "}").collect(Collectors.joining("\n"));
        var answer = service.post("/v1/events" + query, "application/x-ndjson", lines);
        assertEquals(202, answer.statusCode(), answer.body());
    }

    private static String counter(String app, int message, long total, int events) {
        return "{\"app_id\":\"" + app + "\",\"message_id\":\"" + message + "\",\"event\":\"seen\""
                + ",\"total\":" + total + ",\"events\":" + events + TIMES;
    }

    private static String counters(String app, IntStream messages, long total, int events) {
        return messages.mapToObj(i -> counter(app, i, total, events))
                .collect(Collectors.joining(",", "\"counters\":[", "]"));
    }

    private static String question(String app, IntStream messages) {
        return "{\"app_id\":\"" + app + "\",\"event\":\"seen\",\"message_ids\":"
                + messages.mapToObj(i -> "\"" + i + "\"").collect(Collectors.joining(",", "[", "]"))
                + "}";
    }

    private static String lookup(String query, String question) throws IOException {
        var answer = service.post("/v1/counters/lookup" + query, question);
        assertEquals(200, answer.statusCode(), answer.body());
        return answer.body();
    }

    @Test
    void aLookupAfterAnAnswerIncludesWhatWasAnswered() throws Exception {
        for (int round = 1; round <= 40; round++) {
            count("", "lookup", IntStream.range(0, 50), 2);
            assertEquals("{\"read\":\"memory\","
                    + counters("lookup", IntStream.range(0, 50), 2L * round, round)
                    + ",\"absent\":[\"50\",\"51\"]}",
                    lookup("", question("lookup", IntStream.range(0, 52))));
        }
    }

    @Test
    void aThousandAreAskedForAtOnceEitherWay() throws Exception {
        count("", "k", IntStream.range(0, 999), 1);
        String expected = "{\"read\":\"memory\"," + counters("k", IntStream.range(0, 999), 1, 1)
                + ",\"absent\":[\"999\"]}";
        assertEquals(expected, lookup("", question("k", IntStream.range(0, 1000))));
        String query = IntStream.range(0, 1000).mapToObj(i -> "&message_id=" + i)
                .collect(Collectors.joining());
        var got = service.get("/v1/counters?app_id=k&event=seen" + query);
        assertEquals(200, got.statusCode(), got.body());
        assertEquals(expected, got.body());
        for (var tooMany : List.of(
                service.post("/v1/counters/lookup", question("k", IntStream.range(0, 1001))),
                service.get("/v1/counters?message_id=1000" + query))) {
            assertEquals(400, tooMany.statusCode(), tooMany.body());
            assertTrue(tooMany.body().contains("1001"), tooMany.body());
        }
    }

    @Test
    void anIdThatComesTwiceIsAnsweredOnce() throws Exception {
        service.post("/increment", "{\"key\":\"twice\",\"value\":4}");
        String expected = "\"total\":4,";
        String post = lookup("", "{\"message_ids\":[\"twice\",\"no\",\"twice\",\"no\"]}");
        assertEquals(2, post.split(expected, -1).length, post);
        assertTrue(post.endsWith(",\"absent\":[\"no\"]}"), post);
        assertEquals(post, service.get("/v1/counters?message_id=twice&message_id=no"
                + "&message_id=twice").body());
    }

    @Test
    void whatCannotBeMeantIsRefused() throws Exception {
        for (String body : List.of("", "[]", "{}", "{\"message_ids\":[]}",
                "{\"message_ids\":\"a\"}", "{\"message_ids\":[1]}", "{\"message_ids\":[null]}",
                "{\"message_ids\":[\"\"]}", "{\"message_ids\":[\"a\\u0000\"]}",
                "{\"message_ids\":[\"\\ud800\"]}", "{\"message_ids\":[\"a\"]",
                "{\"message_ids\":[\"" + "a".repeat(256) + "\"]}",
                "{\"message_ids\":[\"a\"],\"message_ids\":[\"a\"]}",
                "{\"message_ids\":[\"a\"],\"event\":\"\"}",
                "{\"message_ids\":[\"a\"],\"app_id\":7}")) {
            var answer = service.post("/v1/counters/lookup", body);
            assertEquals(400, answer.statusCode(), body + " -> " + answer.body());
        }
        assertEquals(400, service.post("/v1/counters/lookup?read=disk",
                "{\"message_ids\":[\"a\"]}").statusCode());
        assertEquals(415, service.post("/v1/counters/lookup", "text/plain",
                "{\"message_ids\":[\"a\"]}").statusCode());
        for (String path : List.of("/v1/counters?message_id=%FF", "/v1/counters/a?read=disk",
                "/v1/counters?message_id=" + "a".repeat(256),
                "/v1/messages/a?read=persisted&read=memory")) {
            assertEquals(400, service.get(path).statusCode(), path);
        }
    }

    @Test
    void aCounterNamedLookupIsReadLikeAnyOther() throws Exception {
        service.post("/increment", "{\"key\":\"lookup\",\"value\":1}");
        assertTrue(service.get("/v1/counters/lookup").body().contains("\"total\":1,"));
        var patch = service.send(HttpRequest.newBuilder(
                URI.create(service.url() + "/v1/counters/lookup"))
                .method("PATCH", HttpRequest.BodyPublishers.noBody()));
        assertEquals(405, patch.statusCode());
        assertEquals("DELETE, GET, HEAD, POST, PUT",
                patch.headers().firstValue("Allow").orElse(""));
    }

    @Test
    void postgresAnswersWhatItHasAndSaysSo() throws Exception {
        count("?ack=persisted", "pg", IntStream.range(0, 2), 3);
        count("", "pg", IntStream.range(1, 3), 3);
        String lag = "\\{\"read\":\"persisted\",\"persisted_lag_ms\":\\d+,";
        for (String read : List.of("?read=persisted", "?read=global")) {
            String and = read + "&app_id=pg";
            String one = service.get("/v1/counters/1" + and + "&event=seen").body();
            assertTrue(one.matches(lag + ".*"), one);
            assertEquals(counter("pg", 1, 3, 1), one.replaceFirst(lag, "{"));
            assertEquals(404, service.get("/v1/counters/2" + and + "&event=seen").statusCode());
            String message = service.get("/v1/messages/0" + and).body();
            assertTrue(message.matches(lag + ".*"), message);
            assertEquals(service.get("/v1/messages/0?app_id=pg").body(),
                    message.replaceFirst(lag, "{"));
            assertEquals(404, service.get("/v1/messages/2" + and).statusCode());
            String several = lookup(read, question("pg", IntStream.of(2, 1, 0)));
            assertEquals("{" + counters("pg", IntStream.of(1, 0), 3, 1) + ",\"absent\":[\"2\"]}",
                    several.replaceFirst(lag, "{"));
        }
        assertEquals(counter("pg", 1, 6, 2),
                service.get("/v1/counters/1?read=memory&app_id=pg&event=seen").body());
        count("?ack=persisted", "pg", IntStream.of(9), 1);
        assertEquals(counter("pg", 1, 6, 2), service.get(
                "/v1/counters/1?read=persisted&app_id=pg&event=seen").body()
                .replaceFirst(lag, "{"));
    }

    private static HttpResponse<String> conditional(String method, String tag)
            throws IOException {
        return service.send(HttpRequest.newBuilder(
                URI.create(service.url() + "/v1/counters/7?app_id=tag&event=seen"))
                .header("If-None-Match", tag)
                .method(method, HttpRequest.BodyPublishers.noBody()));
    }

    @Test
    void aClientThatHasTheStateGetsNoBody() throws Exception {
        count("", "tag", IntStream.of(7), -5);
        var first = service.get("/v1/counters/7?app_id=tag&event=seen");
        String tag = first.headers().firstValue("ETag").orElseThrow();
        assertEquals("memory", first.headers().firstValue("Ringtally-Read").orElse(""));
        assertTrue(tag.matches("\"[!-~&&[^\"]]+\""), tag);
        for (String given : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
            var same = conditional("GET", given);
            assertEquals(304, same.statusCode(), given);
            assertEquals("", same.body());
            assertEquals(tag, same.headers().firstValue("ETag").orElse(""));
        }
        assertEquals(304, conditional("HEAD", tag).statusCode());
        for (String given : List.of("\"other\"", tag.substring(1), "", tag + "x", "\"*\"")) {
            var other = conditional("GET", given);
            assertEquals(200, other.statusCode(), given);
            assertEquals(first.body(), other.body());
        }
        // same total and number of events cannot come back: the number only grows
        count("", "tag", IntStream.of(7), 0);
        var changed = conditional("GET", tag);
        assertEquals(200, changed.statusCode());
        assertNotEquals(tag, changed.headers().firstValue("ETag").orElseThrow());
        assertEquals(404, service.send(HttpRequest.newBuilder(
                URI.create(service.url() + "/v1/counters/none"))
                .header("If-None-Match", "*")).statusCode());
    }
}
