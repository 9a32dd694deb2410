package io.ringtally.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.persist.DatabaseProbe;
import io.ringtally.persist.DatabaseSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is judged how, and that each complaint says what to do. */
class JudgingTest {

    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    @TempDir
    private Path directory;

    @Test
    void aJdkOf17OrLaterWithItsCompilerIsFine() {
        is(Verdict.OK, "", JavaChecks.version(17, "x 17.0.1", true));
        is(Verdict.FAIL, "JDK 17 or later", JavaChecks.version(11, "x 11", true));
        is(Verdict.FAIL, "jdk.compiler", JavaChecks.version(25, "x 25", false));
        is(Verdict.OK, "", JavaChecks.access(true));
        is(Verdict.FAIL, "java -jar", JavaChecks.access(false));
    }

    @Test
    void aPathThatTheLocaleCannotWriteFails() {
        is(Verdict.OK, "", JavaChecks.encoding("/data/z\u00e4hler", "UTF-8"));
        is(Verdict.FAIL, "LC_ALL", JavaChecks.encoding("/data/z\u00e4hler", "US-ASCII"));
        is(Verdict.OK, "", JavaChecks.encoding("/data/counts", "ANSI_X3.4-1968"));
    }

    @Test
    void memoryIsHeldAgainstWhatFullSettingsTake() {
        is(Verdict.OK, "", memory(4 * GIB, GIB, 500 * MIB).memory());
        // the store alone is too large, which it is only when it is full
        is(Verdict.WARN, "store.max-counters", memory(4 * GIB, GIB, 4 * GIB).memory());
        is(Verdict.WARN, "-Xmx", memory(2 * GIB, 2 * GIB, 500 * MIB).memory());
        is(Verdict.FAIL, "more memory", memory(700 * MIB, 500 * MIB, 500 * MIB).memory());
        is(Verdict.WARN, "as much", memory(0, GIB, GIB).memory());
        is(Verdict.OK, "", memory(4 * GIB, GIB, GIB).heap());
        is(Verdict.WARN, "-Xmx477m", memory(4 * GIB, 256 * MIB, GIB).heap());
    }

    private static MemoryChecks memory(long machine, long heap, long store) {
        return new MemoryChecks(new Machine(2, machine, "the container's limit", 1_048_576), heap,
                new MemoryChecks.Needs(1_000_000, 1_000_000, 64 * MIB, 32 * MIB, store, true, 2,
                        20_000));
    }

    @Test
    void threadsAndFilesAreHeldAgainstTheirLimits() {
        is(Verdict.OK, "", limits(2, 4, 1_048_576).cores());
        is(Verdict.WARN, "tally.shards", limits(2, 5, 1_048_576).cores());
        is(Verdict.OK, "", limits(2, 2, 20_200).openFiles());
        is(Verdict.OK, "", limits(2, 2, Long.MAX_VALUE).openFiles());
        is(Verdict.WARN, "20200", limits(2, 2, 20_199).openFiles());
        is(Verdict.FAIL, "LimitNOFILE", limits(2, 2, 256).openFiles());
        is(Verdict.WARN, "see that", limits(2, 2, 0).openFiles());
    }

    private static MemoryChecks limits(int cores, int threads, long files) {
        return new MemoryChecks(new Machine(cores, GIB, "", files), GIB,
                new MemoryChecks.Needs(1, 1, 1, 1, 1, false, threads, 20_000));
    }

    @Test
    void theLimitsOfMachineAndContainerAreRead() throws Exception {
        assertEquals(OptionalLong.of(24_685_568L << 10), Machine.meminfo(
                List.of("MemTotal:       24685568 kB", "MemFree:        1 kB")));
        assertEquals(OptionalLong.empty(), Machine.meminfo(List.of()));
        assertEquals(20_000, Machine.openFiles(List.of("Limit Soft Limit Hard Limit Units",
                "Max open files            20000                20000                files")));
        assertEquals(Long.MAX_VALUE, Machine.openFiles(List.of(
                "Max open files            unlimited            unlimited            files")));
        Path inner = Files.createDirectories(directory.resolve("system.slice/ringtally.service"));
        Files.writeString(inner.resolve("memory.max"), "max\n");
        List<String> own = List.of("0::/system.slice/ringtally.service");
        assertEquals(OptionalLong.empty(), Machine.cgroupLimit(directory, own));
        Files.writeString(inner.getParent().resolve("memory.max"), "1073741824\n");
        assertEquals(OptionalLong.of(GIB), Machine.cgroupLimit(directory, own));
        Files.writeString(inner.resolve("memory.max"), "536870912\n");
        assertEquals(OptionalLong.of(GIB / 2), Machine.cgroupLimit(directory, own));
        assertEquals(OptionalLong.empty(), Machine.cgroupLimit(directory, List.of()));
        Files.createDirectories(directory.resolve("memory"));
        Files.writeString(directory.resolve("memory/memory.limit_in_bytes"), "2147483648\n");
        assertEquals(OptionalLong.of(2 * GIB), Machine.cgroupLimit(directory, List.of()));
    }

    @Test
    void fileSystemsThatForgetOrAreFarAwayAreWarnedOf() {
        is(Verdict.OK, "", DirectoryChecks.fileSystem("data.dir", "ext4"));
        is(Verdict.WARN, "restart of the machine",
                DirectoryChecks.fileSystem("data.dir", "tmpfs"));
        is(Verdict.OK, "", DirectoryChecks.fileSystem("head.dir", "tmpfs"));
        is(Verdict.WARN, "volume", DirectoryChecks.fileSystem("data.dir", "overlay"));
        is(Verdict.WARN, "local", DirectoryChecks.fileSystem("data.dir", "nfs4"));
    }

    @Test
    void roomIsHeldAgainstAStartAndAFullLog() {
        DirectoryChecks checks = new DirectoryChecks("data.dir", directory, 400 * MIB, 8 * GIB);
        is(Verdict.OK, "", checks.room(6 * GIB, 2 * GIB));
        is(Verdict.WARN, "free 2048 MiB", checks.room(5 * GIB, GIB));
        is(Verdict.FAIL, "free 300 MiB", checks.room(60 * MIB, 40 * MIB));
    }

    @Test
    void aDirectoryThatIsNotThereIsJudgedByTheOneAbove() throws Exception {
        DirectoryChecks below = new DirectoryChecks("data.dir",
                directory.resolve("a/b"), 1, 1);
        assertEquals(directory.toAbsolutePath().normalize(), below.existing());
        is(Verdict.OK, "", below.all().get(0));
        Path file = Files.createFile(directory.resolve("file"));
        is(Verdict.FAIL, "no directory",
                new DirectoryChecks("data.dir", file.resolve("a"), 1, 1).all().get(0));
    }

    @Test
    void aSyncThatIsSlowOrNoneIsWarnedOf() throws Exception {
        is(Verdict.OK, "", new SyncRate(6_000, 150, 400).judged());
        is(Verdict.WARN, "SSD", new SyncRate(120, 8_000, 20_000).judged());
        is(Verdict.WARN, "loss of power", new SyncRate(400_000, 2, 3).judged());
        long[] took = new long[10_000];
        for (int i = 0; i < 1_000; i++) {
            took[i] = (1_000 - i) * 1_000;
        }
        assertEquals(new SyncRate(500, 501, 991), SyncRate.of(took, 1_000, 2_000_000_000L));
        Check measured = SyncRate.measured(directory);
        assertTrue(measured.value().contains(" a second; median "), measured.toString());
        try (var files = Files.list(directory)) {
            assertEquals(List.of(), files.toList(), "it leaves nothing behind");
        }
        is(Verdict.FAIL, "written", SyncRate.measured(directory.resolve("nowhere")));
    }

    @Test
    void aClockThatIsMovedIsWarnedOf() {
        Instant now = Instant.parse("2026-11-26T18:00:00Z");
        is(Verdict.OK, "", ClockChecks.judged(now, 50, 1_000, false));
        is(Verdict.WARN, "slew", ClockChecks.judged(now, -3_000, 1_000, true));
        is(Verdict.FAIL, "set it",
                ClockChecks.judged(Instant.parse("1970-01-01T00:00:09Z"), 0, 1_000, false));
    }

    @Test
    void aPostgresThatIsRightIsFine() {
        List<Check> checks = DatabaseChecks.all("jdbc:postgresql://h/d", probe(180_001,
                DURABLE, false, true, 97, 10, 300, 2_000), 6);
        checks.forEach(check -> is(Verdict.OK, "", check));
        assertTrue(checks.get(0).value().contains("18.1 at jdbc:postgresql://h/d"));
    }

    private static final Map<String, String> DURABLE = Map.of("fsync", "on", "full_page_writes",
            "on", "synchronous_commit", "off", "server_encoding", "UTF8");

    @Test
    void aPostgresThatIsNotFitFailsAndSaysWhatToChange() {
        has(Verdict.FAIL, "upgrade", probe(130_009, DURABLE, false, true, 97, 0, 1, 1));
        has(Verdict.FAIL, "fsync = on", probe(180_001, Map.of("fsync", "off", "full_page_writes",
                "on", "server_encoding", "UTF8"), false, true, 97, 0, 1, 1));
        has(Verdict.FAIL, "full_page_writes = on", probe(180_001, Map.of("fsync", "on",
                "full_page_writes", "off", "server_encoding", "UTF8"), false, true, 97, 0, 1, 1));
        has(Verdict.FAIL, "UTF8", probe(180_001, Map.of("fsync", "on", "full_page_writes", "on",
                "server_encoding", "SQL_ASCII"), false, true, 97, 0, 1, 1));
        has(Verdict.FAIL, "primary", probe(180_001, DURABLE, true, true, 97, 0, 1, 1));
        has(Verdict.FAIL, "grant create", probe(180_001, DURABLE, false, false, 97, 0, 1, 1));
        has(Verdict.FAIL, "max_connections", probe(180_001, DURABLE, false, true, 7, 0, 1, 1));
        has(Verdict.WARN, "max_connections", probe(180_001, DURABLE, false, true, 97, 90, 1, 1));
        has(Verdict.WARN, "nearer", probe(180_001, DURABLE, false, true, 97, 0, 30_000, 1));
        has(Verdict.WARN, "NTP", probe(180_001, DURABLE, false, true, 97, 0, 1, -2_000_000));
    }

    private static DatabaseProbe probe(int number, Map<String, String> settings, boolean standby,
            boolean mayMigrate, int max, int others, long roundTrip, long ahead) {
        return new DatabaseProbe(number / 10_000 + "." + number % 10_000, number, settings,
                standby, mayMigrate, max, others, roundTrip, ahead, OptionalLong.empty());
    }

    private static void has(Verdict verdict, String advice, DatabaseProbe probe) {
        List<Check> checks = DatabaseChecks.all("url", probe, 6);
        assertTrue(checks.stream().anyMatch(check -> check.verdict() == verdict
                && check.advice().contains(advice)), checks.toString());
    }

    @Test
    void whyPostgresCannotBeReachedDecidesWhatToDo() {
        DatabaseSettings database = new DatabaseSettings(
                "jdbc:postgresql://h:5/d?password=geheim", "me", "x", 2);
        Check refused = DatabaseChecks.unreachable(database,
                new SQLException("Connection refused", "08001"));
        is(Verdict.FAIL, "start it, or correct db.url", refused);
        assertTrue(refused.value().contains("jdbc:postgresql://h:5/d as me"), refused.value());
        assertFalse(refused.value().contains("geheim"), refused.value());
        is(Verdict.FAIL, "db.password", DatabaseChecks.unreachable(database,
                new SQLException("no", "28P01")));
        is(Verdict.FAIL, "create that database", DatabaseChecks.unreachable(database,
                new SQLException("no", "3D000")));
    }

    @Test
    void logAndDatabaseBelongTogetherOrItSaysWhyNot() {
        is(Verdict.OK, "", LogChecks.judged(0, end(0), OptionalLong.empty()));
        is(Verdict.OK, "", LogChecks.judged(5, end(90), end(50)));
        is(Verdict.OK, "", LogChecks.judged(0, OptionalLong.empty(), end(50)));
        is(Verdict.FAIL, "another data.dir", LogChecks.judged(0, end(9), OptionalLong.empty()));
        is(Verdict.FAIL, "older copy", LogChecks.judged(0, end(9), end(10)));
        is(Verdict.FAIL, "newer backup", LogChecks.judged(11, end(90), end(10)));
    }

    private static OptionalLong end(long position) {
        return OptionalLong.of(position);
    }

    @Test
    void whatAServiceSaysOfItselfIsRead() {
        RunningInstance up = RunningInstance.read("{\"status\":\"up\",\"a\":{\"status\":\"x\"}}")
                .orElseThrow();
        is(Verdict.OK, "", up.judged(7));
        RunningInstance degraded = RunningInstance.read(
                "{\"status\":\"degraded\",\"reason\":\"no \\\"Postgres\\\"\"}").orElseThrow();
        is(Verdict.WARN, "/status", degraded.judged(7));
        assertTrue(degraded.judged(7).value().endsWith("degraded: no \"Postgres\""));
        is(Verdict.FAIL, "log", RunningInstance.read("{\"status\":\"fenced\"}").orElseThrow()
                .judged(7));
        assertTrue(RunningInstance.read("<html>").isEmpty());
        assertTrue(RunningInstance.read("[1]").isEmpty());
        assertTrue(RunningInstance.read("{\"a\":1}").isEmpty());
    }

    private static void is(Verdict verdict, String advice, Check check) {
        assertEquals(verdict, check.verdict(), check.toString());
        assertTrue(check.advice().contains(advice), check.toString());
        assertEquals(verdict == Verdict.OK, check.advice().isEmpty(), check.toString());
    }
}
