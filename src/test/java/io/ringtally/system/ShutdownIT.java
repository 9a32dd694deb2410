package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of a service: what it has acknowledged is in Postgres, or it says what is not. */
class ShutdownIT {

    private static final int ROUNDS = 10;

    /** What a busy test machine may add; less than any wait for Postgres would (5 s and more). */
    private static final long STALL_MILLIS = 2_500;

    @TempDir
    private Path directory;

    @Test
    void everythingAcknowledgedBeforeATermIsInPostgres() throws Exception {
        SplittableRandom random = new SplittableRandom();
        for (int round = 0; round < ROUNDS; round++) {
            String url = TestPostgres.shared().newDatabase();
            try (RunningService service = RunningService.start(
                    directory.resolve("data-" + round), url, Map.of());
                    Load load = Load.on(service, 50, 100, 2_000_000)) {
                boolean politely = round % 2 == 0;
                load.awaitAcks(200);
                if (politely) {
                    load.leavingWhenRefused();
                }
                LockSupport.parkNanos(random.nextInt(100_000_000));
                long begun = System.nanoTime();
                assertEquals(0, service.terminate(Duration.ofSeconds(20)), service.log());
                long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
                load.stop();
                load.verify(url);
                assertEquals(String.valueOf(load.acked()), TestPostgres.query(url,
                        "select sum(events) from ringtally.counters"),
                        "round " + round + ": " + load.statuses());
                if (politely) {
                    assertEquals(0, load.unknown(), "a request was never answered: "
                            + load.statuses());
                }
                assertTrue(millis < 10_000, "the stop took " + millis + " ms");
            }
        }
    }

    @Test
    void withoutPostgresItEndsInTimeAndSaysWhatIsLeft() throws Exception {
        try (TestPostgres own = TestPostgres.own()) {
            String url = own.newDatabase();
            try (RunningService service = RunningService.start(directory.resolve("data"), url,
                    Map.of("RINGTALLY_SHUTDOWN_DRAIN_TIMEOUT", "2s",
                            "RINGTALLY_PERSIST_MIN_INTERVAL", "20ms",
                            "RINGTALLY_PERSIST_MAX_DELAY", "100ms"));
                    PostClient client = new PostClient(service.port())) {
                PostgresFaults.stop(own.server());
                for (int i = 0; i < 30; i++) {
                    assertEquals(202, client.increment("key-" + i, 1));
                }
                service.await("a flush has failed", Duration.ofSeconds(20), () ->
                        service.status().contains("\"unpersisted_events\":30,")
                        && service.status().contains("\"status\":\"degraded\""));
                for (int i = 0; i < 5; i++) {
                    assertEquals(202, client.increment("other-" + i, 1));
                }
                long begun = System.nanoTime();
                assertEquals(3, service.terminate(Duration.ofSeconds(20)), service.log());
                long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
                assertTrue(millis < 2_000 + STALL_MILLIS, "the stop took " + millis + " ms");
                assertTrue(service.log().contains("35 events, changes of 35 counters, are not in"
                        + " Postgres"), service.log());
            }
        }
    }

    @Test
    void withAHaltedPostgresItEndsInTimeToo() throws Exception {
        try (TestPostgres own = TestPostgres.own()) {
            String url = own.newDatabase();
            try (RunningService service = RunningService.start(directory.resolve("data"), url,
                    Map.of("RINGTALLY_SHUTDOWN_DRAIN_TIMEOUT", "2s",
                            "RINGTALLY_PERSIST_MIN_INTERVAL", "20ms",
                            "RINGTALLY_PERSIST_MAX_DELAY", "100ms"));
                    PostClient client = new PostClient(service.port())) {
                assertEquals(202, client.increment("before", 1));
                service.await("the first flush", Duration.ofSeconds(20), () ->
                        service.status().contains("\"flushed_events\":1,"));
                var halted = PostgresFaults.halt(own.server());
                try {
                    assertEquals(202, client.increment("after", 1));
                    service.await("a flush hangs", Duration.ofSeconds(20), () ->
                            service.status().matches(
                                    ".*\"persisted_lag_ms\":([3-9]\\d\\d|\\d{4,}),.*"));
                    long begun = System.nanoTime();
                    assertEquals(3, service.terminate(Duration.ofSeconds(20)), service.log());
                    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
                    assertTrue(millis < 2_000 + STALL_MILLIS, "the stop took " + millis + " ms");
                } finally {
                    PostgresFaults.resume(halted);
                }
            }
        }
    }

    @Test
    void aServiceWhoseLogWasTakenOverEndsAndSaysSo() throws Exception {
        String url = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), url,
                Map.of("RINGTALLY_PERSIST_MIN_INTERVAL", "20ms",
                        "RINGTALLY_PERSIST_MAX_DELAY", "200ms"));
                PostClient client = new PostClient(service.port())) {
            assertEquals(202, client.increment("k", 1));
            service.await("the first flush", Duration.ofSeconds(20), () ->
                    service.status().contains("\"flushed_events\":1,"));
            TestPostgres.query(url,
                    "update ringtally.checkpoint set epoch = epoch + 1 returning 1");
            assertEquals(202, client.increment("k", 1));
            assertEquals(4, service.awaitExit(Duration.ofSeconds(20)), service.log());
            assertTrue(service.log().contains("another process writes this log"), service.log());
        }
        assertEquals(1, TestPostgres.sum(url), "whoever is fenced adds nothing");
    }
}
