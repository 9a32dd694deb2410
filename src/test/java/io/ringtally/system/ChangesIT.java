package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.OwnThread;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counters are set and removed exactly once, by who may, and the ledger says by how much. */
class ChangesIT {

    private static final Duration LONGEST = Duration.ofSeconds(60);

    @TempDir
    private Path directory;
    private String url;

    @BeforeEach
    void makeDatabase() throws Exception {
        url = TestPostgres.shared().newDatabase();
    }

    private RunningService start(String data, Map<String, String> more) throws IOException {
        Map<String, String> settings = new HashMap<>(more);
        settings.putIfAbsent("RINGTALLY_PERSIST_MAX_DELAY", "10s");
        return RunningService.start(directory.resolve(data), url, settings);
    }

    /** Dies where it is told to, maybe before it is up. */
    private RunningService launch(String data, String fault) throws IOException {
        return RunningService.launch(directory.resolve(data), Map.of("RINGTALLY_DB_URL", url,
                "RINGTALLY_DB_USER", "postgres", "RINGTALLY_PERSIST_MAX_DELAY", "10s",
                "JAVA_TOOL_OPTIONS", "-Dringtally.fault=" + fault));
    }

    private static HttpResponse<String> send(RunningService service, String method, String path,
            String body, String... headers) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(service.url() + path))
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return service.send(request);
    }

    private static HttpResponse<String> set(RunningService service, String key, String total,
            String... headers) throws IOException {
        return send(service, "PUT", "/v1/counters/" + key, "{\"total\":" + total + "}", headers);
    }

    private static HttpResponse<String> remove(RunningService service, String key,
            String... headers) throws IOException {
        return send(service, "DELETE", "/v1/counters/" + key, null, headers);
    }

    private static String tagOf(HttpResponse<String> answer) {
        return answer.headers().firstValue("ETag").orElseThrow(() ->
                new AssertionError(answer.statusCode() + " " + answer.body()));
    }

    private static void count(RunningService service, String key, int value, String query)
            throws IOException {
        assertEquals(202, service.post("/increment" + query,
                "{\"key\":\"" + key + "\",\"value\":" + value + "}").statusCode());
    }

    private static void assertTotal(RunningService service, String key, long total, long events)
            throws IOException {
        String both = "\"total\":" + total + ",\"events\":" + events + ",";
        String memory = service.get("/v1/counters/" + key).body();
        assertTrue(memory.contains(both), memory);
    }

    private void assertBalanced(RunningService service) throws Exception {
        HttpResponse<String> audit = service.getAdmin("/v1/audit");
        assertTrue(audit.body().contains("\"balanced\":true"), audit.body());
        assertEquals("t", TestPostgres.query(url, "select balanced from ringtally.ledger"));
        assertEquals("0", TestPostgres.query(url,
                "select count(*) from ringtally.message_mismatch"));
    }

    @Test
    void aCounterIsSetAndRemovedWhereItsConditionHolds() throws Exception {
        Path apps = Files.writeString(directory.resolve("apps.conf"),
                "apps.chat.lifecycle = [MADE, SENT]");
        try (RunningService service = start("data", Map.of("RINGTALLY_CONFIG", apps.toString()))) {
            count(service, "k", 5, "");
            String first = tagOf(service.get("/v1/counters/k"));
            assertEquals(412, set(service, "k", "1", "If-Match", "\"1.2.3.4\"").statusCode());
            assertEquals(412, set(service, "k", "1", "If-Match", "\"nonsense\"").statusCode());
            assertEquals(412, set(service, "k", "1", "If-None-Match", "*").statusCode());
            HttpResponse<String> done = set(service, "k", "3", "If-Match", first);
            assertEquals(200, done.statusCode(), done.body());
            assertTrue(done.body().contains("\"total\":3,\"events\":1,"), done.body());
            assertEquals(tagOf(done), tagOf(service.get("/v1/counters/k")));
            assertEquals(tagOf(done), tagOf(service.get("/v1/counters/k?read=persisted")));
            HttpResponse<String> late = set(service, "k", "9", "If-Match", first);
            assertEquals(412, late.statusCode());
            assertEquals(tagOf(done), tagOf(late));
            count(service, "k", 4, "");
            assertTotal(service, "k", 7, 2);
            assertEquals(200, set(service, "k", "\"-9223372036854775808\"", "If-Match", "*")
                    .statusCode());
            assertTotal(service, "k", Long.MIN_VALUE, 2);

            assertEquals(412, set(service, "new", "1", "If-Match", "*").statusCode());
            assertEquals(201, set(service, "new", "8", "If-None-Match", "*").statusCode());
            assertTotal(service, "new", 8, 1);
            assertEquals(200, set(service, "new", "8").statusCode());
            assertTotal(service, "new", 8, 1);
            assertEquals(412, remove(service, "new", "If-Match", first).statusCode());
            HttpResponse<String> gone = remove(service, "new");
            assertEquals(200, gone.statusCode());
            assertTrue(gone.body().startsWith("{\"removed\":[{\"app_id\":\"\",\"message_id\":"
                    + "\"new\",\"event\":\"increment\",\"total\":8,"), gone.body());
            assertEquals(404, service.get("/v1/counters/new").statusCode());
            assertEquals(404, remove(service, "new").statusCode());
            count(service, "new", 2, "");
            assertTotal(service, "new", 2, 1);

            removesWholeMessages(service);
            refusesWhatItCannotRead(service);
            assertBalanced(service);
            assertEquals(0, service.terminate(LONGEST), service.log());
        }
        assertEquals("anonymous set done k 5/1 3/1", TestPostgres.query(url, "select who || ' ' ||"
                + " kind || ' ' || outcome || ' ' || message_id || ' ' || total_before || '/' ||"
                + " events_before || ' ' || total_after || '/' || events_after"
                + " from ringtally.changes where outcome <> 'condition-failed' order by id"));
    }

    private void removesWholeMessages(RunningService service) throws Exception {
        assertEquals(202, service.post("/api/event/bulk", "{\"events\":["
                + "{\"app_id\":\"chat\",\"message_id\":\"m\",\"event\":\"MADE\"},"
                + "{\"app_id\":\"chat\",\"message_id\":\"m\",\"event\":\"SENT\"},"
                + "{\"app_id\":\"chat\",\"message_id\":\"n\",\"event\":\"MADE\"}]}").statusCode());
        assertEquals(200, send(service, "DELETE", "/v1/counters/m?app_id=chat&event=SENT", null)
                .statusCode());
        assertTrue(service.get("/v1/messages/m?app_id=chat").body()
                .contains("\"missing\":[\"SENT\"]"));
        assertEquals("{MADE}", TestPostgres.query(url,
                "select seen from ringtally.messages where message_id = 'm'"));
        assertEquals(201, send(service, "PUT", "/v1/counters/m?app_id=chat&event=SENT",
                "{\"total\":1}").statusCode());
        assertEquals("{MADE,SENT}", TestPostgres.query(url,
                "select seen from ringtally.messages where message_id = 'm'"));
        HttpResponse<String> gone = send(service, "DELETE", "/v1/messages/m?app_id=chat", null,
                "If-Match", "*");
        assertEquals(200, gone.statusCode());
        assertTrue(gone.body().contains("MADE") && gone.body().contains("SENT"), gone.body());
        assertEquals(404, service.get("/v1/messages/m?app_id=chat").statusCode());
        assertEquals(404, send(service, "DELETE", "/v1/messages/m?app_id=chat", null)
                .statusCode());
        assertEquals("n", TestPostgres.query(url,
                "select string_agg(message_id, ',') from ringtally.messages"));
    }

    private static void refusesWhatItCannotRead(RunningService service) throws IOException {
        for (String total : List.of("null", "1.5", "9223372036854775808", "\"x\"", "[]")) {
            assertEquals(400, set(service, "k", total).statusCode(), total);
        }
        assertEquals(400, send(service, "PUT", "/v1/counters/k", "{}").statusCode());
        assertEquals(400, set(service, "k", "1", "If-Match", "\"a\", \"b\"").statusCode());
        assertEquals(400, set(service, "k", "1", "If-Match", "*", "If-None-Match", "*")
                .statusCode());
        assertEquals(400, send(service, "DELETE", "/v1/messages/n?app_id=chat", null, "If-Match",
                "\"1.2.3.4\"").statusCode());
        assertEquals(400, remove(service, "%00").statusCode());
    }

    @Test
    void sumsAreExactWhileCountersAreSetAndRemovedUnderLoad() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger accepted = new AtomicInteger();
        try (RunningService one = start("one", Map.of("RINGTALLY_TALLY_SHARDS", "2"));
                RunningService two = start("two", Map.of())) {
            List<CompletableFuture<Void>> loads = new ArrayList<>();
            for (int number = 0; number < 4; number++) {
                RunningService to = number < 2 ? one : two;
                loads.add(CompletableFuture.runAsync(() -> post(to.port(), to == one, stop,
                        accepted), new OwnThread()));
            }
            for (int i = 0; i < 40; i++) {
                RunningService service = i % 2 == 0 ? one : two;
                String key = "k-" + i % 3;
                int status = i % 5 == 4 ? remove(service, key).statusCode()
                        : set(service, key, String.valueOf(i)).statusCode();
                assertTrue(status == 200 || status == 201 || status == 404, "status " + status);
                assertEquals(2, set(one, "of-one", String.valueOf(i)).statusCode() / 100);
            }
            stop.set(true);
            for (CompletableFuture<Void> load : loads) {
                load.get(60, TimeUnit.SECONDS);
            }
            // what came while it was being set is in memory, too
            count(one, "of-one", 1, "?ack=persisted");
            assertEquals(tagOf(one.get("/v1/counters/of-one?read=persisted")),
                    tagOf(one.get("/v1/counters/of-one")));
            // who has changed a counter last goes on from its row
            count(one, "k-0", 1, "?ack=persisted");
            count(two, "k-0", 1, "?ack=persisted");
            assertEquals(200, set(one, "k-0", "1000").statusCode());
            count(one, "k-0", 1, "");
            assertTrue(one.get("/v1/counters/k-0").body().contains("\"total\":1001,"));
            HttpResponse<String> row = two.get("/v1/counters/k-0?read=persisted");
            assertEquals(200, set(two, "k-0", "2000", "If-Match", tagOf(row)).statusCode());
            assertBalanced(one);
            assertEquals(0, one.terminate(LONGEST), one.log());
            assertEquals(0, two.terminate(LONGEST), two.log());
        }
        assertEquals(String.valueOf(accepted.get() + 4), TestPostgres.query(url,
                "select accepted_sum from ringtally.ledger"));
        assertEquals("t", TestPostgres.query(url, "select balanced from ringtally.ledger"));
        assertEquals("2001", TestPostgres.query(url,
                "select total from ringtally.counters where message_id = 'k-0'"));
        assertEquals("0", TestPostgres.query(url, "select deadlocks from pg_stat_database"
                + " where datname = current_database()"));
    }

    private static void post(int port, boolean own, AtomicBoolean stop,
            AtomicInteger accepted) {
        try (PostClient client = new PostClient(port)) {
            for (int i = 0; !stop.get(); i++) {
                String key = own && i % 2 == 0 ? "of-one" : "k-" + i % 3;
                assertEquals(202, client.increment(key, 1));
                accepted.incrementAndGet();
            }
        }
    }

    @Test
    void aChangeIsDecidedOnceWhereverTheServiceDies() throws Exception {
        int number = 0;
        for (String fault : List.of("flush-cut-taken:2", "change-decided", "flush-committed:2",
                "change-taken-over")) {
            String key = "k-" + number++;
            try (RunningService service = launch("data", fault)) {
                service.awaitStatus("up");
                count(service, key, 5, "?ack=persisted");
                count(service, key, 4, "");
                assertThrows(IOException.class, () -> set(service, key, "100"));
                assertEquals(137, service.awaitExit(LONGEST), service.log());
            }
            if (number == 1) {
                assertLogHasTheChange();
                diesWhileItReplays("flush-before-commit");
                diesWhileItReplays("change-taken-over");
            }
            try (RunningService service = start("data", Map.of())) {
                assertTotal(service, key, 100, 2);
                assertEquals(412, set(service, key, "1", "If-Match", "\"2.9.0.0\"").statusCode());
                count(service, key, 1, "");
                assertTotal(service, key, 101, 3);
                assertBalanced(service);
                assertEquals(0, service.terminate(LONGEST), service.log());
            }
            assertEquals("1/9/2", TestPostgres.query(url, "select count(*) || '/' ||"
                    + " sum(total_before) || '/' || sum(events_before) from ringtally.changes"
                    + " where outcome = 'done' and message_id = '" + key + "'"));
        }
    }

    private void diesWhileItReplays(String fault) throws IOException {
        try (RunningService service = launch("data", fault)) {
            assertEquals(137, service.awaitExit(LONGEST), service.log());
        }
    }

    private void assertLogHasTheChange() throws Exception {
        String data = directory.resolve("data").toString();
        FinishedCommand found = FinishedCommand.of(Map.of(), "journal", "inspect", "--data-dir",
                data);
        assertEquals(0, found.code(), found.output());
        assertTrue(found.output().contains("1 CHANGE") || found.output().contains("2 records"),
                found.output());
        FinishedCommand lines = FinishedCommand.of(Map.of(), "journal", "export", "--data-dir",
                data);
        assertTrue(lines.output().contains("\"change\":{\"kind\":\"set\",\"app_id\":\"\","
                + "\"message_id\":\"k-0\",\"event\":\"increment\",\"total\":100,"),
                lines.output());
    }

    @Test
    void aChangeThatPostgresDoesNotGetToIsTakenBackOrItsOutcomeIsUnknown() throws Exception {
        try (RunningService service = start("data", Map.of("RINGTALLY_ACK_TIMEOUT", "3s"))) {
            count(service, "k", 1, "");
            try (Connection locking = DriverManager.getConnection(url)) {
                locking.setAutoCommit(false);
                locking.createStatement().execute(
                        "lock table ringtally.checkpoint in exclusive mode");
                HttpResponse<String> unknown = set(service, "k", "10");
                assertEquals(504, unknown.statusCode(), unknown.body());
                HttpResponse<String> back = set(service, "k", "20");
                assertEquals(503, back.statusCode());
                assertTrue(back.body().contains("not-changed"), back.body());
            }
            service.await("the change that is in the log", LONGEST, () -> {
                try {
                    return service.get("/v1/counters/k").body().contains("\"total\":10,");
                } catch (IOException failed) {
                    throw new AssertionError(failed);
                }
            });
            assertBalanced(service);
            assertEquals(0, service.terminate(LONGEST), service.log());
        }
        assertEquals("1", TestPostgres.query(url, "select count(*) from ringtally.changes"));
    }
}
