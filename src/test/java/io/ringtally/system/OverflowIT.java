package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Beyond 64 bits an event is set aside, and all others go on being counted. */
class OverflowIT {

    private static final String MAX = "9223372036854775807";
    private static final String MIN = "-9223372036854775808";

    @TempDir
    private static Path directory;

    private static String database;
    private static RunningService service;
    private static int deadLetters;

    @BeforeAll
    static void start() throws Exception {
        database = TestPostgres.shared().newDatabase();
        service = startAgain();
    }

    private static RunningService startAgain() throws IOException {
        return RunningService.start(directory.resolve("data"), database,
                Map.of("RINGTALLY_PERSIST_MAX_DELAY", "300ms"));
    }

    @AfterAll
    static void nothingIsLost() throws Exception {
        try (RunningService ending = service) {
            assertEquals(0, ending.terminate(Duration.ofSeconds(20)), ending.log());
            assertBalanced();
            assertEquals(String.valueOf(deadLetters),
                    TestPostgres.query(database, "select count(*) from ringtally.dead_letters"));
        }
    }

    private static void assertBalanced() throws SQLException {
        assertEquals("t",
                TestPostgres.query(database, "select balanced from ringtally.ledger"));
    }

    private static void post(String key, String value) throws IOException {
        assertEquals(202, service.post("/increment",
                "{\"key\":\"" + key + "\",\"value\":" + value + "}").statusCode());
    }

    private static void assertTotal(String key, String total) throws IOException {
        String read = service.get("/v1/counters/" + key).body();
        assertTrue(read.contains("\"total\":" + total + ","), read);
    }

    private static void awaitRow(String sql, String wanted) throws IOException {
        service.await(sql + " = " + wanted, Duration.ofSeconds(10), () -> {
            try {
                return wanted.equals(TestPostgres.query(database, sql));
            } catch (SQLException gone) {
                throw new AssertionError(gone);
            }
        });
    }

    private static void awaitDeadLetter(String key, String value, String total)
            throws IOException {
        deadLetters++;
        awaitRow("select delta || ' x ' || events || ': ' || reason from ringtally.dead_letters"
                + " where message_id = '" + key + "' order by id desc limit 1", value
                + " x 1: value " + value + " takes the total " + total + " beyond 64 bits");
    }

    @Test
    void anEventBeyondTheGreatestTotalIsADeadLetterAndTheNextOnesCount() throws Exception {
        post("top", MAX);
        post("top", "1");
        assertTotal("top", MAX);
        awaitDeadLetter("top", "1", MAX);
        awaitRow("select total from ringtally.counters where message_id = 'top'", MAX);
        assertBalanced();
        post("top", "-1");
        assertTotal("top", "9223372036854775806");
        post("top", "1");
        assertTotal("top", MAX);
        awaitRow("select events from ringtally.counters where message_id = 'top'", "3");
    }

    @Test
    void soItIsAtTheLeastTotal() throws Exception {
        post("bottom", MIN);
        post("bottom", "-1");
        assertTotal("bottom", MIN);
        awaitDeadLetter("bottom", "-1", MIN);
        post("bottom", "1");
        assertTotal("bottom", "-9223372036854775807");
    }

    @ParameterizedTest
    @CsvSource({
            "a, " + MAX + " 1, " + MAX + ", 1, " + MAX,
            "b, 1 " + MAX + ", 1, " + MAX + ", 1",
            "c, " + MAX + " 1 -1, 9223372036854775806, 1, " + MAX,
            "d, " + MAX + " -1 1, " + MAX + ", , ",
            "e, 1 -1 " + MAX + ", " + MAX + ", , ",
            "f, 1 " + MAX + " -1, 0, " + MAX + ", 1",
            "g, -1 1 " + MAX + ", " + MAX + ", , ",
            "h, -1 " + MAX + " 1, " + MAX + ", , ",
            "i, " + MIN + " -1 " + MAX + ", -1, -1, " + MIN,
            "j, " + MAX + " " + MAX + " " + MIN + ", -1, " + MAX + ", " + MAX})
    void inABulkTheOrderOfItsEventsDecides(String key, String values, String total,
            String refused, String before) throws Exception {
        StringBuilder events = new StringBuilder();
        for (String value : values.split(" ")) {
            events.append(events.length() == 0 ? "" : ",").append("{\"app_id\":\"\","
                    + "\"event\":\"increment\",\"message_id\":\"" + key + "\",\"value\":" + value
                    + "}");
        }
        assertEquals(202, service.post("/api/event/bulk", "{\"events\":[" + events + "]}")
                .statusCode());
        assertTotal(key, total);
        if (refused != null) {
            awaitDeadLetter(key, refused, before);
        }
        awaitRow("select total from ringtally.counters where message_id = '" + key + "'", total);
    }

    @Test
    void aTotalReadBackAtAStartIsTheBaseAsWell() throws Exception {
        post("again", MAX);
        assertEquals(0, service.terminate(Duration.ofSeconds(20)), service.log());
        service = startAgain();
        post("again", "1");
        assertTotal("again", MAX);
        awaitDeadLetter("again", "1", MAX);
        assertBalanced();
    }
}
