package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The number of consumers changed while events come: what is seen of it, and nothing lost. */
class ShardChangeIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    @Test
    void underLoadSumsStayExactAlsoWhereTheProcessIsKilledMeanwhile() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        Map<String, String> settings = Map.of("RINGTALLY_TALLY_SHARDS", "1");
        Load load;
        try (RunningService service = RunningService.start(directory.resolve("data"), database,
                settings)) {
            load = Load.on(service, 3, 200, 200_000);
            for (int shards : new int[] {3, 1, 4, 2}) {
                HttpResponse<String> changed = shards(service, String.valueOf(shards));
                assertEquals(200, changed.statusCode(), changed.body());
                assertEquals("{\"shards\":" + shards + "}", changed.body());
                assertTrue(service.status().contains("\"tally\":{\"shards\":" + shards + ","));
                String audit = service.getAdmin("/v1/audit").body();
                assertTrue(audit.startsWith("{\"balanced\":true,"), audit);
                long before = load.acked();
                service.await("events to be taken again", SOON, () -> load.acked() > before + 50);
            }
            assertBeans(service, 2);
            for (String bad : new String[] {"0", "-1", "65", "\"2\"", "1.5"}) {
                assertEquals(400, shards(service, bad).statusCode(), bad);
            }
            // the answer to this one never comes
            Thread change = new Thread(() -> {
                try {
                    shards(service, "3");
                } catch (IOException killed) {
                    // as it should be
                }
            });
            change.start();
            service.kill();
            change.join();
            load.stop();
        }
        try (RunningService service = RunningService.start(directory.resolve("data"), database,
                settings)) {
            assertTrue(service.status().contains("\"tally\":{\"shards\":1,"), service.status());
            assertEquals(0, service.terminate(SOON), service.log());
        }
        load.verify(database);
    }

    private static void assertBeans(RunningService service, int shards) throws Exception {
        try (JmxConnection jmx = JmxConnection.attach(service.pid())) {
            assertEquals(shards, jmx.server().queryNames(
                    new ObjectName("ringtally:type=Tally,*"), null).stream()
                    .map(ObjectName::toString).collect(Collectors.toSet()).size());
            assertEquals(shards, jmx.server().getAttribute(
                    new ObjectName("ringtally:type=Service"), "TallyShards"));
        }
    }

    /** The exercise: more consumers let more through a slow resource, until it is at its limit. */
    @Test
    void moreShardsGetMoreThroughASlowResourceAsLongAsItTakesThemAtATime() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), database,
                Map.of("RINGTALLY_TALLY_SHARDS", "1", "RINGTALLY_MOCK_LATENCY", "20ms",
                        "RINGTALLY_MOCK_BATCH", "10"))) {
            AtomicLong sent = new AtomicLong();
            AtomicBoolean enough = new AtomicBoolean();
            Thread feeder = new Thread(() -> feed(service, sent, enough));
            feeder.start();
            service.await("a call of the resource and a backlog", SOON, () ->
                    service.status().contains("\"in_use\":1,") && applied(service) > 0
                            && sent.get() - applied(service) > 2_000);
            double one = eventsPerSecond(service);
            assertEquals(200, shards(service, "4").statusCode());
            double four = eventsPerSecond(service);
            assertTrue(four > 2 * one, "one shard " + one + "/s, four " + four + "/s");
            assertEquals(200, set(service, "{\"mock.concurrency\":1}").statusCode());
            double oneCall = eventsPerSecond(service);
            assertTrue(oneCall < four / 2, "four shards " + four + "/s, one call " + oneCall);
            enough.set(true);
            feeder.join();
            assertEquals(200, set(service, "{\"mock.latency\":0}").statusCode());
            service.await("the backlog to be gone", SOON, () -> applied(service) == sent.get());
            assertEquals(0, service.terminate(SOON), service.log());
            assertEquals(String.valueOf(sent.get()), TestPostgres.query(database,
                    "select sum(total)::bigint from ringtally.counters"));
        }
    }

    private static void feed(RunningService service, AtomicLong sent, AtomicBoolean enough) {
        try {
            while (!enough.get()) {
                StringBuilder events = new StringBuilder();
                for (int event = 0; event < 200; event++) {
                    events.append(event == 0 ? "" : ",").append("{\"app_id\":\"\",\"event\":\"e\","
                            + "\"message_id\":\"m").append(event).append("\"}");
                }
                if (service.post("/api/event/bulk", "{\"events\":[" + events + "]}").statusCode()
                        == 202) {
                    sent.addAndGet(200);
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** How fast the shards are, by what they have applied in a time that is long beside a batch. */
    private static double eventsPerSecond(RunningService service) throws IOException {
        long before = applied(service);
        long begun = System.nanoTime();
        service.await("more events to be applied", SOON, () ->
                System.nanoTime() - begun > 2_000_000_000L && applied(service) > before);
        return (applied(service) - before) * 1e9 / (System.nanoTime() - begun);
    }

    private static long applied(RunningService service) {
        Matcher applied = Pattern.compile("\"applied_events\":(\\d+)").matcher(service.status());
        assertTrue(applied.find(), service.status());
        return Long.parseLong(applied.group(1));
    }

    private static HttpResponse<String> shards(RunningService service, String shards)
            throws IOException {
        return send(service, "POST", "/v1/admin/shards", "{\"shards\":" + shards + "}");
    }

    private static HttpResponse<String> set(RunningService service, String settings)
            throws IOException {
        return send(service, "PATCH", "/v1/admin/settings", settings);
    }

    private static HttpResponse<String> send(RunningService service, String method, String path,
            String json) throws IOException {
        return service.send(HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + service.adminPort() + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(json)));
    }
}
