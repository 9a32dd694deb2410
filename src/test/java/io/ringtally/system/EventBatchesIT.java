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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code POST /v1/events} in all its forms. Whatever is accepted here is in the sum at the end. */
class EventBatchesIT {

    private static final String NDJSON = "application/x-ndjson";
    private static final int BODY_MAX = 64 * 1024;

    @TempDir
    private static Path directory;

    private static String database;
    private static RunningService service;
    private static long expected;

    @BeforeAll
    static void start() throws Exception {
        database = TestPostgres.shared().newDatabase();
        service = RunningService.start(directory.resolve("data"), database,
                Map.of("RINGTALLY_HTTP_MAX_BULK_BYTES", BODY_MAX + "B",
                        "RINGTALLY_HTTP_MAX_ARRIVING_BYTES", 4 * BODY_MAX + "B"));
    }

    @AfterAll
    static void allThatWasAcceptedHasBeenCounted() throws Exception {
        try (RunningService ending = service) {
            assertEquals(0, ending.terminate(Duration.ofSeconds(20)), ending.log());
            assertEquals(expected, TestPostgres.sum(database));
        }
    }

    @Test
    void oneEventAndAnArray() throws IOException {
        assertAccepted(1, 0, post("application/json", event("one", 1)));
        assertAccepted(3, 0, post("application/json",
                "[" + event("one", 2) + "," + event("two", 3) + "," + event("one", -1) + "]"));
        assertAccepted(0, 0, post("application/json", "[]"));
        assertTotal("one", 2);
        assertTotal("two", 3);
        expected += 5;
    }

    @Test
    void linesAndRepeats() throws IOException {
        String lines = event("lines", 4).replace("}", ",\"id\":\"l-1\"}") + "\n"
                + event("lines", 5).replace("}", ",\"id\":\"l-2\"}") + "\n";
        assertAccepted(2, 0, post(NDJSON, lines));
        assertAccepted(1, 2, post(NDJSON, lines + event("lines", 6) + "\r\n"));
        assertAccepted(0, 2, post(NDJSON, lines));
        assertTotal("lines", 15);
        expected += 15;
    }

    @Test
    void aHundredLinesAndAThousand() throws IOException {
        assertAccepted(100, 0, post(NDJSON, (event("hundred", 1) + "\n").repeat(100)));
        assertAccepted(900, 0, post(NDJSON, (event("hundred", 1) + "\n").repeat(900)));
        assertTotal("hundred", 1000);
        expected += 1000;
    }

    @Test
    void whatIsCompressedIsInflated() throws IOException {
        byte[] lines = gzip((event("gzip", 1) + "\n").repeat(800).getBytes(
                StandardCharsets.UTF_8));
        assertAccepted(800, 0, send(NDJSON, lines, "gzip"));
        HttpResponse<String> increment = service.send(HttpRequest.newBuilder(
                URI.create(service.url() + "/increment"))
                .header("Content-Type", "application/json").header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofByteArray(gzip("{\"key\":\"gzip\",\"value\":1}"
                        .getBytes(StandardCharsets.UTF_8)))));
        assertEquals(202, increment.statusCode(), increment.body());
        expected += 801;
        byte[] bomb = gzip(new byte[10 << 20]);
        assertProblem(413, "more once inflated", send(NDJSON, bomb, "gzip"));
        assertProblem(400, "invalid-gzip", send(NDJSON, Arrays.copyOf(lines, 50), "gzip"));
        assertProblem(400, "invalid-gzip", send(NDJSON, "{}".getBytes(
                StandardCharsets.UTF_8), "gzip"));
        HttpResponse<String> brotli = send(NDJSON, lines, "br");
        assertProblem(415, "Content-Encoding br is not taken here", brotli);
        assertEquals("gzip", brotli.headers().firstValue("Accept-Encoding").orElse(""));
    }

    @Test
    void cloudEventsInTheirThreeModes() throws IOException {
        String structured = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"shop\",\"type\":"
                + "\"paid\",\"subject\":\"cloud\",\"data\":{\"value\":7}}";
        assertAccepted(1, 0, post("application/cloudevents+json; charset=utf-8", structured));
        assertAccepted(1, 1, post("application/cloudevents-batch+json", "[" + structured + ","
                + structured.replace("\"1\"", "\"2\"") + "]"));
        assertAccepted(1, 0, send(HttpRequest.newBuilder().header("ce-specversion", "1.0")
                .header("ce-id", "3").header("ce-source", "shop").header("ce-type", "paid")
                .header("ce-subject", "cl%6fud").header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"value\":9}"))));
        assertAccepted(0, 1, send(HttpRequest.newBuilder().header("ce-specversion", "1.0")
                .header("ce-id", "3").header("ce-source", "shop").header("ce-type", "paid")
                .header("ce-subject", "cloud").header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"value\":9}"))));
        String counter = service.get("/v1/counters/cloud?app_id=shop&event=paid").body();
        assertTrue(counter.contains("\"total\":23,\"events\":3"), counter);
        expected += 23;
        assertProblem(400, "ce-specversion is 0.3", send(HttpRequest.newBuilder()
                .header("ce-specversion", "0.3").POST(HttpRequest.BodyPublishers.noBody())));
        assertProblem(400, "subject is missing", send(HttpRequest.newBuilder()
                .header("ce-specversion", "1.0").header("ce-id", "4").header("ce-source", "s")
                .header("ce-type", "t").POST(HttpRequest.BodyPublishers.noBody())));
    }

    @Test
    void aBadItemRefusesAll() throws IOException {
        assertProblem(400, "\"field\":\"[1].value\"", post("application/json",
                "[" + event("bad", 1) + "," + event("bad", 1).replace(":1}", ":1.5}") + "]"));
        assertProblem(400, "line 2 is not JSON", post(NDJSON, event("bad", 1) + "\n{x}\n"));
        assertProblem(415, "application/x-ndjson", post("text/plain", event("bad", 1)));
        assertProblem(413, "body-too-large", post(NDJSON,
                (event("bad", 1) + "\n").repeat(BODY_MAX / 50)));
        assertEquals(404, service.get("/v1/counters/bad?app_id=a&event=e").statusCode());
        assertEquals(405, service.get("/v1/events").statusCode());
    }

    @Test
    void bodiesOnTheirWayAreBoundedTogether() throws IOException {
        String body = event("crowd", 1) + " ".repeat(BODY_MAX - event("crowd", 1).length());
        byte[] request = RawConnection.post("/v1/events", RawConnection.bytes(body),
                "Content-Type: application/json\r\n");
        int half = request.length - 1_000;
        List<RawConnection> crowd = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            crowd.add(new RawConnection(service).send(Arrays.copyOf(request, half)));
        }
        // there is room for four or five at once, as they grow; when the others have their answers,
        // all bytes so far have been read
        service.await("what there is no room for is refused", Duration.ofSeconds(20),
                () -> answered(crowd) >= crowd.size() - 5);
        int taken = 0;
        for (RawConnection one : crowd) {
            try (one) {
                RawConnection.Answer answer =
                        one.send(Arrays.copyOfRange(request, half, request.length)).answer();
                taken += answer.status() == 202 ? 1 : 0;
                if (answer.status() != 202) {
                    assertEquals(503, answer.status(), answer.toString());
                    assertTrue(answer.body().contains("too-many-bodies"), answer.body());
                    assertEquals("1", answer.headers().get("retry-after"));
                }
            }
        }
        assertTrue(taken >= 4 && taken < crowd.size(), taken + " were taken");
        assertAccepted(1, 0, post("application/json", body));
        expected += taken + 1;
    }

    private static long answered(List<RawConnection> crowd) {
        return crowd.stream().filter(one -> {
            try {
                return one.answersWithin(Duration.ofMillis(1));
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }).count();
    }

    @Test
    void theLevelReachedIsInTheReport() throws IOException {
        HttpResponse<String> synced = service.post("/v1/events?ack=synced", event("level", 2));
        assertEquals(202, synced.statusCode(), synced.body());
        assertTrue(synced.body().endsWith("\"ack\":\"synced\"}"), synced.body());
        expected += 2;
    }

    private static String event(String message, int value) {
        return "{\"app_id\":\"a\",\"message_id\":\"" + message + "\",\"event\":\"e\",\"value\":"
                + value + "}";
    }

    private static HttpResponse<String> post(String type, String body) throws IOException {
        return service.post("/v1/events", type, body);
    }

    private static HttpResponse<String> send(String type, byte[] body, String coding)
            throws IOException {
        return send(HttpRequest.newBuilder().header("Content-Type", type)
                .header("Content-Encoding", coding)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        return service.send(request.uri(URI.create(service.url() + "/v1/events")));
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        }
        return bytes.toByteArray();
    }

    private static void assertAccepted(int accepted, int duplicates,
            HttpResponse<String> answer) {
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals("{\"accepted\":" + accepted + ",\"duplicates\":" + duplicates
                + ",\"rejected\":[],\"ack\":\"journaled\"}", answer.body());
    }

    private static void assertProblem(int status, String text, HttpResponse<String> answer) {
        assertEquals(status, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains(text), answer.body());
    }

    private static void assertTotal(String message, long total) throws IOException {
        String counter = service.get("/v1/counters/" + message + "?app_id=a&event=e").body();
        assertTrue(counter.contains("\"total\":" + total + ","), counter);
    }
}
