package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a 2xx promises, level by level. */
class AckIT {

    private static final String ONE = "{\"key\":\"k\",\"value\":1}";

    @TempDir
    private Path directory;

    @Test
    void answersWhenTheLevelAskedForIsReachedAndSaysWhich() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        // nothing is synced or flushed soon unless somebody waits
        try (RunningService service = RunningService.start(directory.resolve("data"), database,
                Map.of("RINGTALLY_JOURNAL_SYNC_INTERVAL", "10s",
                        "RINGTALLY_PERSIST_MAX_DELAY", "10s"))) {
            HttpResponse<String> plain = service.post("/increment", ONE);
            assertEquals(202, plain.statusCode());
            assertTrue(plain.headers().firstValue("Ringtally-Ack").isEmpty());
            assertAck(service, "journaled");
            assertAck(service, "synced");
            assertTrue(number(service, "synced_position") >= 3, service.status());
            assertAck(service, "persisted");
            assertEquals(4, TestPostgres.sum(database));
        }
    }

    private static void assertAck(RunningService service, String level) throws Exception {
        HttpResponse<String> answer = service.post("/increment?ack=" + level, ONE);
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals("", answer.body());
        assertEquals(level, answer.headers().firstValue("Ringtally-Ack").orElse("none"));
    }

    @Test
    void everyEndpointWaits() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), database,
                Map.of("RINGTALLY_ACK", "persisted"))) {
            String event = "{\"app_id\":\"a\",\"message_id\":\"m\",\"event\":\"e\","
                    + "\"created_at\":\"2026-01-01T00:00:00Z\"}";
            assertEquals("{\"success\":true}", service.post("/api/event", event).body());
            assertEquals(1, TestPostgres.sum(database));
            HttpResponse<String> bulk = service.post("/api/event/bulk",
                    "{\"events\":[" + event + "," + event + "]}");
            assertEquals("{\"success\":true,\"accepted\":2}", bulk.body());
            assertEquals("persisted", bulk.headers().firstValue("Ringtally-Ack").orElse("none"));
            assertEquals(3, TestPostgres.sum(database));
        }
    }

    @Test
    void refusesALevelThereIsNot() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), database,
                Map.of())) {
            HttpResponse<String> answer = service.post("/increment?ack=maybe", ONE);
            assertEquals(400, answer.statusCode());
            assertTrue(answer.body().contains("journaled, synced and persisted"), answer.body());
            assertEquals(400, service.post("/increment?ack=synced&ack=synced", ONE).statusCode());
            assertEquals(404, service.get("/v1/counters/k").statusCode());
        }
    }

    @Test
    void saysOutcomeUnknownWhenPostgresDoesNotComeInTimeAndCountsAllTheSame() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), database,
                Map.of("RINGTALLY_ACK_TIMEOUT", "3s"));
                Connection other = DriverManager.getConnection(database, "postgres", "")) {
            other.setAutoCommit(false);
            try (Statement statement = other.createStatement()) {
                statement.execute("lock table ringtally.checkpoint in exclusive mode");
                HttpResponse<String> late = service.post("/increment?ack=persisted", ONE);
                assertEquals(504, late.statusCode(), late.body());
                assertTrue(late.body().contains("outcome-unknown"), late.body());
                assertEquals("journaled", late.headers().firstValue("Ringtally-Ack").orElse(""));
                // the others go on
                assertEquals(202, service.post("/increment?ack=synced", ONE).statusCode());
            }
            other.rollback();
            service.await("both in Postgres", Duration.ofSeconds(15), () -> sum(database) == 2);
        }
    }

    @Test
    void manyWaitersShareOneSync() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), database,
                Map.of("RINGTALLY_HTTP_IO_THREADS", "2"))) {
            int clients = 32;
            int each = 50;
            ExecutorService threads = Executors.newFixedThreadPool(clients);
            List<Future<?>> posts = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                posts.add(threads.submit(() -> {
                    for (int n = 0; n < each; n++) {
                        assertAck(service, "synced");
                    }
                    return null;
                }));
            }
            for (Future<?> post : posts) {
                post.get(60, TimeUnit.SECONDS);
            }
            threads.shutdown();
            long syncs = number(service, "syncs");
            assertTrue(syncs < clients * each, syncs + " syncs");
            assertFalse(syncs == 0);
        }
    }

    @Test
    void aDrainAnswersThoseWhoWait() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), database,
                Map.of("RINGTALLY_PERSIST_MAX_DELAY", "10s"))) {
            ExecutorService client = Executors.newSingleThreadExecutor();
            Future<HttpResponse<String>> waiting = client.submit(
                    () -> service.post("/increment?ack=persisted", ONE));
            assertEquals(202, waiting.get(30, TimeUnit.SECONDS).statusCode());
            client.shutdown();
            assertEquals(0, service.terminate(Duration.ofSeconds(30)));
            assertEquals(1, TestPostgres.sum(database));
        }
    }

    @Test
    void noMoreWaitThanMay() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), database,
                Map.of("RINGTALLY_ACK_MAX_WAITING", "2", "RINGTALLY_ACK_TIMEOUT", "1m"));
                Connection lock = DriverManager.getConnection(database, "postgres", "");
                RawConnection one = new RawConnection(service);
                RawConnection other = new RawConnection(service)) {
            lock.setAutoCommit(false);
            try (Statement statement = lock.createStatement()) {
                statement.execute("lock table ringtally.checkpoint in exclusive mode");
            }
            byte[] waits = RawConnection.post("/increment?ack=persisted",
                    RawConnection.bytes(ONE));
            one.send(waits);
            other.send(waits);
            service.await("both to be counted", Duration.ofSeconds(30), () ->
                    number(service, "applied_events") == 2);
            for (String more : List.of("/increment?ack=persisted", "/increment?ack=synced")) {
                HttpResponse<String> refused = service.post(more, ONE);
                assertEquals(503, refused.statusCode(), refused.body());
                assertEquals("1", refused.headers().firstValue("Retry-After").orElse("none"));
                assertTrue(refused.body().contains("/problems/too-many-waiting"), refused.body());
            }
            HttpResponse<String> stream = service.post("/v1/events?mode=partial&ack=persisted",
                    "application/x-ndjson", "{\"app_id\":\"\",\"message_id\":\"k\","
                            + "\"event\":\"increment\"}\n");
            assertEquals(503, stream.statusCode(), stream.body());
            assertEquals(202, service.post("/increment", ONE).statusCode());
            lock.rollback();
            assertEquals(202, one.answer().status());
            assertEquals(202, other.answer().status());
            assertEquals(202, service.post("/increment?ack=persisted", ONE).statusCode());
            assertEquals(4, TestPostgres.sum(database));
        }
    }

    private static long sum(String database) {
        try {
            return TestPostgres.sum(database);
        } catch (SQLException away) {
            throw new IllegalStateException(away);
        }
    }

    private static long number(RunningService service, String name) {
        Matcher found = Pattern.compile("\"" + name + "\":(\\d+)").matcher(service.status());
        return found.find() ? Long.parseLong(found.group(1)) : -1;
    }
}
