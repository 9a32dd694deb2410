package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that take for ever delay nobody, and not for ever. */
class SlowClientsIT {

    private static final int SLOW_CLIENTS = 300;
    private static final long REQUEST_TIMEOUT_MILLIS = 700;
    private static final int SLOW_ANSWERS_MAX = 4;

    /** Longer than a busy machine keeps the neighbour from its next request. */
    private static final long IDLE_TIMEOUT_MILLIS = 2_500;

    /** Beyond the timeout; the service looks at its timers less often than at its clients. */
    private static final long CUT_OFF_WITHIN_MILLIS = 5 * REQUEST_TIMEOUT_MILLIS;

    private static final int RECEIVE_BYTES = 4_096;
    /** Far more than are closed at once. */
    private static final int ENDING_TOGETHER = 1_500;
    private static final int KEPT_BYTES_MAX = 512 * 1024;

    /** A line of the kernel's table: number, ports of both sides, state, bytes to be sent. */
    private static final Pattern SOCKET = Pattern.compile(
            " *\\d+: \\p{XDigit}+:(\\p{XDigit}{4}) \\p{XDigit}+:(\\p{XDigit}{4}) 01"
                    + " (\\p{XDigit}{8}):.*");

    @TempDir
    private static Path directory;

    private static String database;
    private static RunningService service;
    private static Neighbour neighbour;

    @BeforeAll
    static void start() throws Exception {
        database = TestPostgres.shared().newDatabase();
        service = RunningService.start(directory.resolve("data"), database, Map.of(
                "RINGTALLY_HTTP_REQUEST_TIMEOUT", REQUEST_TIMEOUT_MILLIS + "ms",
                "RINGTALLY_HTTP_IDLE_TIMEOUT", IDLE_TIMEOUT_MILLIS + "ms"));
        neighbour = Neighbour.of(service, "neighbour");
    }

    @AfterAll
    static void theNeighbourWasNeverDelayedAndNothingElseWasCounted() throws Exception {
        try (RunningService ending = service) {
            long good = neighbour.finish();
            // a thread held up by slow clients is so in every test, a busy machine stalls seldom
            assertTrue(neighbour.slowAnswers() <= SLOW_ANSWERS_MAX, neighbour.slowAnswers()
                    + " slow answers, the slowest " + neighbour.slowestMillis() + " ms");
            long begun = System.nanoTime();
            assertEquals(0, ending.terminate(Duration.ofSeconds(20)), ending.log());
            long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            assertTrue(took < 4_000, "no request is open, yet the stop took " + took + " ms");
            assertFalse(ending.log().contains("ERROR"), ending.log());
            assertEquals(good, TestPostgres.sum(database));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "",
            "POST /incr",
            "POST /increment HTTP/1.1\r\nHost: x\r\nX-Slow: ",
            "POST /increment HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n",
            "POST /increment HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n{\"key\":\"",
            "POST /increment HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2328\r\n"})
    void manyRequestsThatNeverArriveWholeDelayNobodyAndAreCutOff(String beginning)
            throws Exception {
        List<RawConnection> slow = new ArrayList<>();
        try {
            for (int i = 0; i < SLOW_CLIENTS; i++) {
                slow.add(new RawConnection(service).send(beginning));
            }
            drip(slow.remove(0));
            for (RawConnection connection : slow) {
                assertTrue(connection.ends(), "answered");
            }
        } finally {
            for (RawConnection connection : slow) {
                connection.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST /nothing", "PUT /increment", "GET /status", "POST /increment",
            "GET /v1/counters/neighbour"})
    void aBodyThatNobodyWantsMayNotDripForEver(String request) throws Exception {
        try (RawConnection connection = new RawConnection(service)) {
            connection.send(request + " HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n");
            connection.answer();
            drip(connection);
        }
    }

    @Test
    void aClientThatAskedToSendAndThenDripsIsCutOff() throws Exception {
        try (RawConnection connection = new RawConnection(service)) {
            connection.send("POST /increment HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                    + "Content-Length: 9000\r\n\r\n");
            assertEquals(100, connection.answer().status());
            drip(connection);
        }
    }

    @Test
    void anIdleConnectionIsClosed() throws Exception {
        try (RawConnection connection = new RawConnection(service)) {
            connection.send("GET /status HTTP/1.1\r\nHost: x\r\n\r\n");
            assertEquals(200, connection.answer().status());
            long begun = System.nanoTime();
            assertTrue(connection.ends());
            assertWithin(begun, 3 * IDLE_TIMEOUT_MILLIS);
        }
    }

    @Test
    void aClientThatNeverReadsItsAnswersIsCutOff() throws Exception {
        byte[] request = RawConnection.bytes("GET /status HTTP/1.1\r\nHost: x\r\n\r\n");
        byte[] many = RawConnection.bytes(new String(request, "US-ASCII").repeat(1_000));
        try (RawConnection connection = new RawConnection(service)) {
            long begun = System.nanoTime();
            boolean cutOff = false;
            while (!cutOff) {
                assertWithin(begun, 3 * CUT_OFF_WITHIN_MILLIS);
                try {
                    connection.send(many);
                } catch (SocketException reset) {
                    cutOff = true;
                }
            }
        }
    }

    @Test
    void connectionsThatEndTogetherAreClosedToTheLast() throws Exception {
        byte[] request = RawConnection.bytes("GET /status HTTP/1.1\r\nHost: x\r\n\r\n");
        List<RawConnection> many = new ArrayList<>();
        double before = connections();
        try {
            for (int i = 0; i < ENDING_TOGETHER; i++) {
                many.add(new RawConnection(service).send(request));
            }
            double most = connections();
            assertTrue(most >= before + ENDING_TOGETHER / 2, before + " rose to " + most);
            for (RawConnection one : many) {
                assertEquals(200, one.answer().status());
            }
        } finally {
            for (RawConnection one : many) {
                one.close();
            }
        }
        service.await("all of them are closed", Duration.ofSeconds(20),
                () -> connections() <= before + 1);
    }

    private static double connections() {
        try {
            return Scrape.of(service).value("ringtally_http_connections");
        } catch (IOException unreachable) {
            throw new UncheckedIOException(unreachable);
        }
    }

    @Test
    void ofAnswersThatNobodyReadsTheKernelKeepsLittle() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/net/tcp")), "this needs Linux");
        byte[] many = RawConnection.bytes(
                "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(60));
        try (RawConnection connection = new RawConnection(service.port(), RECEIVE_BYTES)) {
            connection.send(many);
            long begun = System.nanoTime();
            long most = 0;
            long kept = 0;
            while (kept > 0 || most == 0) {
                assertWithin(begun, CUT_OFF_WITHIN_MILLIS);
                kept = unread(service.port(), connection.localPort());
                most = Math.max(most, kept);
            }
            assertTrue(most > RECEIVE_BYTES && most <= KEPT_BYTES_MAX, most + " bytes");
        }
    }

    /** Bytes that wait on one side of a connection for the other to take them. */
    private static long unread(int from, int to) throws IOException {
        for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
            for (String line : Files.readAllLines(Path.of(table))) {
                Matcher socket = SOCKET.matcher(line);
                if (socket.lookingAt() && Integer.parseInt(socket.group(1), 16) == from
                        && Integer.parseInt(socket.group(2), 16) == to) {
                    return Long.parseLong(socket.group(3), 16);
                }
            }
        }
        return 0;
    }

    /** Sends a byte now and then until the service ends the connection, which it must in time. */
    private static void drip(RawConnection connection) throws IOException {
        long begun = System.nanoTime();
        while (true) {
            try {
                connection.send("x");
            } catch (SocketException cutOff) {
                return;
            }
            assertWithin(begun, CUT_OFF_WITHIN_MILLIS);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private static void assertWithin(long begunNanos, long millis) {
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
        assertTrue(took <= millis, "still connected after " + took + " ms");
    }
}
