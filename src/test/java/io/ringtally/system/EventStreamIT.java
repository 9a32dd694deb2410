package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code POST /v1/events?mode=partial}: bodies much larger than what memory is given to them, and
 * than the ring. What the reports say is accepted is in the sum at the end.
 */
class EventStreamIT {

    private static final String NDJSON = "application/x-ndjson";
    private static final int STREAM_MAX = 3 << 20;
    private static final int LINE_MAX = 1 << 10;

    @TempDir
    private static Path directory;

    private static String database;
    private static RunningService service;
    private static long expected;

    @BeforeAll
    static void start() throws Exception {
        database = TestPostgres.shared().newDatabase();
        service = RunningService.start(directory.resolve("data"), database, Map.of(
                "RINGTALLY_RING_SLOTS", "64",
                "RINGTALLY_HTTP_MAX_EVENT_BYTES", LINE_MAX + "B",
                "RINGTALLY_HTTP_MAX_BULK_BYTES", "16KiB",
                "RINGTALLY_HTTP_MAX_ARRIVING_BYTES", "300KiB",
                "RINGTALLY_HTTP_MAX_STREAM_BYTES", STREAM_MAX + "B",
                "RINGTALLY_HTTP_REQUEST_TIMEOUT", "5s"));
    }

    @AfterAll
    static void allThatWasAcceptedHasBeenCounted() throws Exception {
        try (RunningService ending = service; RawConnection open = new RawConnection(ending)) {
            open.send(chunked(event("last", 1, "") + "\n"));
            ending.await("the open stream's event", Duration.ofSeconds(5), () -> get("last") == 200);
            assertEquals(0, ending.terminate(Duration.ofSeconds(20)), ending.log());
            RawConnection.Answer stopped = open.answer();
            assertEquals(202, stopped.status(), stopped.body());
            assertTrue(stopped.body().contains("\"stopped\":{\"index\":1,\"line\":2,\"type\":"
                    + "\"/problems/draining\",\"detail\":\"the service is draining\","
                    + "\"retry_after_s\":"), stopped.body());
            assertEquals(expected + 1, TestPostgres.sum(database));
        }
    }

    private static int get(String message) {
        try {
            return service.get("/v1/counters/" + message + "?app_id=a&event=e").statusCode();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    @Test
    void aBodyOfAnyLengthGoesThroughASmallRing() throws Exception {
        int lines = STREAM_MAX / 80;
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            body.append(event("large-" + i % 100, 1, "large/" + i)).append('\n');
        }
        assertReport("{\"accepted\":" + lines + ",\"duplicates\":0,\"rejected\":[],"
                + "\"ack\":\"journaled\"}", post("", body.toString()));
        assertReport("{\"accepted\":0,\"duplicates\":" + lines + ",\"rejected\":[],"
                + "\"ack\":\"persisted\"}", send("&ack=persisted", gzip(body.toString()), "gzip"));
        expected += lines;
        assertEquals(String.valueOf(lines), TestPostgres.query(database, "select sum(total) from"
                + " ringtally.counters where message_id like 'large-%'"));
    }

    @Test
    void badItemsAreReportedAndTheOthersCounted() throws IOException {
        assertReport("{\"accepted\":2,\"duplicates\":0,\"rejected\":["
                + "{\"index\":1,\"line\":3,\"id\":\"r-2\",\"reason\":\"[1].value is 1.5, which is"
                + " not an integer: send an integer between -9223372036854775808 and"
                + " 9223372036854775807\"},{\"index\":2,\"line\":4,\"reason\":\"line 4 ends in the"
                + " middle of its JSON",
                post("", event("mixed", 3, "r-1") + "\n\n"
                        + event("mixed", 1, "r-2").replace(":1,", ":1.5,") + "\n{\n"
                        + event("mixed", 4, "r-3")));
        HttpResponse<String> none = post("", "{}\n{}\n");
        assertEquals(400, none.statusCode(), none.body());
        assertTrue(none.body().contains("all 2 items are rejected, nothing was counted"),
                none.body());
        assertReport("{\"accepted\":0,\"duplicates\":0,\"rejected\":[],\"ack\":\"journaled\"}",
                post("", "\n \r\n"));
        expected += 7;
    }

    @Test
    void tooManyBadItemsEndIt() throws IOException {
        assertReport("\"stopped\":{\"index\":257,\"line\":258,\"type\":"
                + "\"/problems/too-many-rejected\"", post("",
                event("many", 1, "many") + "\n" + "x\n".repeat(100_000)));
        expected += 1;
    }

    @Test
    void anIdThatStandsForAnotherEventIsRejectedAlone() throws IOException {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            body.append(event("ids", i == 333 ? 2 : 1, "ids/" + i % 333)).append('\n');
        }
        assertReport("{\"accepted\":333,\"duplicates\":166,\"rejected\":[{\"index\":333,"
                + "\"line\":334,\"id\":\"ids/0\",\"reason\":\"its id stands for another event, with"
                + " another message, name, value or time: send a new id, or the same event\"}],"
                + "\"ack\":\"journaled\"}", post("", body.toString()));
        expected += 333;
    }

    @Test
    void aKeyNamesItemsByTheirPlace() throws IOException {
        String good = "{\"app_id\":\"a\",\"message_id\":\"key\",\"event\":\"e\"}\n";
        String[] key = {"Idempotency-Key", "K-9"};
        assertReport("{\"accepted\":2,\"duplicates\":0,\"rejected\":[{\"index\":1,", send("",
                bytes(good + "{}\n" + good), "", key));
        assertReport("{\"accepted\":1,\"duplicates\":2,\"rejected\":[],", send("",
                bytes(good + good + good), "", key));
        expected += 3;
    }

    @Test
    void linesThatAreTooLongAreRejected() throws IOException {
        String blank = " ".repeat(LINE_MAX);
        String tooLong = "\",\"reason\":\"the line has ";
        HttpResponse<String> answer = post("", event("long", 1, "") + "\n" + event("long", 5, "")
                + blank + "\n" + event("long", 1, "") + "\n" + blank.repeat(200) + "\n"
                + event("long", 1, "") + "\n");
        assertReport("{\"accepted\":3,\"duplicates\":0,\"rejected\":[{\"index\":1,\"line\":2"
                + tooLong.substring(1), answer);
        assertTrue(answer.body().contains("{\"index\":3,\"line\":4,\"reason\":\"the line has more"
                + " bytes, above the limit of 1024, http.max-event-bytes\"}"), answer.body());
        expected += 3;
    }

    @Test
    void whereItIsCutIntoPacketsDoesNotMatter() throws IOException {
        byte[] body = bytes(event("drip", 1, "d-1") + "\r\n" + event("drip", 2, "") + "\n\n"
                + event("drip", 3, ""));
        byte[] request = RawConnection.post("/v1/events?mode=partial", body,
                "Content-Type: " + NDJSON + "\r\n");
        try (RawConnection connection = new RawConnection(service)) {
            RawConnection.Answer answer = connection.drip(request).answer();
            assertEquals(202, answer.status(), answer.body());
            assertTrue(answer.body().startsWith("{\"accepted\":3,"), answer.body());
            assertEquals(202, connection.send(request).answer().status());
        }
        expected += 6 + 5;
    }

    @Test
    void aBodyThatBreaksOffCountsItsWholeLines() throws IOException {
        String lines = event("broken", 7, "") + "\n" + event("broken", 1_000, "");
        try (RawConnection connection = new RawConnection(service)) {
            RawConnection.Answer answer = connection.send(measured(lines)).finish().answer();
            assertEquals(202, answer.status(), answer.body());
            assertTrue(answer.body().contains("\"accepted\":1,\"duplicates\":0,\"rejected\":[],"
                    + "\"stopped\":{\"index\":1,\"line\":2,\"type\":"
                    + "\"/problems/body-broken-off\",\"detail\":\"the body ended before"
                    + " it was complete\"}"), answer.body());
        }
        try (RawConnection connection = new RawConnection(service)) {
            RawConnection.Answer answer = connection.send(measured(event("broken", 1_000, "")))
                    .finish().answer();
            assertEquals(400, answer.status(), answer.body());
        }
        try (RawConnection connection = new RawConnection(service)) {
            connection.send(chunked(event("chunked", 7, "") + "\n" + event("chunked", 1_000, "")));
            service.await("the whole line", Duration.ofSeconds(5), () -> get("chunked") == 200);
            RawConnection.Answer answer = connection.finish().answer();
            assertEquals(202, answer.status(), answer.body());
            assertTrue(answer.body().contains("\"accepted\":1,"), answer.body());
            assertTrue(answer.body().contains("/problems/body-broken-off\""), answer.body());
        }
        expected += 14;
    }

    @Test
    void aClientThatGoesSilentIsTold() throws IOException {
        try (RawConnection connection = new RawConnection(service)) {
            RawConnection.Answer answer = connection.send(chunked(event("slow", 1, "") + "\n"
                    + event("slow", 1_000, ""))).answer();
            assertTrue(answer.body().contains("no whole line came within 5000 ms"), answer.body());
            assertEquals(202, answer.status(), answer.body());
        }
        try (RawConnection connection = new RawConnection(service)) {
            assertEquals(408, connection.send(chunked("")).answer().status());
        }
        expected += 1;
    }

    @Test
    void whatIsInflatedIsBoundedAndWhole() throws IOException {
        byte[] lines = gzip((event("zip", 1, "") + "\n").repeat(1_000));
        HttpResponse<String> half = send("", Arrays.copyOf(lines, lines.length - 1), "gzip");
        assertReport("invalid-gzip\",\"detail\":\"the body is not gzip, or not all of it (it ends"
                + " too early)\"", half);
        assertEquals(400, send("", bytes("{}"), "gzip").statusCode());
        HttpResponse<String> bomb = send("", gzip("\n".repeat(2 * STREAM_MAX)), "gzip");
        assertEquals(413, bomb.statusCode(), bomb.body());
        assertTrue(bomb.body().contains(STREAM_MAX + " bytes, which is http.max-stream-bytes"),
                bomb.body());
        assertEquals(413, post("", "\n".repeat(STREAM_MAX + 1)).statusCode());
        expected += 1_000;
    }

    @Test
    void whatCannotBeStreamedIsRefused() throws IOException {
        assertEquals(415, service.post("/v1/events?mode=partial", event("x", 1, ""))
                .statusCode());
        assertEquals(400, service.post("/v1/events?mode=other", NDJSON, "").statusCode());
        assertEquals(400, post("&mode=partial", "").statusCode());
        assertEquals(400, post("&ack=soon", "").statusCode());
        assertEquals(415, send("", bytes("{}"), "br").statusCode());
        assertReport("{\"accepted\":1,\"duplicates\":0,", service.post(
                "/v1/events?mode=atomic", NDJSON, event("atomic", 1, "")));
        expected += 1;
    }

    private static byte[] chunked(String firstChunk) {
        return RawConnection.bytes("POST /v1/events?mode=partial HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: " + NDJSON + "\r\nTransfer-Encoding: chunked\r\n\r\n"
                + (firstChunk.isEmpty() ? "" : Integer.toHexString(firstChunk.length()) + "\r\n"
                + firstChunk + "\r\n"));
    }

    /** Says that one byte more will come than does. */
    private static byte[] measured(String body) {
        return RawConnection.bytes("POST /v1/events?mode=partial HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: " + NDJSON + "\r\nContent-Length: " + (body.length() + 1)
                + "\r\n\r\n" + body);
    }

    private static String event(String message, int value, String id) {
        return "{\"app_id\":\"a\",\"message_id\":\"" + message + "\",\"event\":\"e\",\"value\":"
                + value + (id.isEmpty() ? "" : ",\"id\":\"" + id + "\"") + "}";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(String plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(bytes(plain));
        }
        return bytes.toByteArray();
    }

    private static HttpResponse<String> post(String query, String body) throws IOException {
        return send(query, bytes(body), "");
    }

    private static HttpResponse<String> send(String query, byte[] body, String coding,
            String... headers) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create(service.url() + "/v1/events?mode=partial" + query))
                .header("Content-Type", NDJSON)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (!coding.isEmpty()) {
            request.header("Content-Encoding", coding);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return service.send(request);
    }

    private static void assertReport(String part, HttpResponse<String> answer) {
        assertEquals(202, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains(part), answer.body());
    }
}
