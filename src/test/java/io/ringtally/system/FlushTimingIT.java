package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How soon what was counted is in Postgres. */
class FlushTimingIT {

    /** What a busy test machine may add to a promise now and then, and what it always may. */
    private static final long STALL_MILLIS = 8_000;
    private static final long GRACE_MILLIS = 500;

    /** Much longer than a flush takes, much shorter than the ten seconds of a timed one. */
    private static final long AT_ONCE_MILLIS = 4_000;

    @TempDir
    private Path directory;
    private String url;

    @BeforeEach
    void makeDatabase() throws Exception {
        url = TestPostgres.shared().newDatabase();
    }

    @Test
    void onePostThenSilenceIsThereWithinMaxDelay() throws Exception {
        try (RunningService service = RunningService.start(directory.resolve("data"), url,
                Map.of("RINGTALLY_PERSIST_MAX_DELAY", "1s"))) {
            long best = Long.MAX_VALUE;
            for (int round = 0; round < 3; round++) {
                long took = millisUntilVisible(service, "silent-" + round);
                assertTrue(took <= 1_000 + STALL_MILLIS, "took " + took + " ms");
                best = Math.min(best, took);
            }
            assertTrue(best <= 1_000 + GRACE_MILLIS, "took " + best + " ms at best");
        }
    }

    @Test
    void byDefaultThatIsFiveSecondsUnderLoadTooAndTheStatusShowsTheLag() throws Exception {
        try (RunningService service = RunningService.start(directory.resolve("data"), url,
                RunningService.optimised(Map.of()))) {
            long took = millisUntilVisible(service, "silent");
            assertTrue(took <= 5_000 + STALL_MILLIS, "took " + took + " ms");
            try (Load load = Load.on(service, 4, 1_000, 500_000)) {
                load.awaitAcks(500);
                service.await("the lag of unpersisted events in /status", Duration.ofSeconds(5),
                        () -> service.status().matches(
                                ".*\"persisted_lag_ms\":[1-9][0-9]*,.*"));
                took = millisUntilVisible(service, "marker");
                assertTrue(took <= 5_000 + STALL_MILLIS, "took " + took + " ms");
                load.stop();
                assertEquals(0, service.terminate(Duration.ofSeconds(20)), service.log());
                load.verify(url);
            }
        }
    }

    @Test
    void theUpdateAfterMaxUpdatesFlushesAtOnce() throws Exception {
        try (RunningService service = RunningService.start(directory.resolve("data"), url,
                Map.of("RINGTALLY_PERSIST_MAX_UPDATES", "100",
                        "RINGTALLY_PERSIST_MAX_DELAY", "10s"));
                PostClient client = new PostClient(service.port())) {
            // all of one key
            for (int i = 0; i < 100; i++) {
                assertEquals(202, client.increment("one", 1));
            }
            long begun = System.nanoTime();
            while (System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(1)) {
                assertEquals("0", TestPostgres.query(url, "select count(*) from ringtally.counter"),
                        "a hundred are not enough");
                LockSupport.parkNanos(50_000_000);
            }
            assertEquals(202, client.increment("one", 1));
            assertVisibleWithin("one", 101, AT_ONCE_MILLIS);
            // and each of its own
            for (int i = 0; i < 101; i++) {
                assertEquals(202, client.increment("key-" + i, 1));
            }
            assertVisibleWithin("key-100", 1, AT_ONCE_MILLIS);
            assertEquals(202, TestPostgres.sum(url));
        }
    }

    private void assertVisibleWithin(String key, long total, long millis) throws Exception {
        long took = millisUntilTotal(key, total, System.nanoTime());
        assertTrue(took <= millis, "took " + took + " ms");
    }

    private long millisUntilVisible(RunningService service, String key) throws Exception {
        try (PostClient client = new PostClient(service.port())) {
            assertEquals(202, client.increment(key, 1));
        }
        return millisUntilTotal(key, 1, System.nanoTime());
    }

    private long millisUntilTotal(String key, long total, long sinceNanos) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement statement = connection.prepareStatement(
                        "select total from ringtally.counters where message_id = ?")) {
            statement.setString(1, key);
            while (true) {
                try (ResultSet row = statement.executeQuery()) {
                    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos);
                    if (row.next() && row.getLong(1) >= total) {
                        return millis;
                    }
                    assertTrue(millis < 20_000, "waited 20 s for " + key + " in Postgres");
                }
                LockSupport.parkNanos(5_000_000);
            }
        }
    }
}
