package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many clients at once, the sum in Postgres exact. */
class StressIT {

    private static final int CLIENTS = 2_000;
    private static final int EVENTS = 100_000;

    /** The six events of a user, as (user, what the user did). */
    private static final String[][] USER_EVENTS = {
            {"user-1", "move_left"}, {"user-1", "move_right"}, {"user-2", "move_left"},
            {"user-2", "move_right"}, {"user-3", "move_left"}, {"user-3", "move_right"}};

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aHundredThousandEventsFromTwoThousandClientsSumUpExactly(int shards) throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), database,
                RunningService.optimised(Map.of(
                        "RINGTALLY_TALLY_SHARDS", String.valueOf(shards))))) {
            postFromManyClients(service.port());
            assertTrue(service.get("/v1/messages/user-1?app_id=stress").body()
                    .contains("move_right"));
            assertEquals(0, service.terminate(Duration.ofSeconds(30)), service.log());
        }
        assertEquals(EVENTS, TestPostgres.sum(database));
        assertEquals("6", TestPostgres.query(database, "select count(*) from ringtally.counters"));
        assertEquals("t", TestPostgres.query(database, "select balanced from ringtally.ledger"));
    }

    @Test
    void sumsStayTheSameWhenTheNumberOfShardsChangesBetweenTwoStarts() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        for (int shards = 1; shards <= 4; shards++) {
            try (RunningService service = RunningService.start(directory.resolve("data"),
                    database, Map.of("RINGTALLY_TALLY_SHARDS", String.valueOf(shards)))) {
                for (int i = 0; i < 50; i++) {
                    assertEquals(202, service.post("/increment",
                            "{\"key\":\"k" + i + "\",\"value\":1}").statusCode());
                }
                assertTrue(service.get("/v1/counters/k7").body()
                        .contains("\"total\":" + shards), service.get("/v1/counters/k7").body());
                assertEquals(0, service.terminate(Duration.ofSeconds(30)), service.log());
            }
        }
        assertEquals(200, TestPostgres.sum(database));
    }

    /** All clients send, then all read their answers: as many requests are in flight as clients. */
    private static void postFromManyClients(int port) throws IOException {
        List<Client> clients = new ArrayList<>();
        Random random = new Random(1);
        try {
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new Client(port));
            }
            for (int round = 0; round < EVENTS / CLIENTS; round++) {
                for (Client client : clients) {
                    client.send(USER_EVENTS[random.nextInt(USER_EVENTS.length)]);
                }
                for (Client client : clients) {
                    assertEquals("HTTP/1.1 202 Accepted", client.statusLine());
                }
            }
        } finally {
            for (Client client : clients) {
                client.close();
            }
        }
    }

    private static final class Client implements AutoCloseable {

        private final Socket socket;
        private final InputStream in;

        Client(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(20_000);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream(), 512);
        }

        void send(String[] userEvent) throws IOException {
            String body = "{\"app_id\":\"stress\",\"message_id\":\"" + userEvent[0]
                    + "\",\"event\":\"" + userEvent[1] + "\"}";
            String request = "POST /api/event HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/json\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        }

        /** Reads one answer, body included, and returns its first line. */
        String statusLine() throws IOException {
            String status = line();
            int length = 0;
            String header;
            while (!(header = line()).isEmpty()) {
                if (header.startsWith("Content-Length: ")) {
                    length = Integer.parseInt(header.substring("Content-Length: ".length()));
                }
            }
            assertEquals(length, in.readNBytes(length).length);
            return status;
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            int c;
            while ((c = in.read()) != '\n') {
                if (c < 0) {
                    throw new IOException("the connection ended after: " + line);
                }
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
