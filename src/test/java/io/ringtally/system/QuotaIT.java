package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An app has so many messages, and goes on counting those it has. */
class QuotaIT {

    private static final int QUOTA = 40;
    private static final int CLIENTS = 8;
    private static final int RING_SLOTS = 64;
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path directory;
    private RunningService service;

    @Test
    void newMessagesAreRefusedAndKnownOnesGoOnAlsoAfterACrash() throws Exception {
        String url = TestPostgres.shared().newDatabase();
        Path file = Files.writeString(directory.resolve("quota.conf"),
                "apps { shop { max-messages = " + QUOTA + " }, free { max-messages = off } }\n"
                        + "limits.app.max-messages = 3\n");
        Map<String, String> settings = Map.of("RINGTALLY_CONFIG", file.toString(),
                "RINGTALLY_RING_SLOTS", String.valueOf(RING_SLOTS),
                "RINGTALLY_TALLY_SHARDS", "2");
        int messages;
        try (RunningService first = RunningService.start(directory.resolve("data"), url,
                settings)) {
            service = first;
            messages = burst();
            // those that were in the ring when the last one was counted, one in a slot
            assertTrue(messages >= QUOTA && messages <= QUOTA + RING_SLOTS, "took " + messages);
            assertAtItsQuota();
            assertOthersHaveTheirOwn();
            first.kill();
        }
        try (RunningService second = RunningService.start(directory.resolve("data"), url,
                settings)) {
            service = second;
            assertAtItsQuota();
            assertTrue(second.status().contains("\"quotas_used_up\":2"), second.status());
            assertEquals(0, second.terminate(SOON), second.log());
        }
        assertEquals(String.valueOf(messages), TestPostgres.query(url, "select"
                + " count(distinct message_id) from ringtally.counters where app_id = 'shop'"));
        assertEquals("t", TestPostgres.query(url, "select balanced from ringtally.ledger"));
    }

    /** Clients make new messages at once until each is refused; returns how many were taken. */
    private int burst() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<Integer>> taken = new ArrayList<>();
            for (int number = 0; number < CLIENTS; number++) {
                String client = "c" + number + "-";
                taken.add(clients.submit(() -> {
                    int count = 0;
                    int status;
                    while ((status = post("shop", client + count, "made").statusCode()) != 507) {
                        // or the ring is full
                        count += status == 202 ? 1 : 0;
                    }
                    return count;
                }));
            }
            int sum = 0;
            for (Future<Integer> count : taken) {
                sum += count.get();
            }
            return sum;
        } finally {
            clients.shutdownNow();
        }
    }

    private void assertAtItsQuota() throws Exception {
        HttpResponse<String> refused = post("shop", "one-more", "made");
        assertEquals(507, refused.statusCode(), refused.body());
        assertTrue(refused.body().contains("quota-used-up"), refused.body());
        assertEquals("60", refused.headers().firstValue("retry-after").orElse("none"));
        assertEquals(202, post("shop", "c0-0", "made").statusCode());
        assertEquals(202, post("shop", "c0-0", "another").statusCode(), "a known message");
        HttpResponse<String> whole = service.post("/v1/events", "application/x-ndjson",
                lines("c0-0", "one-more"));
        assertEquals(507, whole.statusCode(), whole.body());
        HttpResponse<String> partial = service.post("/v1/events?mode=partial",
                "application/x-ndjson", lines("c0-0", "one-more", "c0-0", "yet-another"));
        assertEquals(202, partial.statusCode(), partial.body());
        assertTrue(partial.body().contains("\"accepted\":2,")
                && partial.body().contains("\"index\":1,\"line\":2,")
                && partial.body().contains("\"index\":3,\"line\":4,")
                && partial.body().contains("as many messages as its quota"), partial.body());
    }

    private void assertOthersHaveTheirOwn() throws Exception {
        for (int i = 0; i < 2 * QUOTA; i++) {
            assertEquals(202, post("free", "m" + i, "made").statusCode());
        }
        for (int i = 0; i < 3; i++) {
            assertEquals(202, service.post("/increment", "{\"key\":\"k" + i
                    + "\",\"value\":1}").statusCode());
        }
        // a read waits until its shard has counted; there are two
        for (int i = 0; i < 3; i++) {
            assertEquals(200, service.get("/v1/counters/k" + i).statusCode());
        }
        assertEquals(507, service.post("/increment", "{\"key\":\"k3\",\"value\":1}")
                .statusCode());
    }

    private HttpResponse<String> post(String app, String message, String event) throws Exception {
        return service.postWhenThereIsRoom("/api/event", "{\"app_id\":\"" + app
                + "\",\"message_id\":\"" + message + "\",\"event\":\"" + event + "\"}");
    }

    private static String lines(String... messages) {
        return IntStream.range(0, messages.length).mapToObj(i -> "{\"app_id\":\"shop\","
                + "\"message_id\":\"" + messages[i] + "\",\"event\":\"made\"}")
                .collect(Collectors.joining("\n"));
    }
}
