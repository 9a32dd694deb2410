package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two services, each with a log of its own, count into one database. */
class TwoInstancesIT {

    private static final int POSTS = 10_000;
    private static final int CLIENTS = 16;
    private static final int KEYS = 25;

    @TempDir
    private Path directory;

    @Test
    void tenThousandPostsEachToTheSameKeysAreTwentyThousand() throws Exception {
        String url = TestPostgres.shared().newDatabase();
        // one flush after the other, so that they meet
        Map<String, String> busy = RunningService.optimised(Map.of(
                "RINGTALLY_PERSIST_MAX_UPDATES", "1", "RINGTALLY_PERSIST_MAX_DELAY", "50ms",
                "RINGTALLY_PERSIST_MIN_INTERVAL", "0ms"));
        try (RunningService one = RunningService.start(directory.resolve("one"), url, busy);
                RunningService two = RunningService.start(directory.resolve("two"), url, busy)) {
            List<Thread> clients = new ArrayList<>();
            AtomicInteger[] left = {new AtomicInteger(POSTS), new AtomicInteger(POSTS)};
            AtomicInteger refused = new AtomicInteger();
            for (int number = 0; number < CLIENTS; number++) {
                int port = number % 2 == 0 ? one.port() : two.port();
                AtomicInteger own = left[number % 2];
                Thread client = new Thread(() -> post(port, own, refused));
                clients.add(client);
                client.start();
            }
            for (Thread client : clients) {
                client.join(240_000);
                assertFalse(client.isAlive(), "a client posts for more than 240 s");
            }
            assertEquals(0, refused.get());
            assertTrue(one.status().contains("\"last_error\":\"\""), one.status());
            assertTrue(two.status().contains("\"last_error\":\"\""), two.status());
            assertEquals(0, one.terminate(Duration.ofSeconds(20)), one.log());
            assertEquals(0, two.terminate(Duration.ofSeconds(20)), two.log());
        }
        assertEquals(2 * POSTS, TestPostgres.sum(url));
        assertEquals(KEYS + "/" + 2 * POSTS / KEYS + "/" + 2 * POSTS / KEYS,
                TestPostgres.query(url, "select count(*) || '/' || min(total) || '/' || max(events)"
                        + " from ringtally.counters"));
        assertEquals("2", TestPostgres.query(url, "select count(*) from ringtally.checkpoint"));
        assertEquals("t", TestPostgres.query(url, "select balanced from ringtally.ledger"));
        assertEquals("0", TestPostgres.query(url, "select deadlocks from pg_stat_database"
                + " where datname = current_database()"));
    }

    private static void post(int port, AtomicInteger left, AtomicInteger refused) {
        try (PostClient client = new PostClient(port)) {
            int number;
            while ((number = left.getAndDecrement()) > 0) {
                if (client.increment("shared-" + number % KEYS, 1) != 202) {
                    refused.incrementAndGet();
                }
            }
        }
    }
}
