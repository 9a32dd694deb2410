package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator lists dead letters, tries them again, gives them up; the ledger always balances. */
class DeadLettersIT {

    private static final String MAX = "9223372036854775807";

    @TempDir
    private static Path directory;
    private static String database;
    private static RunningService service;

    /** Nothing is flushed by itself within a test. */
    @BeforeAll
    static void start() throws Exception {
        database = TestPostgres.shared().newDatabase();
        service = startAgain();
    }

    private static RunningService startAgain() throws IOException {
        return RunningService.start(directory.resolve("data"), database, Map.of(
                "RINGTALLY_PERSIST_MAX_DELAY", "10s", "RINGTALLY_TALLY_SHARDS", "2",
                "RINGTALLY_CONFIG", Files.writeString(directory.resolve("apps.conf"),
                        "apps.life.lifecycle = [born, died]").toString()));
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @AfterEach
    void theLedgerBalances() throws Exception {
        assertEquals("t", TestPostgres.query(database, "select balanced from ringtally.ledger"));
        String audit = service.getAdmin("/v1/audit").body();
        assertTrue(audit.startsWith("{\"balanced\":true,"), audit);
        assertEquals("0", TestPostgres.query(database,
                "select count(*) from ringtally.message_mismatch"));
    }

    @Test
    void aLetterThatFitsAgainIsCountedOnceAndPointReadsAreExact() throws Exception {
        String id = letterOf("fits", "e");
        assertEquals(409, act("POST", "/" + id + "/retry").statusCode());
        post("", "fits", "e", "-100");
        // in memory only: the retry must neither lose nor repeat it
        assertEquals(409, act("POST", "/" + id + "/retry").statusCode());
        flush();
        post("", "fits", "e", "-7");
        HttpResponse<String> counted = act("POST", "/" + id + "/retry");
        assertEquals(200, counted.statusCode(), counted.body());
        assertTrue(counted.body().contains("\"total\":9223372036854775708,\"events\":3,"),
                counted.body());
        assertTotal("fits", "9223372036854775701", 4);
        assertEquals(404, act("POST", "/" + id + "/retry").statusCode());
        assertEquals(404, act("DELETE", "/" + id).statusCode());
        post("", "fits", "e", "-1");
        flush();
        assertTotal("fits", "9223372036854775700", 5);
        assertEquals("9223372036854775700", TestPostgres.query(database,
                "select total from ringtally.counters where message_id = 'fits'"));
        assertFalse(list("").contains("\"message_id\":\"fits\""));
    }

    @Test
    void whatIsRetriedIsThereAfterAKill() throws Exception {
        String id = letterOf("killed", "e");
        post("", "killed", "e", "-10");
        flush();
        assertEquals(200, act("POST", "/" + id + "/retry").statusCode());
        post("", "killed", "e", "-1");
        service.kill();
        service = startAgain();
        assertTotal("killed", "9223372036854775797", 4);
        flush();
    }

    @Test
    void aLetterOfAnAppWithALifecycleCountsForItsMessage() throws Exception {
        String id = letterOf("life", "m", "born");
        post("life", "m", "born", "-10");
        flush();
        assertEquals(200, act("POST", "/" + id + "/retry").statusCode());
        String message = service.get("/v1/messages/m?app_id=life").body();
        assertTrue(message.contains("\"total\":9223372036854775798,\"events\":3,"), message);
        assertTrue(message.contains("\"missing\":[\"died\"]"), message);
    }

    @Test
    void oneDiscardedIsHiddenAndStaysInTheLedger() throws Exception {
        String id = letterOf("given-up", "e");
        HttpResponse<String> gone = act("DELETE", "/" + id);
        assertEquals(204, gone.statusCode(), gone.body());
        assertEquals(404, act("DELETE", "/" + id).statusCode());
        assertEquals(404, act("POST", "/" + id + "/retry").statusCode());
        assertFalse(list("").contains("\"message_id\":\"given-up\""));
        assertEquals("t an operator at 127.0.0.1", TestPostgres.query(database,
                "select (discarded_at is not null) || ' ' || discarded_by from"
                + " ringtally.dead_letters where id = " + id).replace("true", "t"));
    }

    @Test
    void whatIsNoKeyCanOnlyBeDiscarded() throws Exception {
        String id = letterOf("unreadable", "e");
        TestPostgres.query(database, "update ringtally.dead_letter set message_id = '\\xff00'"
                + " where id = " + id + " returning 1");
        assertTrue(list("").contains("\"retryable\":false"));
        HttpResponse<String> refused = act("POST", "/" + id + "/retry");
        assertEquals(409, refused.statusCode());
        assertTrue(refused.body().contains("it can only be discarded"), refused.body());
        assertEquals(204, act("DELETE", "/" + id).statusCode());
    }

    @Test
    void theListGoesFromTheNewestToTheOldestPageByPage() throws Exception {
        String first = letterOf("page-a", "e");
        String second = letterOf("page-b", "e");
        String page = list("?limit=1");
        assertEquals(second, idIn(page), page);
        assertTrue(page.endsWith("],\"next\":" + second + "}"), page);
        assertTrue(page.contains("\"delta\":1,\"events\":1,\"reason\":\"value 1 takes the total "
                + MAX + " beyond 64 bits\",\"sqlstate\":\"\","), page);
        assertEquals(first, idIn(list("?limit=1&after=" + second)));
        assertEquals("{\"dead_letters\":[]}", list("?after=1"));
        for (String bad : new String[] {"?limit=0", "?limit=501", "?after=x", "?after=-1"}) {
            assertEquals(400, service.getAdmin("/v1/admin/dead-letters" + bad).statusCode(), bad);
        }
        for (String unknown : new String[] {"x", "0", "99999999999999999999"}) {
            assertEquals(404, act("POST", "/" + unknown + "/retry").statusCode(), unknown);
            assertEquals(404, act("DELETE", "/" + unknown).statusCode(), unknown);
        }
    }

    /** The id of a new letter, of value 1 on top of the greatest total. */
    private static String letterOf(String message, String event) throws IOException {
        return letterOf("", message, event);
    }

    private static String letterOf(String app, String message, String event) throws IOException {
        post(app, message, event, MAX);
        post(app, message, event, "1");
        flush();
        return idIn(list("?limit=1"));
    }

    private static String idIn(String list) {
        Matcher id = Pattern.compile("\"id\":(\\d+)").matcher(list);
        assertTrue(id.find(), list);
        return id.group(1);
    }

    private static void post(String app, String message, String event, String value)
            throws IOException {
        assertEquals(202, service.post("/api/event", "{\"app_id\":\"" + app + "\",\"message_id\":\""
                + message + "\",\"event\":\"" + event + "\",\"value\":" + value + "}")
                .statusCode());
    }

    private static void flush() throws IOException {
        service.operate("flush");
    }

    private static void assertTotal(String message, String total, int events) throws IOException {
        String read = service.get("/v1/counters/" + message + "?event=e").body();
        assertTrue(read.contains("\"total\":" + total + ",\"events\":" + events + ","), read);
    }

    private static String list(String query) throws IOException {
        HttpResponse<String> listed = service.getAdmin("/v1/admin/dead-letters" + query);
        assertEquals(200, listed.statusCode(), listed.body());
        return listed.body();
    }

    private static HttpResponse<String> act(String method, String path) throws IOException {
        return service.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                + service.adminPort() + "/v1/admin/dead-letters" + path))
                .method(method, HttpRequest.BodyPublishers.noBody()));
    }
}
