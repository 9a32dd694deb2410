package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An audit that cannot be made says so, and never that the books agree or do not. */
class AuditUnknownIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    @Test
    void withoutPostgresTheAnswerIs503AndTheCommandEndsWith6() throws Exception {
        try (TestPostgres own = TestPostgres.own()) {
            String url = own.newDatabase();
            try (RunningService service = RunningService.start(directory.resolve("data"), url,
                    Map.of("RINGTALLY_AUDIT_TIMEOUT", "2s"))) {
                var before = service.getAdmin("/v1/audit");
                assertEquals(200, before.statusCode(), before.body());
                var halted = PostgresFaults.halt(own.server());
                try {
                    long begun = System.nanoTime();
                    assertImpossible(service, "Postgres cannot be reached at jdbc:postgresql:");
                    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
                    assertTrue(seconds < 12, "it took " + seconds + " s");
                } finally {
                    PostgresFaults.resume(halted);
                }
                PostgresFaults.stop(own.server());
                assertImpossible(service, "Postgres cannot be reached at jdbc:postgresql:");
                Map<String, String> there = at(url, service.adminPort());
                FinishedCommand asked = FinishedCommand.of(there, "audit");
                assertEquals(6, asked.code(), asked.output());
                assertTrue(asked.output().contains("the service at http://127.0.0.1:"
                        + service.adminPort() + " could not find out: 503 Postgres cannot be"),
                        asked.output());
                FinishedCommand direct = FinishedCommand.of(there, "audit", "--database");
                assertEquals(6, direct.code(), direct.output());
                assertTrue(own.server().ensureRunning());
                assertTrue(service.getAdmin("/v1/audit").body().startsWith("{\"balanced\":true,"));
            }
        }
    }

    private static void assertImpossible(RunningService service, String why)
            throws IOException {
        var answer = service.getAdmin("/v1/audit");
        assertEquals(503, answer.statusCode(), answer.body());
        assertEquals("1", answer.headers().firstValue("Retry-After").orElse(""));
        assertTrue(answer.body().contains("/problems/audit-impossible") && answer.body()
                .contains(why), answer.body());
    }

    @Test
    void aServiceThatIsStartingOrWhoseLogWasTakenOverHasNothingToCompare() throws Exception {
        try (RunningService service = RunningService.launch(directory.resolve("starting"),
                Map.of("RINGTALLY_DB_URL", "jdbc:postgresql://127.0.0.1:"
                        + RunningService.freePort() + "/none"))) {
            service.await("starting", SOON, () -> service.status()
                    .contains("\"reason\":\"Postgres cannot be used yet"));
            var answer = service.getAdmin("/v1/audit");
            assertEquals(503, answer.statusCode(), answer.body());
            assertTrue(answer.body().contains("/problems/starting"), answer.body());
            assertEquals(503, service.getAdmin("/status").statusCode());
        }
        String url = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("taken"), url,
                Map.of())) {
            TestPostgres.query(url,
                    "update ringtally.checkpoint set epoch = epoch + 1 returning 1");
            assertImpossible(service, "another process has taken over log ");
        }
    }

    @Test
    void aServiceThatSaysUpCanBeAudited() throws Exception {
        // whatever the start does after it has let events in would still be held up
        Map<String, String> stalled = Map.of("JAVA_TOOL_OPTIONS",
                "-Dringtally.fault=start-opened:1:stall");
        try (RunningService service = RunningService.start(directory.resolve("data"),
                TestPostgres.shared().newDatabase(), stalled)) {
            var answer = service.getAdmin("/v1/audit");
            assertEquals(200, answer.statusCode(), answer.body());
        }
    }

    @Test
    void withoutAServiceTheCommandAsksPostgres() throws Exception {
        String url = TestPostgres.shared().newDatabase();
        FinishedCommand unused = FinishedCommand.of(at(url), "audit");
        assertEquals(6, unused.code(), unused.output());
        assertTrue(unused.output().contains("this database has no ledger"), unused.output());
        try (RunningService service = RunningService.start(directory.resolve("data"), url,
                Map.of())) {
            assertEquals(202,
                    service.post("/increment", "{\"key\":\"k\",\"value\":-3}").statusCode());
            assertEquals(0, service.terminate(SOON), service.log());
        }
        FinishedCommand balanced = FinishedCommand.of(at(url), "audit");
        assertEquals(0, balanced.code(), balanced.output());
        assertTrue(balanced.output().matches("(?s)asked: PostgreSQL at jdbc:postgresql:.*\n"
                + "persisted in counters +1 +-3\n.*\nbalanced\n"), balanced.output());
        TestPostgres.query(url, "update ringtally.counter set total = 0 returning 1");
        FinishedCommand unbalanced = FinishedCommand.of(at(url), "audit");
        assertEquals(1, unbalanced.code(), unbalanced.output());
    }

    @Test
    void theEmbeddedDatabaseIsAskedOnlyWhileItRuns() throws Exception {
        Map<String, String> embedded = Map.of("RINGTALLY_DB_EMBEDDED_PORT", "0",
                "RINGTALLY_DATA_DIR", directory.resolve("data").toString(),
                "RINGTALLY_ADMIN_PORT", "off");
        try (RunningService service = RunningService.launch(directory.resolve("data"),
                embedded)) {
            service.awaitStatus("up");
            FinishedCommand running = FinishedCommand.of(embedded, "audit");
            assertEquals(0, running.code(), running.output());
            assertTrue(running.output().contains("PostgreSQL at jdbc:postgresql://127.0.0.1:"),
                    running.output());
            assertEquals(0, service.terminate(Duration.ofSeconds(30)), service.log());
        }
        FinishedCommand stopped = FinishedCommand.of(embedded, "audit");
        assertEquals(6, stopped.code(), stopped.output());
        assertTrue(stopped.output().contains("the embedded database of data.dir = "
                + directory.resolve("data") + " is not running: start the service"),
                stopped.output());
    }

    @Test
    void wrongSettingsAndAStrangerOnTheAdminPortAreNoVerdict() throws Exception {
        String url = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), url,
                Map.of())) {
            // its own other port answers 404
            FinishedCommand stranger = FinishedCommand.of(at(url, service.port()), "audit");
            assertEquals(6, stranger.code(), stranger.output());
            assertTrue(stranger.output().contains("404 there is nothing at /v1/audit"),
                    stranger.output());
        }
        Map<String, String> wrong = new HashMap<>(at(url));
        wrong.put("RINGTALLY_AUDIT_TIMEOUT", "100ms");
        FinishedCommand refused = FinishedCommand.of(wrong, "audit");
        assertEquals(2, refused.code(), refused.output());
        assertTrue(refused.output().contains("audit.timeout = 100 ms is out of range: 1 s to 1 h"),
                refused.output());
        assertEquals(2, FinishedCommand.of(at(url), "audit", "--nothing").code());
    }

    /** With an admin port that nobody listens on. */
    private static Map<String, String> at(String url) throws IOException {
        return at(url, RunningService.freePort());
    }

    private static Map<String, String> at(String url, int adminPort) {
        return Map.of("RINGTALLY_DB_URL", url, "RINGTALLY_DB_USER", "postgres",
                "RINGTALLY_ADMIN_PORT", String.valueOf(adminPort));
    }
}
