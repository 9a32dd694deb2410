package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ringtally verify}, run as people run it. */
class VerifyIT {

    @TempDir
    private Path directory;

    private FinishedVerify verify(String... arguments)
            throws IOException, InterruptedException {
        return FinishedVerify.of(
                Path.of(System.getProperty("ringtally.jar", "target/ringtally.jar")),
                directory.resolve("work"), arguments);
    }

    @Test
    void stopsAndAnAbsentPostgresLoseNothing() throws Exception {
        Path report = directory.resolve("report.md");
        FinishedVerify run = verify("--rounds", "4", "--faults", "term,pg-stop", "--seed",
                "17", "--clients", "8", "--report", report.toString());
        assertEquals(0, run.exitCode(), run.output());
        assertTrue(run.output().contains("seed 17"), run.output());
        assertTrue(run.output().contains("4 rounds count"), run.output());
        assertTrue(run.output().contains("0 events lost, 0 doubled, 0 otherwise wrong"), run.output());
        String table = Files.readString(report);
        assertTrue(table.contains("| pg-stop | 2 |"), table);
        assertTrue(table.contains("| term | 2 |"), table);
        try (Stream<Path> left = Files.list(directory.resolve("work"))) {
            assertEquals(List.of(), left.toList(), "what is right leaves nothing behind");
        }
    }

    @Test
    void whatMakesNoSenseIsRefusedBeforeAnythingIsStarted() throws Exception {
        FinishedVerify fault = verify("--faults", "kil");
        assertEquals(2, fault.exitCode(), fault.output());
        assertTrue(fault.output().contains("--faults = kil is no fault"), fault.output());
        FinishedVerify level = verify("--ack", "quick");
        assertEquals(2, level.exitCode(), level.output());
        assertTrue(level.output().contains("--ack = quick is no level"), level.output());
        assertFalse(Files.exists(directory.resolve("work")));
    }

    @Test
    void anEmptyDatabaseOfTheUsersOwnServes() throws Exception {
        String url = TestPostgres.shared().newDatabase();
        FinishedVerify run = verify("--faults", "term,pg-stop", "--rounds", "1", "--db-url", url,
                "--clients", "8");
        assertEquals(0, run.exitCode(), run.output());
        assertTrue(run.output().contains("pg-stop is skipped: "), run.output());
        assertTrue(run.output().contains("1 rounds count"), run.output());
        assertEquals("t", TestPostgres.query(url, "select balanced and counted_events > 0"
                + " from ringtally.ledger"));
    }

    @Test
    void aDatabaseWithCountersInItIsNotTouched() throws Exception {
        String url = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), url,
                Map.of())) {
            assertEquals(202, service.post("/increment", "{\"key\":\"k\",\"value\":1}")
                    .statusCode());
            service.terminate(Duration.ofSeconds(20));
        }
        FinishedVerify run = verify("--faults", "term", "--rounds", "1", "--db-url", url,
                "--db-user", "postgres");
        assertEquals(1, run.exitCode(), run.output());
        assertTrue(run.output().contains("name an empty one in --db-url"), run.output());
        assertEquals("1", TestPostgres.query(url, "select count(*) from ringtally.counters"));
    }
}
