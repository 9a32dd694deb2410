package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.http.OpenApi;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full ring refuses for a moment, says for how long, and loses nothing. */
class RingFullIT {

    private static final int SLOTS = 64;
    /** Events that take several slots, and not more than an eighth of the ring. */
    private static final int MANY = 100;
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path directory;
    private RunningService service;
    private int accepted;

    @Test
    void eventsAreRefusedWithRetryAfterUntilThereIsRoomAndAreNotCounted() throws Exception {
        String url = TestPostgres.shared().newDatabase();
        FaultFile faults = new FaultFile(directory.resolve("faults"));
        try (RunningService started = RunningService.start(directory.resolve("data"), url,
                Map.of("RINGTALLY_RING_SLOTS", String.valueOf(SLOTS), "JAVA_TOOL_OPTIONS",
                        faults.option()))) {
            service = started;
            Contract contract = new Contract();
            faults.arm(service, "tally-batch-begins:1:stall");
            HttpResponse<String> refused = fill();
            assertEquals(503, refused.statusCode(), refused.body());
            assertTrue(refused.body().contains("\"type\":\"/problems/ring-full\""),
                    refused.body());
            int seconds = Integer.parseInt(refused.headers().firstValue("Retry-After")
                    .orElse("0"));
            assertTrue(seconds >= 1 && seconds <= 60, "Retry-After: " + seconds);
            everyOtherWayInIsRefusedToo(contract);
            service.await("room in the ring", SOON, () -> post(1).statusCode() == 202);
            assertEquals(0, service.terminate(SOON), service.log());
        }
        assertEquals(accepted, TestPostgres.sum(url));
        assertEquals("t", TestPostgres.query(url, "select balanced from ringtally.ledger"));
    }

    /** Quickly, then slot by slot. */
    private HttpResponse<String> fill() {
        HttpResponse<String> answer = post(MANY);
        while (answer.statusCode() == 202 && accepted < SLOTS * MANY) {
            answer = post(MANY);
        }
        while (accepted < SLOTS * MANY && (answer = post(1)).statusCode() == 202) {
            continue;
        }
        return answer;
    }

    private void everyOtherWayInIsRefusedToo(Contract contract) throws Exception {
        for (OpenApi.Operation operation : contract.having(507)) {
            if (operation.method().equals("POST")) {
                contract.expect(service, operation, ContractCalls.good(operation), 503);
            }
        }
        double refused = Scrape.of(service)
                .value("ringtally_refused_requests_total{reason=\"ring-full\"}");
        assertTrue(refused >= contract.having(409).size(), "counted " + refused);
    }

    private HttpResponse<String> post(int events) {
        String event = "{\"app_id\":\"\",\"message_id\":\"k\",\"event\":\"e\"}";
        try {
            HttpResponse<String> answer = service.post("/api/event/bulk", "{\"events\":["
                    + (event + ",").repeat(events - 1) + event + "]}");
            accepted += answer.statusCode() == 202 ? events : 0;
            return answer;
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }
}
