package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators do over HTTP, and that no page of another origin does it for them. */
class OperatorIT {

    private static final String ONE = "{\"key\":\"k\",\"value\":1}";
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private static Path directory;
    private static String database;
    private static RunningService service;

    /** Nothing is flushed by itself within a test: ten seconds, ten thousand events. */
    @BeforeAll
    static void start() throws Exception {
        database = TestPostgres.shared().newDatabase();
        service = RunningService.start(directory.resolve("data"), database, Map.of(
                "RINGTALLY_PERSIST_MAX_DELAY", "10s",
                "RINGTALLY_ADMIN_NAMES", "ops.example, Other.Example"));
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @AfterEach
    void asItWas() throws IOException {
        assertEquals(200, act("POST", "/v1/admin/resume", null).statusCode());
        assertEquals(200, act("POST", "/v1/admin/flush", null).statusCode());
        assertEquals(200, act("PATCH", "/v1/admin/settings", "{\"persist.max-updates\":10000,"
                + "\"persist.max-delay\":10000,\"persist.min-interval\":250}").statusCode());
    }

    @Test
    void aFlushAnswersOnceItIsInPostgres() throws Exception {
        long before = persisted();
        assertEquals(202, service.post("/increment", ONE).statusCode());
        assertEquals(before, persisted());
        HttpResponse<String> flushed = act("POST", "/v1/admin/flush", null);
        assertEquals(200, flushed.statusCode(), flushed.body());
        assertTrue(flushed.body().matches("\\{\"persisted\":true,\"position\":\\d+}"),
                flushed.body());
        assertEquals(before + 1, persisted());
    }

    @Test
    void aPauseIsShownAndTakenBackAndAFlushGoesThroughIt() throws Exception {
        assertEquals("{\"paused\":true,\"draining\":false}",
                act("POST", "/v1/admin/pause", null).body());
        assertTrue(service.status().contains("flushes are paused by an operator"),
                service.status());
        long before = persisted();
        assertEquals(202, service.post("/increment", ONE).statusCode());
        assertEquals(200, act("POST", "/v1/admin/flush", null).statusCode());
        assertEquals(before + 1, persisted());
        assertEquals("{\"paused\":false,\"draining\":false}",
                act("POST", "/v1/admin/resume", null).body());
        assertTrue(service.log().contains("flushes are paused by an operator at 127.0.0.1"));
        assertTrue(service.log().contains("flushes go on, by an operator at 127.0.0.1"));
    }

    @Test
    void aDrainRefusesEventsAndLeavesNothingBehindUntilItIsTakenBack() throws Exception {
        assertEquals(202, service.post("/increment", ONE).statusCode());
        assertEquals("{\"paused\":false,\"draining\":true}",
                act("POST", "/v1/admin/drain", null).body());
        assertEquals(503, service.post("/increment", ONE).statusCode());
        assertTrue(service.get("/api/q/stats").body().contains("\"unpersisted_events\":0"));
        assertEquals("{\"paused\":false,\"draining\":false}",
                act("POST", "/v1/admin/resume", null).body());
        assertEquals(202, service.post("/increment", ONE).statusCode());
        assertTrue(body("/v1/admin/troubles").contains("\"status\":\"draining\""),
                body("/v1/admin/troubles"));
    }

    @Test
    void aDrainThatWaitsForPostgresTellsTheLogHowFarItIs() throws Exception {
        assertEquals(202, service.post("/increment", ONE).statusCode());
        CompletableFuture<HttpResponse<String>> drained;
        try (Connection lock = DriverManager.getConnection(database);
                Statement statement = lock.createStatement()) {
            lock.setAutoCommit(false);
            statement.execute("lock table ringtally.counter in access exclusive mode");
            drained = CompletableFuture.supplyAsync(() -> {
                try {
                    return act("POST", "/v1/admin/drain", null);
                } catch (IOException gone) {
                    throw new UncheckedIOException(gone);
                }
            });
            service.await("a line about the drain", Duration.ofSeconds(20), () ->
                    logText().contains("draining: 0 of 1 counters, 0 %"));
        }
        assertEquals("{\"paused\":false,\"draining\":true}",
                drained.get(20, TimeUnit.SECONDS).body());
    }

    @Test
    void aThresholdSetHoldsAtOnceAndIsLoggedWithWhoAndWhatItWas() throws Exception {
        HttpResponse<String> set = act("PATCH", "/v1/admin/settings",
                "{\"persist.max-updates\":1,\"persist.max-delay\":200}");
        assertEquals(200, set.statusCode(), set.body());
        assertTrue(set.body().contains("{\"key\":\"persist.max-updates\",\"value\":1,"
                + "\"unit\":\"events\",\"least\":1,\"most\":10000000,\"configured\":10000}"),
                set.body());
        // longer than the delay, so it is lowered to it
        assertTrue(set.body().contains("{\"key\":\"persist.min-interval\",\"value\":200,"),
                set.body());
        assertEquals(set.body(), body("/v1/admin/settings"));
        long before = persisted();
        assertEquals(202, service.post("/increment", ONE).statusCode());
        service.await("the event to be flushed", SOON, () -> persisted() == before + 1);
        assertTrue(service.log().contains("persist.max-updates is 1 events now, it was 10000: set"
                + " by an operator at 127.0.0.1"), service.log());
    }

    @Test
    void aBadSettingIsRefusedWithItsFieldAndNothingIsSet() throws Exception {
        String before = body("/v1/admin/settings");
        assertEquals(before, act("PATCH", "/v1/admin/settings", "{}").body());
        for (String[] bad : new String[][] {
                {"{\"persist.max-updates\":5,\"persist.max-delay\":11000}",
                    "{\"field\":\"persist.max-delay\",\"reason\":\"persist.max-delay = 11000 ms is"
                        + " out of range: 50 ms to 10 s\"}"},
                {"{\"persist.max-updates\":0}", "persist.max-updates = 0 is out of range"},
                {"{\"persist.max-updates\":\"5\"}", "not a whole number"},
                {"{\"persist.max-updates\":99999999999999999999}", "beyond 64 bits"},
                {"{\"persist.min-interval\":10001}", "persist.min-interval = 10001 ms is out of"},
                {"{\"http.port\":1}", "http.port cannot be set while the service runs"},
                {"[1]", "not an object"}, {"", "empty"}}) {
            HttpResponse<String> refused = act("PATCH", "/v1/admin/settings", bad[0]);
            assertEquals(400, refused.statusCode(), bad[0] + ": " + refused.body());
            assertTrue(refused.body().contains("/problems/invalid-request"), refused.body());
            assertTrue(refused.body().contains(bad[1]), refused.body());
        }
        assertEquals(before, body("/v1/admin/settings"));
    }

    @Test
    void refusalsAreAmongTheTroubles() throws Exception {
        act("POST", "/v1/admin/drain", null);
        service.await("a refusal to be seen", SOON, () -> {
            assertEquals(503, refused());
            String troubles = body("/v1/admin/troubles");
            return troubles.contains("\"cause\":\"requests are refused because of the service's"
                    + " state\"") && troubles.contains("admission was DRAINING");
        });
    }

    @Test
    void aPageOfAnotherOriginMayNotAct() throws Exception {
        String own = "127.0.0.1:" + service.adminPort();
        for (String[] page : new String[][] {
                {own, "http://evil.example"}, {own, "https://evil.example:3334"}, {own, "null"},
                {own, "http://localhost:" + service.adminPort()}, {own, "http://127.0.0.1"},
                {own, "http://127.0.0.1:1"}}) {
            assertRefused("foreign-origin", page[0], "Origin: " + page[1] + "\r\n");
        }
        assertRefused("foreign-origin", own, "Sec-Fetch-Site: cross-site\r\n");
        assertRefused("foreign-origin", own, "Sec-Fetch-Site: same-site\r\n");
        assertTaken(own, "Origin: http://" + own + "\r\nSec-Fetch-Site: same-origin\r\n");
        assertTaken(own, "Origin: https://OPS.example:8443\r\n");
        assertTaken(own, "Sec-Fetch-Site: none\r\n");
        assertTaken(own, "");
    }

    @Test
    void aPageThatBringsItsOwnNameHereMayNeitherActNorRead() throws Exception {
        for (String host : new String[] {"evil.example", "evil.example:3334",
                "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.1evil"}) {
            assertRefused("foreign-host", host, "Origin: http://" + host + "\r\n");
            assertTrue(send("GET /v1/admin/settings HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                    .body().contains("foreign-host"), host);
        }
        for (String host : new String[] {"localhost", "LOCALHOST:3334", "127.0.0.1", "[::1]:3334",
                "10.1.2.3", "dash.localhost:3334", "other.example", "ops.example.:3334"}) {
            assertTaken(host, "");
        }
    }

    @Test
    void aPlainFormCannotActWhereverItIsFrom() throws Exception {
        String own = "127.0.0.1:" + service.adminPort();
        for (String type : new String[] {"text/plain", "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x"}) {
            for (String verb : new String[] {"POST /v1/admin/flush", "PATCH /v1/admin/settings"}) {
                RawConnection.Answer answer = send(verb + " HTTP/1.1\r\nHost: " + own
                        + "\r\nContent-Type: " + type + "\r\nContent-Length: 2\r\n\r\n{}");
                assertEquals(415, answer.status(), verb + " " + type);
            }
        }
        assertEquals(415, send("PATCH /v1/admin/settings HTTP/1.1\r\nHost: " + own
                + "\r\nContent-Length: 2\r\n\r\n{}").status());
    }

    private static void assertRefused(String why, String host, String headers) throws IOException {
        for (String verb : new String[] {"POST /v1/admin/pause", "PATCH /v1/admin/settings",
                "DELETE /status", "POST /nowhere"}) {
            RawConnection.Answer answer = send(verb + " HTTP/1.1\r\nHost: " + host + "\r\n"
                    + headers + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
            assertEquals(403, answer.status(), verb + " " + host + " " + headers);
            assertTrue(answer.body().contains(why), answer.body());
        }
        assertFalse(service.status().contains("paused by an operator"));
    }

    private static void assertTaken(String host, String headers) throws IOException {
        assertEquals(200, send("POST /v1/admin/resume HTTP/1.1\r\nHost: " + host + "\r\n" + headers
                + "Content-Length: 0\r\n\r\n").status(), host + " " + headers);
    }

    private static RawConnection.Answer send(String text) throws IOException {
        try (RawConnection connection = new RawConnection(service.adminPort())) {
            return connection.send(text).answer();
        }
    }

    private static HttpResponse<String> act(String method, String path, String json)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + service.adminPort() + path)).method(method,
                json == null ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(json));
        if (json != null) {
            request.header("Content-Type", "application/json");
        }
        return service.send(request);
    }

    private static int refused() {
        try {
            return service.post("/increment", ONE).statusCode();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static String logText() {
        try {
            return service.log();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static String body(String path) {
        try {
            return service.getAdmin(path).body();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static long persisted() {
        try {
            return Long.parseLong(TestPostgres.query(database,
                    "select coalesce(sum(total), 0)::bigint from ringtally.counters"));
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }
}
