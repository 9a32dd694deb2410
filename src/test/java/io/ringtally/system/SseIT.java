package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Server-sent events: what is shown, to how many, and for how long. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SseIT {

    private static final int MAX = 6;
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private static Path directory;

    private static RunningService service;

    @BeforeAll
    static void start() throws Exception {
        // whatever cuts quiet connections does so before the first sign of life
        service = RunningService.start(directory.resolve("data"),
                TestPostgres.shared().newDatabase(), Map.of("RINGTALLY_TALLY_SHARDS", "2",
                        "RINGTALLY_HTTP_IO_THREADS", "2",
                        "RINGTALLY_HTTP_SSE_MAX", String.valueOf(MAX),
                        "RINGTALLY_HTTP_SSE_HEARTBEAT", "700ms",
                        "RINGTALLY_HTTP_IDLE_TIMEOUT", "500ms",
                        "RINGTALLY_HTTP_REQUEST_TIMEOUT", "500ms"));
    }

    @AfterAll
    static void whatIsOpenEndsAtADrain() throws Exception {
        try (RunningService ending = service; Client one = open("/v1/counters/last/stream");
                Client other = open("/v1/messages/last/stream");
                Client stalled = stalledClient()) {
            assertEquals("null", one.event());
            assertEquals("null", other.event());
            assertEquals(0, ending.terminate(Duration.ofSeconds(20)), ending.log());
            assertNull(one.event());
            assertNull(other.event());
            assertTrue(stalled.isOpen());
            assertFalse(ending.log().contains("ERROR"), ending.log());
        }
    }

    /** One stream, read when the test wants to. */
    private static final class Client implements AutoCloseable {

        private final Socket socket = new Socket();
        private final BufferedReader lines;
        final String status;
        final String head;

        Client(String method, String path, int receiveBufferBytes) throws IOException {
            if (receiveBufferBytes > 0) {
                socket.setReceiveBufferSize(receiveBufferBytes);
            }
            socket.connect(new InetSocketAddress("127.0.0.1", service.port()), 5_000);
            socket.setSoTimeout((int) SOON.toMillis());
            socket.getOutputStream().write((method + " " + path
                    + " HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            lines = new BufferedReader(new InputStreamReader(socket.getInputStream(),
                    StandardCharsets.UTF_8), 1);
            status = lines.readLine();
            StringBuilder headers = new StringBuilder();
            for (String line; (line = lines.readLine()) != null && !line.isEmpty();) {
                headers.append(line).append('\n');
            }
            head = headers.toString();
        }

        boolean isOpen() {
            return status.contains(" 200 ");
        }

        /** The data of the next event, signs of life passed over; null at the end. */
        String event() throws IOException {
            String line;
            while ((line = lines.readLine()) != null) {
                if (line.startsWith("data: ")) {
                    return line.substring(6);
                }
            }
            return null;
        }

        /** Reads up to a sign of life; what came before it is an error. */
        void beat() throws IOException {
            String line;
            while (!":".equals(line = lines.readLine())) {
                assertTrue(line != null && !line.startsWith("data"), "not a beat: " + line);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static void increment(String key) throws IOException {
        assertEquals(202, service.post("/increment", "{\"key\":\"" + key + "\",\"value\":1}")
                .statusCode());
    }

    /** Opens a stream; those of clients that have left are in its way for some heartbeats. */
    private static Client open(String path) throws IOException {
        return open(path, 0);
    }

    private static Client open(String path, int receiveBufferBytes) throws IOException {
        Client[] last = new Client[1];
        service.await("room for " + path, SOON, () -> {
            try {
                if (last[0] != null) {
                    last[0].close();
                }
                last[0] = new Client("GET", path, receiveBufferBytes);
                return last[0].isOpen();
            } catch (IOException broken) {
                throw new AssertionError(broken);
            }
        });
        return last[0];
    }

    /** Takes all places that are left; the last client was refused. */
    private static List<Client> fill() throws IOException {
        List<Client> clients = new ArrayList<>();
        do {
            clients.add(new Client("GET", "/v1/counters/others/stream", 0));
        } while (clients.get(clients.size() - 1).isOpen());
        return clients;
    }

    private static void close(List<Client> clients) throws IOException {
        for (Client client : clients) {
            client.close();
        }
    }

    @Test
    @Order(3)
    void theStateComesAtOnceAndThenEachChange() throws Exception {
        try (Client counter = open("/v1/counters/seen/stream");
                Client message = open("/v1/messages/m%2F1/stream?app_id=shop")) {
            assertEquals("HTTP/1.1 200 OK", counter.status);
            assertTrue(counter.head.contains("Content-Type: text/event-stream\n"), counter.head);
            assertTrue(counter.head.contains("Cache-Control: no-store\n"), counter.head);
            assertEquals("null", counter.event());
            assertEquals("null", message.event());
            for (int i = 1; i <= 3; i++) {
                increment("seen");
                // the very answer of a read
                assertEquals(service.get("/v1/counters/seen").body(), counter.event());
            }
            service.post("/api/event",
                    "{\"app_id\":\"shop\",\"message_id\":\"m/1\",\"event\":\"a\"}");
            assertEquals(service.get("/v1/messages/m%2F1?app_id=shop").body(), message.event());
            service.post("/api/event",
                    "{\"app_id\":\"shop\",\"message_id\":\"m/1\",\"event\":\"b\"}");
            assertEquals(service.get("/v1/messages/m%2F1?app_id=shop").body(), message.event());
            // others' changes are none of theirs
            increment("other");
            counter.beat();
            try (Client late = open("/v1/counters/seen/stream")) {
                assertEquals(service.get("/v1/counters/seen").body(), late.event());
            }
        }
    }

    @Test
    @Order(4)
    void manyChangesAreAFewEventsAndTheLastOneIsRight() throws Exception {
        try (Client client = open("/v1/counters/many/stream")) {
            long begun = System.nanoTime();
            for (int i = 0; i < 400; i++) {
                increment("many");
            }
            int events = 0;
            String state;
            do {
                state = client.event();
                events++;
            } while (!state.contains("\"total\":400,"));
            double seconds = (System.nanoTime() - begun) / 1e9;
            assertTrue(events <= 2 + 4 * seconds, events + " events in " + seconds + " s");
            client.beat();
        }
    }

    @Test
    @Order(5)
    void aQuietStreamOutlivesTheIdleTimeout() throws Exception {
        try (Client client = open("/v1/counters/quiet/stream")) {
            assertEquals("null", client.event());
            for (int i = 0; i < 4; i++) {
                client.beat();
            }
            increment("quiet");
            assertEquals(service.get("/v1/counters/quiet").body(), client.event());
        }
    }

    @Test
    @Order(6)
    void asManyAsAreAllowedAndThoseWhoLeaveMakeRoom() throws Exception {
        List<Client> clients = fill();
        try {
            Client refused = clients.get(clients.size() - 1);
            assertTrue(refused.status.contains(" 503 "), refused.status);
            assertTrue(refused.head.contains("Retry-After: "), refused.head);
            assertTrue(clients.size() <= MAX + 1, clients.size() + " clients");
        } finally {
            close(clients);
        }
        open("/v1/counters/full/stream").close();
    }

    private static Client stalledClient() throws IOException {
        String events = IntStream.range(0, 90).mapToObj(i ->
                "{\"app_id\":\"s\",\"message_id\":\"large\",\"event\":\"" + "e".repeat(120) + i
                + "\"}").collect(Collectors.joining("\n"));
        assertEquals(202, service.post("/v1/events", "application/x-ndjson", events).statusCode());
        return open("/v1/messages/large/stream?app_id=s", 4_096);
    }

    @Test
    @Order(1)
    void aClientThatDoesNotReadIsDroppedAndHoldsNobodyUp() throws Exception {
        // the first test: nobody has left yet
        List<Client> clients = List.of();
        try (Client stalled = stalledClient();
                Client healthy = open("/v1/counters/healthy/stream")) {
            assertTrue(stalled.isOpen());
            assertEquals("null", healthy.event());
            clients = fill();
            assertEquals(MAX - 2 + 1, clients.size());
            int[] changes = {0};
            service.await("the stalled one's place is free", SOON, () -> {
                try {
                    service.post("/api/event", "{\"app_id\":\"s\",\"message_id\":\"large\","
                            + "\"event\":\"change\"}");
                    increment("healthy");
                    changes[0]++;
                    assertTrue(healthy.event().contains("\"total\":" + changes[0] + ","));
                    try (Client probe = new Client("GET", "/v1/counters/late/stream", 0)) {
                        return probe.isOpen();
                    }
                } catch (IOException broken) {
                    throw new AssertionError(broken);
                }
            });
            assertTrue(changes[0] > 3, "dropped after " + changes[0] + " changes");
        } finally {
            close(clients);
        }
    }

    @Test
    @Order(2)
    void whatCannotBeShownIsRefused() throws Exception {
        String events = IntStream.rangeClosed(0, 100).mapToObj(i ->
                "{\"app_id\":\"s\",\"message_id\":\"wide\",\"event\":\"" + i + "\"}")
                .collect(Collectors.joining("\n"));
        service.post("/v1/events", "application/x-ndjson", events);
        String wide = "/v1/messages/wide/stream?app_id=s";
        service.await("room to be told", SOON, () -> {
            try {
                return service.get(wide).statusCode() != 503;
            } catch (IOException broken) {
                throw new AssertionError(broken);
            }
        });
        assertEquals(400, service.get(wide).statusCode());
        assertTrue(service.get(wide).body().contains("too-many-counters"));
        assertEquals(400, service.get("/v1/counters/%FF/stream").statusCode());
        for (String method : List.of("POST", "HEAD")) {
            try (Client other = new Client(method, "/v1/counters/seen/stream", 0)) {
                assertTrue(other.status.contains(" 405 "), other.status);
                assertTrue(other.head.contains("Allow: GET\n"), other.head);
            }
        }
        for (String path : List.of("/v1/counters//stream", "/v1/counters/a/b/stream",
                "/v1/stream", "/v1/counters/a/streams")) {
            assertEquals(404, service.get(path).statusCode(), path);
        }
        // ids of these names
        increment("stream");
        assertTrue(service.get("/v1/counters/stream").body().contains("\"total\":1,"));
    }
}
