package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.system.RawConnection.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bodies whose size is wrong count nothing, whatever they say. Framing has a table of its own, see
 * {@link FramingIT}.
 */
class BadFramingIT {

    private static final int EVENT_BYTES_MAX = 16 * 1024;
    private static final int BULK_BYTES_MAX = 1024 * 1024;
    private static final int TEN_MEGABYTES = 10 << 20;

    /** Would be counted if its framing were right. */
    private static final String BODY = "{\"key\":\"bad\",\"value\":1}";
    private static final String POST = "POST /increment HTTP/1.1\r\nHost: x\r\n";

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
        }
    }

    @ParameterizedTest
    @CsvSource({"/increment, 16385", "/increment, 10485760", "/api/event, 16385",
            "/api/event/bulk, 1048577", "/api/event/bulk, 10485760"})
    void aClientThatSendsAllOfATooLargeBodyBeforeItReadsGetsTheAnswer(String path, int size)
            throws IOException {
        try (RawConnection connection = new RawConnection(service)) {
            connection.send(RawConnection.post(path, paddedBody(size)));
            assertTooLarge(connection.answer(), path, size + " bytes");
            good(connection);
        }
    }

    @Test
    void aTooLargeBodyOfAClientThatWillCloseIsAnsweredToo() throws IOException {
        String size = "Content-Length: " + TEN_MEGABYTES + "\r\n\r\n";
        for (String head : new String[] {"POST /increment HTTP/1.0\r\n" + size,
                POST + "Connection: close\r\n" + size}) {
            try (RawConnection connection = new RawConnection(service)) {
                connection.send(head).send(paddedBody(TEN_MEGABYTES));
                assertTooLarge(connection.answer(), "/increment", TEN_MEGABYTES + " bytes");
                assertTrue(connection.ends());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"/increment, 16385", "/increment, 10485760", "/api/event/bulk, 1048577",
            "/api/event/bulk, 10485760"})
    void aChunkedBodyBeyondTheLimitIsTooLarge(String path, int size) throws IOException {
        try (RawConnection connection = new RawConnection(service)) {
            connection.send("POST " + path + " HTTP/1.1\r\nHost: x\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n");
            connection.send(Integer.toHexString(size) + "\r\n").send(paddedBody(size));
            connection.send("\r\n0\r\n\r\n");
            assertTooLarge(connection.answer(), path, "more");
            good(connection);
        }
    }

    @Test
    void aChunkedBodyThatGrowsBeyondTheLimitInManyPacketsIsTooLarge() throws IOException {
        try (RawConnection connection = new RawConnection(service)) {
            connection.send(POST + "Transfer-Encoding: chunked\r\n\r\n");
            for (int sent = 0; sent <= EVENT_BYTES_MAX; sent += 64) {
                connection.send("40\r\n").send(" ".repeat(64)).send("\r\n");
            }
            assertTooLarge(connection.answer(), "/increment", "more");
        }
    }

    private static byte[] paddedBody(int size) {
        return RawConnection.bytes(BODY + " ".repeat(size - BODY.length()));
    }

    private static void assertTooLarge(Answer answer, String path, String found) {
        assertEquals(413, answer.status(), answer.body());
        assertEquals("application/problem+json", answer.header("content-type"));
        int limit = path.endsWith("bulk") ? BULK_BYTES_MAX : EVENT_BYTES_MAX;
        assertTrue(answer.body().contains("the body has " + found + ", the limit here is " + limit
                + " bytes; send fewer or smaller events"), answer.body());
    }

    @Test
    void aBodyOfExactlyTheLimitIsTaken() throws IOException {
        try (RawConnection connection = new RawConnection(service)) {
            String body = "{\"key\":\"after bad\",\"value\":1}";
            byte[] padded = RawConnection.bytes(body
                    + " ".repeat(EVENT_BYTES_MAX - body.length()));
            assertEquals(202, connection.send(RawConnection.post("/increment", padded)).answer()
                    .status());
            connection.send(POST + "Transfer-Encoding: chunked\r\n\r\n"
                    + Integer.toHexString(padded.length) + "\r\n").send(padded)
                    .send("\r\n0\r\n\r\n");
            assertEquals(202, connection.answer().status());
            goodAfterBad += 2;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/status", "/increment"})
    void aLargeBodyWhereNoneIsTakenIsReadAndDropped(String path) throws IOException {
        try (RawConnection connection = new RawConnection(service)) {
            String method = path.equals("/increment") ? "PUT" : "POST";
            connection.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: "
                    + TEN_MEGABYTES + "\r\n\r\n").send(new byte[TEN_MEGABYTES]);
            int status = connection.answer().status();
            assertTrue(status == 404 || status == 405, String.valueOf(status));
            good(connection);
        }
    }

    private static void good(RawConnection connection) throws IOException {
        byte[] body = RawConnection.bytes("{\"key\":\"after bad\",\"value\":1}");
        assertEquals(202,
                connection.send(RawConnection.post("/increment", body)).answer().status());
        goodAfterBad++;
    }

    @Test
    void aLengthLongerThanTheBodyCountsNothingWhenTheClientLeaves() throws IOException {
        for (int i = 0; i < 20; i++) {
            try (RawConnection connection = new RawConnection(service)) {
                connection.send(POST + "Content-Length: " + (BODY.length() + 1) + "\r\n\r\n"
                        + BODY).finish();
                connection.refusedOrCutOff();
            }
            try (RawConnection connection = new RawConnection(service)) {
                connection.send(POST + "Content-Length: " + (BODY.length() + 1) + "\r\n\r\n");
                connection.send(BODY);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/increment", "/nothing"})
    void aClientThatAsksBeforeItSendsATooLargeBodyIsRefusedBeforeItDoes(String path)
            throws IOException {
        try (RawConnection connection = new RawConnection(service)) {
            connection.send("POST " + path + " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                    + "Content-Length: " + TEN_MEGABYTES + "\r\n\r\n");
            assertEquals(path.equals("/increment") ? 413 : 404, connection.answer().status());
        }
    }

    @Test
    void aClientThatAsksBeforeItSendsABadBodyIsToldToGoOnAndThenRefused() throws IOException {
        try (RawConnection connection = new RawConnection(service)) {
            connection.send(POST + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertEquals(100, connection.answer().status());
            assertEquals(400, connection.send("{}").answer().status());
        }
    }
}
