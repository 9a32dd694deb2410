package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.system.RawConnection.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no client should send is refused with a reason, counts nothing and disturbs nobody. */
class BadInputIT {

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String MULTIPART = "multipart/form-data; boundary=b";

    @TempDir
    private static Path directory;

    private static String database;
    private static RunningService service;
    private static Neighbour neighbour;
    private static long goodAfterBad;

    @BeforeAll
    static void start() throws Exception {
        database = TestPostgres.shared().newDatabase();
        service = RunningService.start(directory.resolve("data"), database, Map.of());
        neighbour = Neighbour.of(service, "neighbour");
    }

    @AfterEach
    void nothingBadHasBeenCounted() throws IOException {
        assertEquals(404, service.get("/v1/counters/bad").statusCode());
    }

    @AfterAll
    static void onlyWhatWasGoodHasBeenCounted() throws Exception {
        try (RunningService ending = service) {
            long good = neighbour.finish() + goodAfterBad;
            assertEquals(0, ending.terminate(Duration.ofSeconds(20)), ending.log());
            assertFalse(ending.log().contains("ERROR"), ending.log());
            assertEquals(good, TestPostgres.sum(database));
            assertEquals("t",
                    TestPostgres.query(database, "select balanced from ringtally.ledger"));
        }
    }

    /** A body with the field its first error names and words its reason must have. */
    private record Bad(String what, String contentType, byte[] body, int errors, String field,
            String... words) {

        static Bad json(String body, int errors, String field, String... words) {
            String what = body.length() > 40 ? body.substring(0, 40) + "..." : body;
            return new Bad(what, "application/json", body.getBytes(StandardCharsets.UTF_8),
                    errors, field, words);
        }

        static Bad bytes(String type, String body, int errors, String field, String... words) {
            return new Bad(body, type, RawConnection.bytes(body), errors, field, words);
        }

        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Bad> increments() {
        String key = "{\"key\":\"bad\",\"value\":";
        return Stream.of(
                Bad.json("", 1, "", "empty", "send"),
                Bad.json("{}", 2, "key", "missing", "1 to 255 bytes"),
                Bad.json("[]", 1, "", "an array", "send a JSON object"),
                Bad.json("1", 1, "", "the number 1", "send a JSON object"),
                Bad.json("{", 1, "", "ends in the middle", "send all of it"),
                Bad.json(key + "1", 1, "", "ends in the middle", "send all of it"),
                Bad.json(key + "1}{}", 1, "", "goes on after its JSON", "nothing after it"),
                Bad.json(key + "1} x", 1, "", "goes on after its JSON", "nothing after it"),
                Bad.json(key + "1,}", 1, "", "not JSON", "line 1"),
                Bad.json("{'key':'bad','value':1}", 1, "", "not JSON", "line 1"),
                Bad.json(key + "\"abc\"}", 1, "value", "\"abc\"", "not an integer", "send"),
                Bad.json(key + "1.5}", 1, "value", "1.5", "not an integer"),
                Bad.json(key + "1e2}", 1, "value", "1e2", "not an integer"),
                Bad.json(key + "NaN}", 1, "", "not JSON"),
                Bad.json(key + "01}", 1, "", "not JSON"),
                Bad.json(key + "\"\"}", 1, "value", "not an integer"),
                Bad.json(key + "true}", 1, "value", "is true, not an integer"),
                Bad.json(key + "null}", 1, "value", "is null, not an integer"),
                Bad.json(key + "[1]}", 1, "value", "is an array, not an integer"),
                Bad.json(key + "{}}", 1, "value", "is an object, not an integer"),
                Bad.json(key + "9223372036854775808}", 1, "value", "64-bit", "9223372036854775807"),
                Bad.json(key + "-9223372036854775809}", 1, "value", "64-bit"),
                Bad.json(key + "\"9223372036854775808\"}", 1, "value", "64-bit"),
                Bad.json(key + "9".repeat(10_000) + "}", 1, "value", "64-bit"),
                Bad.json(key + "1,\"value\":1}", 1, "value", "more than once"),
                Bad.json(key + "1,\"x\":1,\"x\":2}", 1, "x", "more than once"),
                Bad.json("{\"key\":1,\"value\":1}", 1, "key", "the number 1, not a string"),
                Bad.json("{\"key\":null,\"value\":1}", 1, "key", "null, not a string"),
                Bad.json("{\"key\":\"\",\"value\":1}", 1, "key", "is empty", "1 to 255"),
                Bad.json("{\"key\":\"\",\"value\":1.5}", 2, "key", "is empty"),
                Bad.json("{\"key\":\"" + "k".repeat(256) + "\",\"value\":1}", 1, "key",
                        "256 bytes", "limit of 255"),
                Bad.json("{\"key\":\"" + "\u00e9".repeat(128) + "\",\"value\":1}", 1, "key",
                        "256 bytes", "limit of 255"),
                Bad.json("{\"key\":\"a\\u0000b\",\"value\":1}", 1, "key", "U+0000"),
                Bad.json("{\"key\":\"a\u0000b\",\"value\":1}", 1, "", "not JSON"),
                Bad.json("{\"key\":\"\\ud800\",\"value\":1}", 1, "key", "surrogate"),
                Bad.json("{\"key\":\"\\udc00\\ud800\",\"value\":1}", 1, "key", "surrogate"),
                Bad.json("{\"key\":\"\\uZZZZ\",\"value\":1}", 1, "", "not JSON"),
                Bad.json(key + "1,\"x\":" + "[".repeat(10_000), 1, "", "deeper than 64 levels"),
                Bad.json(key + "1,\"x\":" + "[".repeat(7_000) + "]".repeat(7_000) + "}", 1, "",
                        "deeper than 64 levels"),
                Bad.json(key + "1,\"x\":" + "{\"a\":".repeat(3_000), 1, "",
                        "deeper than 64 levels"),
                Bad.json("{\"key\":\"bad\",\"value\":1,\"id\":\"" + "i".repeat(129) + "\"}", 1,
                        "id", "129 bytes", "limit of 128"),
                Bad.bytes("application/json", "{\"key\":\"\u00ff\",\"value\":1}", 1, "",
                        "not valid UTF-8 at byte 8 (0xFF)"),
                Bad.bytes("application/json", "{\"key\":\"\u00ed\u00a0\u0080\",\"value\":1}", 1,
                        "", "not valid UTF-8"),
                Bad.bytes("application/json", "{\"key\":\"\u00c0\u0080\",\"value\":1}", 1, "",
                        "not valid UTF-8"),
                Bad.bytes("application/json", "\u00ef\u00bb\u00bf{\"key\":\"bad\",\"value\":1}", 1,
                        "", "byte order mark"));
    }

    static Stream<Bad> forms() {
        String part = "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nbad\r\n";
        String value = "--b\r\nContent-Disposition: form-data; name=\"value\"\r\n\r\n";
        return Stream.of(
                Bad.bytes(FORM, "", 2, "key", "missing"),
                Bad.bytes(FORM, "key=bad", 1, "value", "missing"),
                Bad.bytes(FORM, "key=bad&value=", 1, "value", "not an integer"),
                Bad.bytes(FORM, "key=bad&value=1.5", 1, "value", "not an integer"),
                Bad.bytes(FORM, "key=&value=1", 1, "key", "empty"),
                Bad.bytes(FORM, "key=bad&value=1&value=2", 1, "value", "more than once"),
                Bad.bytes(FORM, "key=%ZZ&value=1", 1, "key", "%ZZ", "two hexadecimal digits"),
                Bad.bytes(FORM, "key=bad%2&value=1", 1, "key", "%2", "two hexadecimal digits"),
                Bad.bytes(FORM, "key=bad&value=1&x=%", 1, "x", "two hexadecimal digits"),
                Bad.bytes(FORM, "key=%00&value=1", 1, "key", "U+0000"),
                Bad.bytes(FORM, "key=%FF&value=1", 1, "key", "not valid UTF-8"),
                Bad.bytes(FORM, "key=%ED%A0%80&value=1", 1, "key", "not valid UTF-8"),
                Bad.bytes(FORM, "key=" + "k".repeat(256) + "&value=1", 1, "key", "limit of 255"),
                Bad.bytes("multipart/form-data", part + value + "1\r\n--b--\r\n", 1, "",
                        "boundary"),
                Bad.bytes(MULTIPART, "", 1, "", "ends before its closing boundary"),
                Bad.bytes(MULTIPART, "nothing of the kind", 1, "", "closing boundary"),
                Bad.bytes(MULTIPART, part, 1, "", "ends before its closing boundary"),
                Bad.bytes(MULTIPART, part + value + "1", 1, "", "closing boundary"),
                Bad.bytes(MULTIPART, part + value + "1\r\n--b", 1, "", "closing boundary"),
                Bad.bytes(MULTIPART, part + "--b--\r\n", 1, "value", "missing"),
                Bad.bytes(MULTIPART, part + part + value + "1\r\n--b--\r\n", 1, "key",
                        "more than once"),
                Bad.bytes(MULTIPART, "--b\r\nContent-Type: text/plain\r\n\r\n1\r\n" + part + value
                        + "1\r\n--b--\r\n", 1, "", "no name"),
                Bad.bytes(MULTIPART, part + value + "x\r\n--b--\r\n", 1, "value",
                        "not an integer"));
    }

    @ParameterizedTest
    @MethodSource({"increments", "forms"})
    void anIncrementThatIsWrongIsRefusedAndTheConnectionGoesOn(Bad bad) throws IOException {
        refusedAndGoesOn("/increment", bad);
    }

    static Stream<Bad> events() {
        String rest = "\"message_id\":\"m\",\"event\":\"e\"";
        return Stream.of(
                Bad.json("{}", 3, "app_id", "missing"),
                Bad.json("{" + rest + "}", 1, "app_id", "missing"),
                Bad.json("{\"app_id\":\"a\",\"event\":\"e\"}", 1, "message_id", "missing"),
                Bad.json("{\"app_id\":\"a\",\"message_id\":\"m\"}", 1, "event", "missing"),
                Bad.json("{\"app_id\":\"" + "a".repeat(65) + "\"," + rest + "}", 1, "app_id",
                        "65 bytes", "limit of 64"),
                Bad.json("{\"app_id\":\"a\",\"message_id\":\"m\",\"event\":\"" + "e".repeat(129)
                        + "\"}", 1, "event", "129 bytes", "limit of 128"),
                Bad.json("{\"app_id\":\"a\"," + rest + ",\"created_at\":\"yesterday\"}", 1,
                        "created_at", "\"yesterday\"", "RFC 3339"),
                Bad.json("{\"app_id\":\"a\"," + rest + ",\"created_at\":1}", 1, "created_at",
                        "the number 1", "RFC 3339"),
                Bad.json("{\"app_id\":\"a\"," + rest + ",\"created_at\":"
                        + "\"2026-02-30T00:00:00Z\"}", 1, "created_at", "2026-02-30"));
    }

    @ParameterizedTest
    @MethodSource("events")
    void anEventThatIsWrongIsRefusedAndTheConnectionGoesOn(Bad bad) throws IOException {
        refusedAndGoesOn("/api/event", bad);
        refusedAndGoesOn("/api/create_event", bad);
    }

    private static void refusedAndGoesOn(String path, Bad bad) throws IOException {
        try (RawConnection connection = new RawConnection(service)) {
            String type = "Content-Type: " + bad.contentType + "\r\n";
            Answer answer = connection.send(RawConnection.post(path, bad.body, type)).answer();
            assertProblem(400, answer);
            assertEquals(bad.errors, answer.body().split("\"field\":", -1).length - 1,
                    answer.body());
            assertTrue(answer.body().contains("\"errors\":[{\"field\":\"" + bad.field + "\""),
                    answer.body());
            String reasons = answer.body().replace("\\\"", "\"");
            assertAll(Stream.of(bad.words).map(word -> () ->
                    assertTrue(reasons.contains(word), word + " in " + reasons)));
            good(connection);
        }
    }

    private static void assertProblem(int status, Answer answer) {
        assertEquals(status, answer.status(), answer.body());
        assertEquals("application/problem+json", answer.header("content-type"));
        assertTrue(answer.body().contains("\"status\":" + status), answer.body());
    }

    private static void good(RawConnection connection) throws IOException {
        byte[] body = RawConnection.bytes("{\"key\":\"after bad\",\"value\":1}");
        assertEquals(202,
                connection.send(RawConnection.post("/increment", body)).answer().status());
        goodAfterBad++;
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "application/x-ndjson", "json",
            "application/json; charset=iso-8859-1", "application/json;charset=\"utf-16\"",
            "application/json; Charset=latin1", "application/json ; CHARSET = \"latin1\"",
            "application/x-www-form-urlencoded; charset=windows-1252", ""})
    void aBodyOfAnotherKindIsRefusedAndTheAnswerSaysWhichAreTaken(String type)
            throws IOException {
        for (String path : new String[] {"/increment", "/api/event", "/api/event/bulk"}) {
            try (RawConnection connection = new RawConnection(service)) {
                Answer answer = connection.send(RawConnection.post(path,
                        RawConnection.bytes("{\"key\":\"bad\",\"value\":1}"),
                        "Content-Type: " + type + "\r\n")).answer();
                assertProblem(415, answer);
                assertTrue(answer.body().contains("send application/json"), answer.body());
                good(connection);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {FORM, MULTIPART})
    void eventsAreNotTakenAsForms(String type) throws IOException {
        assertEquals(415, service.post("/api/event", type, "key=bad&value=1").statusCode());
        assertEquals(415, service.post("/api/event/bulk", type, "key=bad&value=1").statusCode());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "/v1/counters/%00 | message_id | U+0000",
            "/v1/counters/%FF | message_id | not valid UTF-8",
            "/v1/messages/%C3 | message_id | not valid UTF-8",
            "/v1/counters/k?event=%FF | event | not valid UTF-8",
            "/v1/counters/k?app_id=a&app_id=b | app_id | given 2 times"})
    void anIdThatIsNoTextIsRefused(String path, String field, String words) throws IOException {
        try (RawConnection connection = new RawConnection(service)) {
            Answer answer = connection.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")
                    .answer();
            assertProblem(400, answer);
            assertTrue(answer.body().contains("\"errors\":[{\"field\":\"" + field + "\""),
                    answer.body());
            assertTrue(answer.body().contains(words), answer.body());
            good(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /v1/counters/%ZZ", "GET /v1/counters/a%", "GET /v1/counters/%2",
            "GET /v1/counters/k?app_id=%G0", "GET /v1/counters/\u00e9", "POST /increment?%",
            "post /increment?%", "GET /status{"})
    void aRequestLineThatIsMalformedIsRefusedAndItsConnectionCut(String line)
            throws IOException {
        try (RawConnection connection = new RawConnection(service)) {
            connection.send(line + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertEquals(400, connection.answer().status());
            assertTrue(connection.ends());
        }
    }

    @Test
    void anIdThatIsTooLongIsRefused() throws IOException {
        var answer = service.get("/v1/counters/" + "k".repeat(256));
        assertEquals(400, answer.statusCode());
        assertTrue(answer.body().contains("256 bytes of UTF-8, the limit is 255"), answer.body());
        assertEquals(400, service.get("/v1/counters/k?app_id=" + "a".repeat(65)).statusCode());
        assertEquals(400, service.get("/v1/counters/k?event=" + "e".repeat(129)).statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/incremen", "/increment/", "/Increment", "/v1", "/v1/counter",
            "/v1/counters/", "/v1/counters/a/b", "/v1/messages/", "/api/event/bulk/x", "/../status",
            "/%69ncrement", "http://x", "http://x/nothing"})
    void anUnknownPathIsNotFound(String path) throws IOException {
        for (String method : new String[] {"GET", "POST", "DELETE"}) {
            try (RawConnection connection = new RawConnection(service)) {
                Answer answer = connection.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\n"
                        + "Content-Length: 2\r\n\r\n{}").answer();
                assertProblem(404, answer);
                good(connection);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "GET | /increment | POST", "PUT | /increment | POST", "HEAD | /increment | POST",
            "OPTIONS | /increment | POST",
            "DELETE | /api/create_event | POST", "GET | /api/event | POST",
            "GET | /api/event/bulk | POST", "POST | /status | GET, HEAD",
            "POST | /api/q/stats | GET, HEAD", "POST | /v1/counters/k | DELETE, GET, HEAD, PUT",
            "POST | /v1/messages/k | DELETE, GET, HEAD"})
    void aMethodThatIsNotPossibleIsRefusedAndTheAnswerSaysWhichAre(String method, String path,
            String allow) throws IOException {
        try (RawConnection connection = new RawConnection(service)) {
            connection.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\n"
                    + "Content-Length: 2\r\n\r\n{}");
            Answer answer = method.equals("HEAD") ? connection.answerToHead()
                    : connection.answer();
            assertEquals(405, answer.status());
            assertEquals(allow, answer.header("allow"));
            assertEquals("application/problem+json", answer.header("content-type"));
            good(connection);
        }
    }

    @Test
    void anIdThatWasNeverCountedIsNotFound() throws IOException {
        for (String path : new String[] {"/v1/counters/bad", "/v1/messages/bad",
                "/v1/counters/neighbour?event=bad", "/v1/counters/neighbour?app_id=bad"}) {
            try (RawConnection connection = new RawConnection(service)) {
                assertProblem(404, connection.send("GET " + path
                        + " HTTP/1.1\r\nHost: x\r\n\r\n").answer());
                connection.send("HEAD " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
                assertEquals(404, connection.answerToHead().status());
                good(connection);
            }
        }
    }

    @Test
    void aBodyWithManyErrorsGetsAnAnswerOfBoundedSize() throws IOException {
        String bulk = "{\"events\":[" + "{},".repeat(9_999) + "{}]}";
        var answer = service.post("/api/event/bulk", bulk);
        assertEquals(400, answer.statusCode());
        assertTrue(answer.body().contains("30000 errors"), answer.body());
        assertTrue(answer.body().length() < 5_000, answer.body());
    }
}
