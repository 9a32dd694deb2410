package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Above its limits a client is told to wait, and nothing of what it is refused counts. */
class LimitsIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path directory;
    private long counted;

    @Test
    void requestsAndEventsAboveTheLimitsAreRefusedAndNeverCounted() throws Exception {
        String url = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), url, Map.of(
                "RINGTALLY_LIMITS_CLIENT_REQUESTS_PER_SECOND", "1",
                "RINGTALLY_LIMITS_BURST", "60s",
                "RINGTALLY_LIMITS_APP_EVENTS_PER_SECOND", "1"))) {
            // at once 60 requests may come, and 60 events of an app
            assertEquals(202, send(service, 100).statusCode());
            HttpResponse<String> ofApp = send(service, 1);
            assertRefused(ofApp, "app-events", 30, 60);
            HttpResponse<String> last = ofApp;
            int letIn = 1;
            for (int i = 0; i < 500 && !policyOf(last).equals("client-requests"); i++) {
                last = service.post("/increment", "{\"key\":\"k" + i + "\",\"value\":1}");
                if (last.statusCode() == 202) {
                    letIn++;
                    counted++;
                }
            }
            assertRefused(last, "client-requests", 1, 1);
            assertTrue(letIn >= 57, "let in " + letIn);
            assertEquals(429, service.get("/v1/counters/k0").statusCode());
            assertEquals(200, service.get("/status").statusCode(), "never limited");
            service.await("what was let in to be counted", SOON, () ->
                    service.status().contains("\"applied_events\":" + counted + ","));
            assertEquals(0, service.terminate(SOON), service.log());
        }
        assertEquals(String.valueOf(counted),
                TestPostgres.query(url, "select sum(events) from ringtally.counters"));
    }

    @Test
    void aStreamThatWaitsForRoomPaysOnce() throws Exception {
        String url = TestPostgres.shared().newDatabase();
        FaultFile faults = new FaultFile(directory.resolve("faults"));
        try (RunningService service = RunningService.start(directory.resolve("data"), url, Map.of(
                "RINGTALLY_RING_SLOTS", "64", "JAVA_TOOL_OPTIONS", faults.option(),
                // 300 at once: more than it takes to fill the ring, fewer than tries in two seconds
                "RINGTALLY_LIMITS_CLIENT_EVENTS_PER_SECOND", "3",
                "RINGTALLY_LIMITS_BURST", "100s"))) {
            faults.arm(service, "tally-batch-begins:1:stall");
            HttpResponse<String> full = increment(service);
            for (int i = 1; i < 200 && full.statusCode() == 202; i++) {
                full = increment(service);
            }
            assertTrue(full.body().contains("/problems/ring-full"), full.body());
            HttpResponse<String> stream = service.post("/v1/events?mode=partial",
                    "application/x-ndjson",
                    "{\"app_id\":\"\",\"message_id\":\"k\",\"event\":\"increment\"}\n");
            assertEquals(503, stream.statusCode(), stream.body());
            assertTrue(stream.body().contains("/problems/ring-full"), stream.body());
            service.await("the ring to be free", SOON, () ->
                    increment(service).statusCode() == 202);
            assertEquals(0, service.terminate(SOON), service.log());
        }
        assertEquals(counted, TestPostgres.sum(url));
    }

    private HttpResponse<String> increment(RunningService service) {
        try {
            HttpResponse<String> answer = service.post("/increment", "{\"key\":\"k\",\"value\":1}");
            counted += answer.statusCode() == 202 ? 1 : 0;
            return answer;
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private HttpResponse<String> send(RunningService service, int events) throws Exception {
        String event = "{\"app_id\":\"shop\",\"message_id\":\"m\",\"event\":\"e\"}";
        HttpResponse<String> answer = service.post("/api/event/bulk", "{\"events\":["
                + (event + ",").repeat(events - 1) + event + "]}");
        counted += answer.statusCode() == 202 ? events : 0;
        return answer;
    }

    private static String policyOf(HttpResponse<String> answer) {
        return answer.headers().firstValue("RateLimit").orElse("").replaceAll("\"|;.*", "");
    }

    private static void assertRefused(HttpResponse<String> answer, String policy, int waitMin,
            int waitMax) {
        assertEquals(429, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("/problems/rate-limited"), answer.body());
        int wait = Integer.parseInt(answer.headers().firstValue("Retry-After").orElse("0"));
        assertTrue(wait >= waitMin && wait <= waitMax, "wait " + wait);
        assertEquals("\"" + policy + "\";r=0;t=" + wait,
                answer.headers().firstValue("RateLimit").orElse("none"));
        assertEquals("\"" + policy + "\";q=60;w=60",
                answer.headers().firstValue("RateLimit-Policy").orElse("none"));
    }
}
