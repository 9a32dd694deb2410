package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.persist.Database;
import io.ringtally.persist.DatabaseSettings;
import io.ringtally.persist.FaultProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start takes nothing before it knows everything, and says what keeps it from starting. */
class StartIT {

    private static final int COUNTERS = 300_000;
    private static final long BASE = 1_000_000;
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path directory;
    private String url;

    @BeforeEach
    void makeDatabase() throws Exception {
        url = TestPostgres.shared().newDatabase();
    }

    @Test
    void nothingIsTakenBeforeTheOldValuesAreReadAndNoAckIsLost() throws Exception {
        fill(COUNTERS);
        try (RunningService service = launch(Map.of());
                Load load = Load.on(service, 4, 50, 100_000)) {
            Pattern progress = Pattern.compile("\"loaded_counters\":([1-9]\\d*)"
                    + ",\"expected_counters\":([1-9]\\d*)");
            service.await("progress of the start", SOON, () -> {
                Matcher seen = progress.matcher(service.status());
                return seen.find() && Long.parseLong(seen.group(1)) <= COUNTERS + 50;
            });
            service.awaitStatus("up");
            assertTrue(load.statuses().contains("503="), load.statuses());
            load.awaitAcks(200);
            String read = service.get("/v1/counters/load-7").body();
            Matcher total = Pattern.compile("\"total\":(\\d+)").matcher(read);
            assertTrue(total.find() && Long.parseLong(total.group(1)) > BASE, read);
            load.stop();
            assertEquals(0, load.unknown());
            assertEquals(0, service.terminate(SOON), service.log());
            load.verify(url, BASE);
        }
        assertEquals(String.valueOf(COUNTERS + 50),
                TestPostgres.query(url, "select count(*) from ringtally.counter"));
    }

    @Test
    void withoutPostgresItIsStartingUntilPostgresComes() throws Exception {
        int port = RunningService.freePort();
        int real = TestPostgres.shared().server().port();
        try (RunningService service = RunningService.launch(directory.resolve("data"), Map.of(
                "RINGTALLY_DB_USER", "postgres",
                "RINGTALLY_DB_URL", url.replace(":" + real + "/", ":" + port + "/")))) {
            service.await("a reason", SOON, () -> service.status()
                    .contains("\"reason\":\"Postgres cannot be used yet"));
            assertEquals(503, service.get("/status").statusCode());
            assertTrue(service.status().contains("\"status\":\"starting\""), service.status());
            var refused = service.post("/increment", "{\"key\":\"k\",\"value\":1}");
            assertEquals(503, refused.statusCode());
            assertTrue(refused.headers().firstValue("Retry-After").isPresent());
            assertTrue(refused.body().contains("starting"), refused.body());
            try (FaultProxy comes = new FaultProxy(port, real)) {
                assertEquals(port, comes.port());
                service.awaitStatus("up");
                assertEquals(202,
                        service.post("/increment", "{\"key\":\"k\",\"value\":1}").statusCode());
                assertEquals(0, service.terminate(SOON), service.log());
            }
        }
        assertEquals(1, TestPostgres.sum(url));
    }

    @Test
    void aConnectionLostJustAfterTheCountersWereReadStartsNothingTwice() throws Exception {
        fill(1_000);
        int real = TestPostgres.shared().server().port();
        try (FaultProxy proxy = new FaultProxy(real)) {
            proxy.cutBefore("ROLLBACK", "copy ringtally.counter");
            try (RunningService service = RunningService.start(directory.resolve("data"),
                    url.replace(":" + real + "/", ":" + proxy.port() + "/"), Map.of());
                    Load load = Load.on(service, 2, 50, 100_000)) {
                assertTrue(proxy.hasCaught(5_000), "the fault did not happen");
                load.awaitAcks(500);
                load.stop();
                assertEquals(0, service.terminate(SOON), service.log());
                load.verify(url, BASE);
                assertFalse(service.log().contains("died"), service.log());
            }
        }
    }

    @Test
    void aDataDirectoryInUseAndATakenPortAreRefused() throws Exception {
        try (RunningService first = launch(Map.of())) {
            first.awaitStatus("up");
            try (RunningService second = launch(Map.of())) {
                assertEquals(1, second.awaitExit(SOON));
                assertTrue(second.log().contains("is in use by another running Ringtally"),
                        second.log());
            }
            try (RunningService third = RunningService.launch(directory.resolve("other"), Map.of(
                    "RINGTALLY_DB_URL", url,
                    "RINGTALLY_HTTP_PORT", String.valueOf(first.port())))) {
                assertEquals(1, third.awaitExit(SOON));
                assertTrue(third.log().contains("cannot listen on 127.0.0.1:" + first.port()),
                        third.log());
                assertFalse(third.log().contains("everything accepted is in Postgres"),
                        third.log());
            }
            assertEquals(202,
                    first.post("/increment", "{\"key\":\"k\",\"value\":1}").statusCode());
        }
    }

    @Test
    void aConfigurationThatCannotBeUsedIsRefused() throws Exception {
        Path file = directory.resolve("wrong.conf");
        Files.writeString(file, "persist.max-delays = 2s\n");
        try (RunningService unknown = launch(Map.of("RINGTALLY_CONFIG", file.toString()))) {
            assertEquals(2, unknown.awaitExit(SOON));
            assertTrue(unknown.log().contains("there is no key persist.max-delays; the nearest one"
                    + " is persist.max-delay"), unknown.log());
        }
        try (RunningService outOfRange = launch(Map.of("RINGTALLY_PERSIST_MAX_DELAY", "11s"))) {
            assertEquals(2, outOfRange.awaitExit(SOON));
            assertTrue(outOfRange.log().contains(
                    "persist.max-delay = 11000 ms is out of range: 50 ms to 10 s"),
                    outOfRange.log());
        }
    }

    @Test
    void aStoreTooSmallForWhatPostgresHoldsIsRefused() throws Exception {
        fill(COUNTERS);
        try (RunningService small = launch(Map.of("RINGTALLY_STORE_MAX_COUNTERS", "1000",
                "RINGTALLY_RING_SLOTS", "64"))) {
            assertEquals(1, small.awaitExit(SOON));
            assertTrue(small.log().contains("Postgres holds more: raise store.max-counters"),
                    small.log());
            assertFalse(small.log().contains("everything accepted is in Postgres"), small.log());
        }
        assertEquals(String.valueOf(COUNTERS + 50),
                TestPostgres.query(url, "select count(*) from ringtally.counter"));
    }

    private RunningService launch(Map<String, String> more) throws Exception {
        var environment = new HashMap<>(more);
        environment.put("RINGTALLY_DB_URL", url);
        environment.put("RINGTALLY_DB_USER", "postgres");
        return RunningService.launch(directory.resolve("data"), environment);
    }

    /** Counters of an earlier log, whose ledger is balanced. */
    private void fill(int counters) throws Exception {
        try (Database database = new Database(new DatabaseSettings(url, "postgres", "", 2))) {
            database.migrate();
        }
        TestPostgres.query(url, "with old as (insert into ringtally.counter"
                + " select '', 'key-' || i, 'increment', i, 1, 0, 0"
                + " from generate_series(1, " + counters + ") i union all"
                + " select '', 'load-' || i, 'increment', " + BASE + ", 1, 0, 0"
                + " from generate_series(0, 49) i returning total, events)"
                + " insert into ringtally.checkpoint (log, epoch, position, events, sum)"
                + " select gen_random_uuid(), 1, 1, sum(events), sum(total) from old returning 1");
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute("analyze ringtally.counter");
        }
    }
}
