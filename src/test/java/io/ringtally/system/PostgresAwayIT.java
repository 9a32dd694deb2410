package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Postgres goes away in every way it can, under load: counting goes on, and the sums are exact. */
class PostgresAwayIT {

    private static final int RING_SLOTS = 1_024;
    private static final Map<String, String> QUICK = Map.of(
            "RINGTALLY_PERSIST_MAX_DELAY", "300ms", "RINGTALLY_PERSIST_MIN_INTERVAL", "20ms");

    private static TestPostgres postgres;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startPostgres() throws Exception {
        postgres = TestPostgres.own();
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @Test
    void countsOnWhilePostgresIsStoppedForEightSeconds() throws Exception {
        String url = postgres.newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), url, QUICK);
                Load load = Load.on(service, 4, 50, 500_000)) {
            load.awaitAcks(500);
            PostgresFaults.stop(postgres.server());
            long stopped = System.nanoTime();
            service.awaitStatus("degraded");
            long lag = lagMillis(service);
            load.awaitAcks(500);
            await(stopped, 8_000);
            assertTrue(lagMillis(service) > Math.max(lag, 5_000), service.status());
            assertTrue(service.status().contains("\"reason\":\"Postgres does not take flushes"),
                    service.status());
            long refused = load.refused();
            load.awaitAcks(100);
            assertEquals(0, refused, "every post was taken: " + load.statuses());
            assertTrue(postgres.server().ensureRunning());
            service.awaitStatus("up");
            load.awaitAcks(200);
            finish(service, load, url);
        }
    }

    @Test
    void losesNothingWhenPostgresIsKilledDuringFlushes() throws Exception {
        String url = postgres.newDatabase();
        SplittableRandom random = new SplittableRandom();
        try (RunningService service = RunningService.start(directory.resolve("data"), url,
                Map.of("RINGTALLY_PERSIST_MAX_UPDATES", "1", "RINGTALLY_PERSIST_MAX_DELAY",
                        "100ms", "RINGTALLY_PERSIST_MIN_INTERVAL", "0ms"));
                Load load = Load.on(service, 4, 3_000, 300_000)) {
            for (int round = 0; round < 4; round++) {
                load.awaitAcks(300);
                // with these settings one flush follows the other: any moment is during one
                long moment = System.nanoTime();
                await(moment, random.nextInt(60));
                PostgresFaults.kill(postgres.server().postmasterPid());
                load.awaitAcks(100);
                assertTrue(postgres.server().ensureRunning());
                service.awaitStatus("up");
            }
            finish(service, load, url);
        }
    }

    @Test
    void countsOnWhilePostgresIsHalted() throws Exception {
        String url = postgres.newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), url, QUICK);
                Load load = Load.on(service, 4, 50, 500_000)) {
            load.awaitAcks(500);
            List<ProcessHandle> halted = PostgresFaults.halt(postgres.server());
            try {
                long since = System.nanoTime();
                load.awaitAcks(300);
                await(since, 6_500);
                assertTrue(lagMillis(service) > 5_500, service.status());
                assertTrue(service.status().contains("\"status\":\"degraded\""), service.status());
                assertEquals(0, load.refused(), load.statuses());
            } finally {
                PostgresFaults.resume(halted);
            }
            service.awaitStatus("up");
            load.awaitAcks(200);
            finish(service, load, url);
        }
    }

    @Test
    void refusesWhatMemoryMayNotHoldAndResumesByItself() throws Exception {
        String url = postgres.newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), url,
                Map.of("RINGTALLY_PERSIST_MAX_PENDING_COUNTERS", "200",
                        "RINGTALLY_RING_SLOTS", String.valueOf(RING_SLOTS),
                        "RINGTALLY_PERSIST_MAX_DELAY", "300ms"));
                Load load = Load.on(service, 4, 5_000, 300_000)) {
            load.awaitAcks(200);
            PostgresFaults.stop(postgres.server());
            service.await("ingest is refused", Duration.ofSeconds(20), () ->
                    load.statuses().contains("503")
                    && service.status().contains("\"admission\":\"backlog_full\""));
            var refused = service.post("/increment", "{\"key\":\"one-more\",\"value\":1}");
            assertEquals(503, refused.statusCode());
            assertTrue(refused.headers().firstValue("Retry-After").isPresent());
            assertTrue(refused.body().contains("backlog-full"), refused.body());
            long pending = number(service.status(), "pending_counters");
            // a batch is applied whole, and what is in the ring by then is applied as well
            assertTrue(pending <= 200 + 2 * RING_SLOTS, "bounded, not " + pending);
            postgres.server().ensureRunning();
            load.awaitAcks(500);
            service.awaitStatus("up");
            finish(service, load, url);
        }
    }

    @Test
    void startsItsOwnDatabaseAgainWhenThatIsKilled() throws Exception {
        int port = RunningService.freePort();
        Path data = directory.resolve("data");
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/ringtally?user=postgres";
        try (RunningService service = RunningService.launch(data, Map.of(
                "RINGTALLY_DB_EMBEDDED_PORT", String.valueOf(port),
                "RINGTALLY_PERSIST_MAX_DELAY", "300ms"))) {
            service.awaitStatus("up");
            try (Load load = Load.on(service, 4, 500, 300_000)) {
                load.awaitAcks(500);
                long killed = postmasterPid(data);
                PostgresFaults.kill(killed);
                load.awaitAcks(200);
                service.await("another server runs", Duration.ofSeconds(30),
                        () -> postmasterPid(data) != killed && postmasterPid(data) != 0);
                service.awaitStatus("up");
                load.awaitAcks(200);
                load.stop();
                assertEquals(0, load.unknown());
                flushed(service, url, load.acked());
                load.verify(url);
            } finally {
                assertEquals(0, service.terminate(Duration.ofSeconds(30)), service.log());
            }
        }
    }

    private static long postmasterPid(Path data) {
        try {
            return Long.parseLong(Files.readAllLines(data.resolve("postgres/postmaster.pid"))
                    .get(0).strip());
        } catch (IOException | IndexOutOfBoundsException between) {
            return 0;
        }
    }

    private static void finish(RunningService service, Load load, String url)
            throws Exception {
        load.stop();
        assertEquals(0, load.unknown(), load.statuses());
        flushed(service, url, load.acked());
        load.verify(url);
        assertEquals(0, service.terminate(Duration.ofSeconds(20)), service.log());
        load.verify(url);
    }

    private static void flushed(RunningService service, String url, long events)
            throws IOException {
        service.await(events + " events are in Postgres", Duration.ofSeconds(30), () -> {
            try {
                return Long.parseLong(TestPostgres.query(url,
                        "select sum(events) from ringtally.counters")) >= events;
            } catch (SQLException | NumberFormatException notYet) {
                return false;
            }
        });
    }

    private static long lagMillis(RunningService service) {
        return number(service.status(), "persisted_lag_ms");
    }

    private static long number(String json, String field) {
        Matcher matcher = Pattern.compile("\"" + field + "\":(\\d+)").matcher(json);
        assertTrue(matcher.find(), json);
        return Long.parseLong(matcher.group(1));
    }

    /** Lets an outage last: the point is its length, not something that comes after it. */
    private static void await(long sinceNanos, long millis) {
        long end = sinceNanos + TimeUnit.MILLISECONDS.toNanos(millis);
        long left;
        while ((left = end - System.nanoTime()) > 0) {
            LockSupport.parkNanos(left);
        }
    }
}
