package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that nobody talks to, by what the kernel counts of its threads. */
class AtRestIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final long WATCHED_NANOS = TimeUnit.SECONDS.toNanos(4);
    /** Once a second, and some for what comes to its end just then. */
    private static final long WAKES_MAX = 8;

    @TempDir
    private Path directory;

    @Test
    void itsStagesAndItsFlusherSleepUntilSomethingComes() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), database,
                Map.of("RINGTALLY_PERSIST_MAX_DELAY", "500ms"))) {
            assertEquals(202, service.post("/increment", "{\"key\":\"k\",\"value\":1}")
                    .statusCode());
            service.await("the event to be in Postgres", SOON, () -> service.status()
                    .contains("\"flushed_events\":1,"));
            Map<String, Long> before = wakes(service.pid());
            long until = System.nanoTime() + WATCHED_NANOS;
            while (until - System.nanoTime() > 0) {
                LockSupport.parkNanos(until - System.nanoTime());
            }
            Map<String, Long> after = wakes(service.pid());
            for (String thread : new String[] {"tally-0", "flusher", "journal", "journal-sync"}) {
                long wakes = after.get(thread) - before.get(thread);
                assertTrue(wakes <= WAKES_MAX, thread + " woke " + wakes + " times");
            }
            // and they do wake
            assertEquals(202, service.post("/increment", "{\"key\":\"k\",\"value\":1}")
                    .statusCode());
            service.await("the next event to be in Postgres", Duration.ofSeconds(10), () ->
                    service.status().contains("\"flushed_events\":2,"));
        }
    }

    /** How often each thread has gone to sleep, by its name. */
    private static Map<String, Long> wakes(long pid) throws IOException {
        Map<String, Long> wakes = new TreeMap<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(
                Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path task : tasks) {
                try {
                    String name = Files.readString(task.resolve("comm")).strip();
                    long count = Files.readAllLines(task.resolve("status")).stream()
                            .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
                            .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
                            .findFirst().orElseThrow();
                    wakes.merge(name, count, Long::sum);
                } catch (IOException ended) {
                    // the thread is gone
                }
            }
        }
        return wakes;
    }
}
