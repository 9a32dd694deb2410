package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages that nobody counts any more leave Postgres and memory, and the ledger says so. */
class RetentionIT {

    private static final Duration LONGEST = Duration.ofSeconds(90);
    /** More than one change takes. */
    private static final int MESSAGES = 1_200;

    @TempDir
    private Path directory;
    private String url;

    @BeforeEach
    void makeDatabase() throws Exception {
        url = TestPostgres.shared().newDatabase();
    }

    private RunningService launch(String retention, String fault) throws IOException {
        Path file = Files.writeString(Files.createTempFile(directory, "apps-", ".conf"),
                "retention { messages = 0, interval = 200ms }\n"
                        + "apps.chat { lifecycle = [MADE, SENT], retention = " + retention + " }\n"
                        + "apps.keep { lifecycle = [MADE] }");
        Map<String, String> settings = new HashMap<>(Map.of("RINGTALLY_CONFIG", file.toString(),
                "RINGTALLY_DB_URL", url, "RINGTALLY_DB_USER", "postgres",
                "RINGTALLY_PERSIST_MAX_DELAY", "500ms"));
        if (fault != null) {
            settings.put("JAVA_TOOL_OPTIONS", "-Dringtally.fault=" + fault);
        }
        return RunningService.launch(directory.resolve("data"), settings);
    }

    private static void count(RunningService service, String app, String from, int messages,
            String createdAt) throws IOException {
        StringBuilder events = new StringBuilder();
        for (int i = 0; i < messages; i++) {
            events.append(i == 0 ? "" : ",").append("{\"app_id\":\"").append(app)
                    .append("\",\"message_id\":\"").append(from).append(i)
                    .append("\",\"event\":\"MADE\",\"created_at\":\"").append(createdAt)
                    .append("\"}");
        }
        assertEquals(202, service.post("/api/event/bulk?ack=persisted",
                "{\"events\":[" + events + "]}").statusCode());
    }

    private long messages(String where) {
        try {
            return Long.parseLong(TestPostgres.query(url,
                    "select count(*) from ringtally.counters where " + where));
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    private void assertBooksAgree(RunningService service, int accepted) throws Exception {
        String audit = service.getAdmin("/v1/audit").body();
        assertTrue(audit.contains("\"balanced\":true"), audit);
        assertEquals(String.valueOf(accepted), TestPostgres.query(url,
                "select accepted_events from ringtally.ledger where balanced"));
        assertEquals("0", TestPostgres.query(url,
                "select count(*) from ringtally.message_mismatch"));
    }

    @Test
    void idleMessagesGoByTheTimeOfTheServerAndOthersStay() throws Exception {
        try (RunningService service = launch("15s", null)) {
            service.awaitStatus("up");
            count(service, "chat", "idle-", MESSAGES, "2100-01-01T00:00:00Z");
            count(service, "keep", "kept-", 3, "2001-01-01T00:00:00Z");
            int[] alive = {0};
            service.await("the idle ones to go", LONGEST, () -> {
                try {
                    count(service, "chat", "alive-", 1, "2001-01-01T00:00:00Z");
                } catch (IOException failed) {
                    throw new AssertionError(failed);
                }
                alive[0]++;
                return messages("message_id like 'idle-%'") == 0;
            });
            assertEquals(1, messages("message_id = 'alive-0' and total = " + alive[0]));
            assertEquals(3, messages("app_id = 'keep'"));
            assertEquals("4", TestPostgres.query(url, "select count(*) from ringtally.messages"));
            assertEquals(404, service.get("/v1/messages/idle-7?app_id=chat").statusCode());
            assertEquals(404, service.get("/v1/counters/idle-1199?app_id=chat&event=MADE")
                    .statusCode());
            assertEquals(200, service.get("/v1/messages/kept-2?app_id=keep").statusCode());
            count(service, "chat", "idle-", 1, "2002-02-02T00:00:00Z");
            String again = service.get("/v1/counters/idle-0?app_id=chat&event=MADE").body();
            assertTrue(again.contains("\"total\":1,\"events\":1,\"first_at\":\"2002"), again);
            assertBooksAgree(service, MESSAGES + 3 + alive[0] + 1);
            assertEquals(0, service.terminate(LONGEST), service.log());
        }
        assertEquals("retention/" + MESSAGES + "/true", TestPostgres.query(url, "select min(who) || '/'"
                + " || sum(counters) || '/' || (count(*) > 1) from ringtally.changes"
                + " where kind = 'retire'"));
    }

    @Test
    void aServiceKilledWhileMessagesGoLosesAndDoublesNothing() throws Exception {
        try (RunningService service = launch("0", null)) {
            service.awaitStatus("up");
            count(service, "chat", "idle-", 50, "2001-01-01T00:00:00Z");
            assertEquals(0, service.terminate(LONGEST), service.log());
        }
        for (String fault : new String[] {"change-decided", "flush-committed"}) {
            try (RunningService service = launch("1s", fault)) {
                assertEquals(137, service.awaitExit(LONGEST), service.log());
            }
        }
        try (RunningService service = launch("1s", null)) {
            service.awaitStatus("up");
            service.await("the idle ones to go", LONGEST, () -> messages("true") == 0);
            assertEquals(404, service.get("/v1/messages/idle-7?app_id=chat").statusCode());
            assertBooksAgree(service, 50);
            assertEquals(0, service.terminate(LONGEST), service.log());
        }
        assertEquals("50", TestPostgres.query(url, "select sum(counters) from ringtally.changes"));
    }
}
