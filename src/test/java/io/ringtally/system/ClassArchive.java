package io.ringtally.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a run of the jar has loaded, kept beside it for this JDK: a start takes its classes from
 * there in half the time. The first starts of a test run do without, and pay nothing for it.
 *
 * <p>Threading: any thread.
 */
final class ClassArchive {

    /** Making one costs as much as it saves for some starts. */
    private static final int STARTS_WITHOUT = 3;
    /** What cannot go into an archive is of no interest, and would hide what is. */
    private static final String QUIET = "-Xlog:cds*=error";
    private static final Duration ENDS_WITHIN = Duration.ofMinutes(2);

    private static int starts;

    private ClassArchive() {
    }

    /** Flags of the JVM for the next start; none while there is no archive. */
    static synchronized List<String> flags() {
        Path jar = Path.of(System.getProperty("ringtally.jar", "target/ringtally.jar"));
        Path archive = jar.resolveSibling("classes-" + System.getProperty("java.vm.version")
                + ".jsa");
        starts++;
        try {
            if (starts == STARTS_WITHOUT && !isOf(jar, archive)) {
                make(archive);
            }
            return isOf(jar, archive) ? List.of("-XX:SharedArchiveFile=" + archive, QUIET)
                    : List.of();
        } catch (Exception unmade) {
            System.err.println("starts take their classes from the jar: " + unmade);
            return List.of();
        }
    }

    private static boolean isOf(Path jar, Path archive) throws IOException {
        return Files.exists(archive) && Files.getLastModifiedTime(archive)
                .compareTo(Files.getLastModifiedTime(jar)) > 0;
    }

    /** A run with requests of the usual kinds, which writes it when it ends. */
    private static void make(Path archive) throws Exception {
        Path directory = Files.createTempDirectory("ringtally-classes");
        Path made = Files.createTempFile(archive.getParent(), "classes", ".made");
        Files.delete(made);
        try (RunningService service = RunningService.start(directory.resolve("data"),
                TestPostgres.shared().newDatabase(), List.of("-Xmx1g", "-ea", QUIET,
                        "-XX:TieredStopAtLevel=1", "-XX:ArchiveClassesAtExit=" + made))) {
            service.post("/increment", "{\"key\":\"k\",\"value\":1}");
            service.post("/v1/events?ack=persisted", "application/x-ndjson",
                    "{\"app_id\":\"\",\"message_id\":\"k\",\"event\":\"e\",\"id\":\"1\"}\n");
            service.get("/v1/counters/k");
            service.get("/v1/counters?prefix=k");
            service.getAdmin("/v1/audit");
            service.terminate(ENDS_WITHIN);
            Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(made);
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            }
        }
    }
}
