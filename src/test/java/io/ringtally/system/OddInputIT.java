package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.system.RawConnection.Answer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What looks odd and is right is counted. */
class OddInputIT {

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String POST = "POST /increment HTTP/1.1\r\nHost: x\r\n";

    @TempDir
    private static Path directory;

    private static String database;
    private static RunningService service;
    private static BigInteger expected = BigInteger.ZERO;
    private static int keys;

    @BeforeAll
    static void start() throws Exception {
        database = TestPostgres.shared().newDatabase();
        service = RunningService.start(directory.resolve("data"), database, Map.of());
    }

    @AfterAll
    static void allOfItHasBeenCounted() throws Exception {
        try (RunningService ending = service) {
            assertEquals(0, ending.terminate(Duration.ofSeconds(20)), ending.log());
            assertEquals(expected.toString(), TestPostgres.query(database,
                    "select sum(total) from ringtally.counters"));
            assertEquals("t",
                    TestPostgres.query(database, "select balanced from ringtally.ledger"));
        }
    }

    private static String newKey() {
        return "key-" + keys++;
    }

    private static void expect(String key, long total) throws IOException {
        expected = expected.add(BigInteger.valueOf(total));
        assertTotal(key, total);
    }

    private static void assertTotal(String key, long total) throws IOException {
        var answer = service.get("/v1/counters/" + escaped(key));
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("\"total\":" + total + ","), answer.body());
    }

    private static String escaped(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static void accepted(Answer answer) {
        assertEquals(202, answer.status(), answer.body());
        assertEquals("", answer.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "{\"value\":2,\"key\":\"KEY\"}",
            "{\"value\":\"2\",\"key\":\"KEY\"}",
            "{\"value\":\"+2\",\"key\":\"KEY\"}",
            "{\"value\":\"0002\",\"key\":\"KEY\"}",
            "\t\r\n {\n\"key\"\t:\r\"KEY\" , \"value\" : 2 } \r\n\t ",
            "{\"key\":\"KEY\",\"value\":2,\"id\":\"x\"}",
            "{\"key\":\"KEY\",\"value\":2,\"id\":null}",
            "{\"key\":\"KEY\",\"value\":2,\"created_at\":false,\"app_id\":7}",
            "{\"x\":{\"key\":\"no\",\"value\":[1,{\"key\":{}}]},\"key\":\"KEY\",\"value\":2}",
            "{\"key\":\"KEY\",\"value\":2,\"x\":[[[[]]],1.5e300,-0,\"\\u0000\",\"\\ud800\"]}",
            "{\"\\u006b\\u0065\\u0079\":\"KEY\",\"v\\u0061lue\":2}",
            "{\"key\":\"KEY\",\"value\":2,\"\":0,\"Key\":\"other\",\"VALUE\":9}"})
    void anIncrementMayComeInManyForms(String body) throws IOException {
        String key = newKey();
        var answer = service.post("/increment", body.replace("KEY", key));
        assertEquals(202, answer.statusCode(), answer.body());
        expect(key, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/json;charset=utf-8",
            "APPLICATION/JSON ; Charset=\"UTF-8\"", "application/vnd.x+json",
            "application/json; x=\"; charset=latin1\""})
    void jsonGoesByMoreThanOneName(String type) throws IOException {
        String key = newKey();
        assertEquals(202, service.post("/increment", type,
                "{\"key\":\"" + key + "\",\"value\":1}").statusCode());
        expect(key, 1);
    }

    @Test
    void aBodyOfNoKindIsTakenForJson() throws IOException {
        String key = newKey();
        try (RawConnection connection = new RawConnection(service)) {
            accepted(connection.send(RawConnection.post("/increment",
                    RawConnection.bytes("{\"key\":\"" + key + "\",\"value\":1}"))).answer());
        }
        expect(key, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"key=KEY&value=3", "value=3&key=KEY", "value=%33&key=KEY",
            "&&key=KEY&&value=3&", "key=KEY&value=%2B3", "%6Bey=KEY&val%75e=3",
            "key=KEY&value=3&other=1&other=2&=&x"})
    void aFormIsTakenAsWell(String form) throws IOException {
        String key = newKey();
        var answer = service.post("/increment", FORM, form.replace("KEY", key));
        assertEquals(202, answer.statusCode(), answer.body());
        expect(key, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nKEY\r\n--b\r\n"
                    + "Content-Disposition: form-data; name=\"value\"\r\n\r\n4\r\n--b--\r\n",
            "--b\r\nContent-Disposition: form-data; name=value\r\n\r\n4\r\n--b\r\ncontent-type:"
                    + " text/plain\r\ncontent-disposition: form-data; filename=\"f; name=x\";"
                    + " name=\"key\"\r\n\r\nKEY\r\n--b--",
            "a preamble\r\n--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nKEY\r\n"
                    + "--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n\r\n--b\r\n"
                    + "Content-Disposition: form-data; name=\"value\"\r\n\r\n4\r\n--b--\r\nend"})
    void soIsAMultipartForm(String body) throws IOException {
        for (String type : new String[] {"boundary=b", "Boundary=\"b\"", "x=y;boundary=b"}) {
            String key = newKey();
            var answer = service.post("/increment", "multipart/form-data; " + type,
                    body.replace("KEY", key));
            assertEquals(202, answer.statusCode(), answer.body());
            expect(key, 4);
        }
    }

    @ParameterizedTest
    @CsvSource({"9223372036854775807", "-9223372036854775808", "0", "-3", "\"7\"", "-0",
            "\"9223372036854775807\"", "\"-9223372036854775808\""})
    void everyValueOfSixtyFourBitsIsCounted(String value) throws IOException {
        String key = newKey();
        assertEquals(202, service.post("/increment",
                "{\"key\":\"" + key + "\",\"value\":" + value + "}").statusCode());
        expect(key, Long.parseLong(value.replace("\"", "")));
    }

    @Test
    void theGreatestAndTheLeastValueSumUpInEitherOrder() throws IOException {
        for (long first : new long[] {Long.MAX_VALUE, Long.MIN_VALUE}) {
            String key = newKey();
            for (long value : new long[] {first, -1 - first}) {
                assertEquals(202, service.post("/increment",
                        "{\"key\":\"" + key + "\",\"value\":" + value + "}").statusCode());
            }
            expect(key, -1);
        }
    }

    static Stream<String> ids() {
        return Stream.of("a/b", "/", "//", "a%b", "%2F", "%", "a;b", "a;b=c/d", "a+b", "a b", " ",
                "abc/def", "a?b#c&d=e", ".", "..", "\"\\", "\u00e9\u00df", "\u4e16\u754c",
                "\ud83d\ude00", "e\u0301", "\u0001\u001f\u007f", "tab\tnew\nline", "'; drop table",
                "k".repeat(255), "\u00e9".repeat(127) + "k", "\u4e16".repeat(85),
                "\ud83d\ude00".repeat(63) + "abc", "null", "\ufffd", "\uffff", "\ufeff");
    }

    @ParameterizedTest
    @MethodSource("ids")
    void anyTextIsAnIdAndIsReadBack(String id) throws Exception {
        StringBuilder escapes = new StringBuilder();
        id.chars().forEach(c -> escapes.append(String.format("\\u%04x", c)));
        assertEquals(202, service.post("/increment",
                "{\"key\":\"" + escapes + "\",\"value\":1}").statusCode());
        assertEquals(202, service.post("/increment", FORM,
                "value=2&key=" + escaped(id)).statusCode());
        assertEquals(202, service.post("/api/event", "{\"app_id\":\"\",\"message_id\":\""
                + escapes + "\",\"event\":\"increment\",\"value\":4}").statusCode());
        expect(id, 7);
        String messages = service.get("/v1/messages/" + escaped(id)).body();
        assertTrue(messages.contains("\"total\":7,"), messages);
    }

    @Test
    void anIdIsReadBackWithTheCharactersThatNeedNoEscape() throws IOException {
        try (RawConnection connection = new RawConnection(service)) {
            for (String id : new String[] {"a;b", "a;b=c", "a+b", "a:b@c!$&'()*,=~", ";"}) {
                String key = newKey() + id;
                accepted(connection.send(RawConnection.post("/increment", RawConnection.bytes(
                        "{\"key\":\"" + key + "\",\"value\":1}"))).answer());
                Answer read = connection.send("GET /v1/counters/" + key
                        + " HTTP/1.1\r\nHost: x\r\n\r\n").answer();
                assertTrue(read.body().contains("\"total\":1,"), read.body());
                read = connection.send("GET http://x/v1/counters/" + key
                        + "?event=increment HTTP/1.1\r\nHost: x\r\n\r\n").answer();
                assertTrue(read.body().contains("\"total\":1,"), read.body());
                expect(key, 1);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"a/b, x y", "a&b=c, e%+;", "\u00e9, \u4e16\u754c", "a+b, a b", "abc, increment"})
    void appAndEventAreQueryParameters(String app, String event) throws IOException {
        String message = newKey();
        assertEquals(202, service.post("/api/event", "{\"app_id\":\"" + app
                + "\",\"message_id\":\"" + message + "\",\"event\":\"" + event + "\"}")
                .statusCode());
        expected = expected.add(BigInteger.ONE);
        for (String space : new String[] {"+", "%20"}) {
            String body = service.get("/v1/counters/" + message + "?event="
                    + escaped(event).replace("%20", space) + "&app_id="
                    + escaped(app).replace("%20", space) + "&other=1").body();
            assertTrue(body.contains("\"event\":\"" + event + "\",\"total\":1,"), body);
        }
        String body = service.get("/v1/messages/" + message + "?app_id=" + escaped(app)).body();
        assertTrue(body.contains("\"app_id\":\"" + app + "\""), body);
    }

    @Test
    void aBodyMayComeByteByByte() throws IOException {
        String key = newKey();
        byte[] body = RawConnection.bytes("{\"key\":\"" + key + "\",\"value\":1}");
        try (RawConnection connection = new RawConnection(service)) {
            accepted(connection.drip(RawConnection.post("/increment", body)).answer());
            connection.send(POST + "Transfer-Encoding: chunked\r\n\r\n");
            for (byte octet : body) {
                connection.send("1\r\n").send(new byte[] {octet}).send("\r\n");
            }
            accepted(connection.send("0\r\n\r\n").answer());
            connection.send(POST + "Transfer-Encoding: Chunked\r\n\r\n");
            StringBuilder chunks = new StringBuilder();
            for (byte octet : body) {
                chunks.append("0001;extension=\"x\"\r\n").append((char) octet).append("\r\n");
            }
            accepted(connection.send(chunks + "0\r\nTrailer: x\r\n\r\n").answer());
        }
        expect(key, 3);
    }

    @Test
    void aBodyMayComeAfterItsHeadersAndInHalves() throws IOException {
        String key = newKey();
        byte[] request = RawConnection.post("/increment",
                RawConnection.bytes("{\"key\":\"" + key + "\",\"value\":1}"));
        try (RawConnection connection = new RawConnection(service);
                RawConnection other = new RawConnection(service)) {
            for (int cut = 1; cut < request.length; cut += 3) {
                connection.send(Arrays.copyOf(request, cut));
                // by the time this is answered, the first half has arrived
                assertEquals(200, other.send("GET /status HTTP/1.1\r\nHost: x\r\n\r\n").answer()
                        .status());
                accepted(connection.send(Arrays.copyOfRange(request, cut,
                        request.length)).answer());
            }
        }
        expect(key, (request.length + 1) / 3);
    }

    @Test
    void manyRequestsMayBeSentBeforeTheFirstAnswerIsRead() throws IOException {
        String key = newKey();
        byte[] post = RawConnection.post("/increment",
                RawConnection.bytes("{\"key\":\"" + key + "\",\"value\":1}"));
        byte[] get = RawConnection.bytes("GET /v1/counters/" + key
                + " HTTP/1.1\r\nHost: x\r\n\r\n");
        byte[] pair = RawConnection.concat(post, get);
        byte[] all = new byte[0];
        for (int i = 0; i < 100; i++) {
            all = RawConnection.concat(all, pair);
        }
        try (RawConnection connection = new RawConnection(service)) {
            connection.send(all);
            for (int i = 1; i <= 100; i++) {
                accepted(connection.answer());
                String read = connection.answer().body();
                assertTrue(read.contains("\"total\":" + i + ","), read);
            }
        }
        expect(key, 100);
    }

    @Test
    void aClientThatAsksBeforeItSendsIsToldToGoOn() throws IOException {
        String key = newKey();
        String body = "{\"key\":\"" + key + "\",\"value\":1}";
        try (RawConnection connection = new RawConnection(service)) {
            for (int i = 0; i < 2; i++) {
                connection.send(POST + "Expect: 100-continue\r\nContent-Length: " + body.length()
                        + "\r\n\r\n");
                assertEquals(100, connection.answer().status());
                accepted(connection.send(body).answer());
            }
            connection.send(POST + "Expect: 100-continue\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body);
            Answer answer = connection.answer();
            accepted(answer.status() == 100 ? connection.answer() : answer);
        }
        expect(key, 3);
    }

    @Test
    void oldClientsAreServed() throws IOException {
        String key = newKey();
        String body = "{\"key\":\"" + key + "\",\"value\":1}";
        String head = "POST /increment HTTP/1.0\r\nContent-Length: " + body.length() + "\r\n";
        try (RawConnection connection = new RawConnection(service)) {
            accepted(connection.send(head + "\r\n" + body).answer());
            assertTrue(connection.ends());
        }
        try (RawConnection connection = new RawConnection(service)) {
            for (int i = 0; i < 2; i++) {
                Answer answer = connection.send(head + "Connection: keep-alive\r\n\r\n" + body)
                        .answer();
                accepted(answer);
                assertEquals("keep-alive", answer.header("connection"));
            }
        }
        expect(key, 3);
    }

    @Test
    void aHeadIsAnsweredLikeAGetWithoutItsBody() throws IOException {
        String key = newKey();
        service.post("/increment", "{\"key\":\"" + key + "\",\"value\":1}");
        expect(key, 1);
        try (RawConnection connection = new RawConnection(service)) {
            for (String path : new String[] {"/status", "/api/q/stats", "/v1/counters/" + key,
                    "/v1/messages/" + key}) {
                Answer head = connection.send("HEAD " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")
                        .answerToHead();
                assertEquals(200, head.status());
                assertEquals("application/json", head.header("content-type"));
            }
        }
    }

    @Test
    void queryParametersThatMeanNothingAreIgnored() throws IOException {
        String key = newKey();
        for (String path : new String[] {"/increment?", "/increment?x=%FF&y"}) {
            try (RawConnection connection = new RawConnection(service)) {
                accepted(connection.send(RawConnection.post(path, RawConnection.bytes(
                        "{\"key\":\"" + key + "\",\"value\":1}"))).answer());
            }
        }
        expect(key, 2);
    }
}
