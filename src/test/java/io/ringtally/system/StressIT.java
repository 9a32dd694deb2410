package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
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
    /** The first with a pause of a second before each; a stalled disk is back by then. */
    private static final int TRIES_MAX = 30;

    /** Three users, each of whom moves left or right. */
    private static final byte[][] REQUESTS = {
            request("user-1", "move_left"), request("user-1", "move_right"),
            request("user-2", "move_left"), request("user-2", "move_right"),
            request("user-3", "move_left"), request("user-3", "move_right")};

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aHundredThousandEventsFromTwoThousandClientsSumUpExactly(int shards) throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), database,
                RunningService.optimised(Map.of(
                        "RINGTALLY_TALLY_SHARDS", String.valueOf(shards))))) {
            postFromManyClients(service);
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

    /**
     * All clients send, then all read their answers: as many requests are in flight as clients. A
     * full ring, as on a disk that stalls, is the one refusal there may be; the client comes back
     * when told to.
     */
    private static void postFromManyClients(RunningService service) throws Exception {
        List<RawConnection> clients = new ArrayList<>();
        Random random = new Random(1);
        try {
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new RawConnection(service));
            }
            for (int round = 0; round < EVENTS / CLIENTS; round++) {
                int[] sent = random.ints(CLIENTS, 0, REQUESTS.length).toArray();
                for (int i = 0; i < CLIENTS; i++) {
                    clients.get(i).send(REQUESTS[sent[i]]);
                }
                for (int i = 0; i < CLIENTS; i++) {
                    RawConnection client = clients.get(i);
                    RawConnection.Answer answer = client.answer();
                    if (answer.status() != 202) {
                        assertTrue(answer.body().contains("ring-full"), answer.toString());
                        byte[] request = REQUESTS[sent[i]];
                        service.await("room in the ring", Duration.ofSeconds(30),
                                () -> isAccepted(client, request));
                    }
                }
            }
        } finally {
            for (RawConnection client : clients) {
                client.close();
            }
        }
    }

    private static boolean isAccepted(RawConnection client, byte[] request) {
        try {
            return client.send(request).answer().status() == 202;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static byte[] request(String user, String event) {
        return RawConnection.post("/api/event", RawConnection.bytes("{\"app_id\":\"stress\","
                + "\"message_id\":\"" + user + "\",\"event\":\"" + event + "\"}"),
                "Content-Type: application/json\r\n");
    }
}
