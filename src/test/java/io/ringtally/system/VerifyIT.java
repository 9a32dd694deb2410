package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ringtally verify}, run as people run it. */
class VerifyIT {

    private static final int MINUTES = 5;

    @TempDir
    private Path directory;

    /** What the command printed, and how it ended. */
    private record Run(int exitCode, String out) {
    }

    private Run verify(String... arguments) throws IOException, InterruptedException {
        Path out = directory.resolve("out.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar",
                System.getProperty("ringtally.jar", "target/ringtally.jar"), "verify", "--dir",
                directory.resolve("work").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(out.toFile()).start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.destroy();
            process.waitFor(1, TimeUnit.MINUTES);
            throw new AssertionError("waited " + MINUTES + " min for " + command + ":\n"
                    + Files.readString(out));
        }
        return new Run(process.exitValue(), Files.readString(out));
    }

    @Test
    void stopsAndAnAbsentPostgresLoseNothing() throws Exception {
        Path report = directory.resolve("report.md");
        Run run = verify("--rounds", "4", "--faults", "term,pg-stop", "--seed", "17", "--clients",
                "8", "--report", report.toString());
        assertEquals(0, run.exitCode(), run.out());
        assertTrue(run.out().contains("seed 17"), run.out());
        assertTrue(run.out().contains("4 rounds count"), run.out());
        assertTrue(run.out().contains("0 events lost, 0 doubled, 0 otherwise wrong"), run.out());
        String table = Files.readString(report);
        assertTrue(table.contains("| pg-stop | 2 |"), table);
        assertTrue(table.contains("| term | 2 |"), table);
        try (Stream<Path> left = Files.list(directory.resolve("work"))) {
            assertEquals(List.of(), left.toList(), "what is right leaves nothing behind");
        }
    }

    @Test
    void whatMakesNoSenseIsRefusedBeforeAnythingIsStarted() throws Exception {
        Run fault = verify("--faults", "kil");
        assertEquals(2, fault.exitCode(), fault.out());
        assertTrue(fault.out().contains("--faults = kil is no fault"), fault.out());
        Run level = verify("--ack", "quick");
        assertEquals(2, level.exitCode(), level.out());
        assertTrue(level.out().contains("--ack = quick is no level"), level.out());
        assertFalse(Files.exists(directory.resolve("work")));
    }

    @Test
    void anEmptyDatabaseOfTheUsersOwnServes() throws Exception {
        String url = TestPostgres.shared().newDatabase();
        Run run = verify("--faults", "term,pg-stop", "--rounds", "1", "--db-url", url,
                "--clients", "8");
        assertEquals(0, run.exitCode(), run.out());
        assertTrue(run.out().contains("pg-stop is skipped: "), run.out());
        assertTrue(run.out().contains("1 rounds count"), run.out());
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
        Run run = verify("--faults", "term", "--rounds", "1", "--db-url", url, "--db-user",
                "postgres");
        assertEquals(1, run.exitCode(), run.out());
        assertTrue(run.out().contains("name an empty one in --db-url"), run.out());
        assertEquals("1", TestPostgres.query(url, "select count(*) from ringtally.counters"));
    }
}
