package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers are fast while the backlog rises, and the backlog drains. */
class BacklogIT {

    private static final int CLIENTS = 50;
    private static final int REQUESTS = 1_000;

    /** How long counting sleeps: an answer that waits for it takes about as long. */
    private static final long PARK_MILLIS = 1_000;

    @TempDir
    private Path directory;

    @Test
    void answersAreFastWhileTheBacklogRisesAndThenItDrainsToZero() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        // slow on purpose: counting wakes every second, flushing every four seconds
        try (RunningService service = RunningService.start(directory.resolve("data"), database,
                Map.of("RINGTALLY_RING_PARK", PARK_MILLIS + "ms",
                        "RINGTALLY_PERSIST_MAX_DELAY", "4s"))) {
            assertEquals(0, gauge(service, "event_collector_queue"));
            long[] tookNanos = post(service);
            Arrays.sort(tookNanos);
            // a client has twenty requests: if answers waited for the counting, most were slow
            long median = TimeUnit.NANOSECONDS.toMillis(tookNanos[REQUESTS / 2]);
            assertTrue(median < PARK_MILLIS / 2, "half of the answers took " + median + " ms");
            await(service, "an empty backlog", () ->
                    gauge(service, "event_collector_queue") == 0
                            && gauge(service, "unpersisted_events") == 0
                            && gauge(service, "persisted_lag_ms") == 0);
            assertEquals(REQUESTS, TestPostgres.sum(database));
        }
    }

    /** The same with the tool that people reach for first. */
    @Test
    void abFindsItFastWhileTheBacklogRises() throws Exception {
        Path body = Files.writeString(directory.resolve("body.json"),
                "{\"key\":\"ab\",\"value\":1}");
        Path output = directory.resolve("ab.txt");
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), database,
                Map.of("RINGTALLY_RING_PARK", PARK_MILLIS + "ms"))) {
            Process ab = ab(service, body, output);
            long highest = 0;
            while (ab.isAlive()) {
                highest = Math.max(highest, gauge(service, "event_collector_queue"));
            }
            String found = Files.readString(output);
            assertEquals(0, ab.exitValue(), found);
            assertEquals(REQUESTS, figure(found, "Complete requests: +(\\d+)"));
            assertEquals(0, figure(found, "Failed requests: +(\\d+)"), found);
            assertFalse(found.contains("Non-2xx"), found);
            assertTrue(figure(found, " 50% +(\\d+)") < PARK_MILLIS / 2, found);
            assertTrue(highest > 0, "a queue that moves");
            await(service, "an empty backlog", () ->
                    gauge(service, "event_collector_queue") == 0
                            && gauge(service, "unpersisted_events") == 0);
            assertEquals(REQUESTS, TestPostgres.sum(database));
        }
    }

    private static Process ab(RunningService service, Path body, Path output) throws IOException {
        try {
            return new ProcessBuilder("ab", "-k", "-n", "" + REQUESTS, "-c", "" + CLIENTS,
                    "-p", body.toString(), "-T", "application/json",
                    service.url() + "/increment").redirectErrorStream(true)
                    .redirectOutput(output.toFile()).start();
        } catch (IOException missing) {
            return abort("ab is not installed (Debian: apache2-utils)");
        }
    }

    private static long figure(String text, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        assertTrue(found.find(), text);
        return Long.parseLong(found.group(1));
    }

    /**
     * Posts over as many connections as clients. The queue must be seen to rise meanwhile, and then
     * events that are counted and not persisted: at once, for after the last post a flush may come
     * at any time.
     */
    private static long[] post(RunningService service) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            long[] took = new long[REQUESTS];
            List<Future<?>> posts = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                int request = i;
                posts.add(clients.submit(() -> {
                    long begun = System.nanoTime();
                    assertEquals(202, service.post("/increment",
                            "{\"key\":\"k" + request % 7 + "\",\"value\":1}").statusCode());
                    took[request] = System.nanoTime() - begun;
                    return null;
                }));
            }
            await(service, "a queue that moves", () ->
                    gauge(service, "event_collector_queue") > 0);
            await(service, "events counted and not yet persisted", () ->
                    gauge(service, "unpersisted_events") > 0);
            for (Future<?> post : posts) {
                post.get(30, TimeUnit.SECONDS);
            }
            return took;
        } finally {
            clients.shutdownNow();
        }
    }

    private static void await(RunningService service, String what,
            BooleanSupplier condition) throws IOException {
        service.await(what, Duration.ofSeconds(15), condition);
    }

    private static long gauge(RunningService service, String name) {
        try {
            String body = service.get("/api/q/stats").body();
            Matcher found = Pattern.compile("\"" + name + "\":(\\d+)").matcher(body);
            assertTrue(found.find(), body);
            return Long.parseLong(found.group(1));
        } catch (IOException gone) {
            throw new AssertionError(gone);
        }
    }
}
