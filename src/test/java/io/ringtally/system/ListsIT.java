package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Lists of counters, from Postgres: in order, page by page, and when Postgres is no help. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ListsIT {

    private static final Pattern ID = Pattern.compile("\"message_id\":\"([^\"]*)\"");
    private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9A-F]{4})");
    private static final Pattern NEXT = Pattern.compile("\"next_cursor\":\"([A-Za-z0-9_-]+)\"");

    @TempDir
    private static Path directory;

    private static TestPostgres postgres;
    private static String database;
    private static RunningService service;

    @BeforeAll
    static void start() throws Exception {
        postgres = TestPostgres.own();
        database = inAnotherOrder(postgres.newDatabase());
        service = RunningService.start(directory.resolve("data"), database, Map.of(
                "RINGTALLY_QUERY_TIMEOUT", "2s", "RINGTALLY_QUERY_CONNECTIONS", "1",
                "RINGTALLY_QUERY_MAX_WAITING", "1", "RINGTALLY_PERSIST_MIN_INTERVAL", "0ms"));
    }

    /** A database whose own order of texts is that of a dictionary. */
    private static String inAnotherOrder(String url) throws Exception {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("create database dictionary template template0"
                    + " locale_provider icu icu_locale 'en-US'");
        }
        String made = url.replaceFirst("test_[0-9a-f]+", "dictionary");
        assertEquals("t", TestPostgres.query(made, "select 'a' < 'B'"));
        return made;
    }

    @AfterAll
    static void stop() throws Exception {
        try (RunningService ending = service) {
            assertFalse(ending.log().contains("ERROR"), ending.log());
        } finally {
            postgres.close();
        }
    }

    /** Counts, and returns once that is in Postgres. */
    private static void count(String app, String event, int value, String... messages)
            throws IOException {
        StringBuilder lines = new StringBuilder();
        for (String message : messages) {
            lines.append("{\"app_id\":\"" + app + "\",\"message_id\":\"" + message
                    + "\",\"event\":\"" + event + "\",\"value\":" + value + "}\n");
        }
        var answer = service.post("/v1/events?ack=persisted", "application/x-ndjson",
                lines.toString());
        assertEquals(202, answer.statusCode(), answer.body());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String list(String query) throws IOException {
        HttpResponse<String> answer = service.get("/v1/counters?" + query);
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(answer.body().matches(
                "\\{\"read\":\"persisted\",\"persisted_lag_ms\":\\d+,\"counters\":\\[.*"),
                answer.body());
        return answer.body();
    }

    private static List<String> ids(String body) {
        List<String> found = new ArrayList<>();
        Matcher matcher = ID.matcher(body);
        while (matcher.find()) {
            found.add(ESCAPE.matcher(matcher.group(1)).replaceAll(escape ->
                    String.valueOf((char) Integer.parseInt(escape.group(1), 16))));
        }
        return found;
    }

    private static String next(String body) {
        Matcher matcher = NEXT.matcher(body);
        return matcher.find() ? matcher.group(1) : null;
    }

    private static List<String> inByteOrder(String... ids) {
        return Stream.of(ids).sorted(Comparator.comparing(
                id -> id.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned)).toList();
    }

    private static void refused(int status, String code, String path) throws IOException {
        HttpResponse<String> answer = service.get(path);
        assertEquals(status, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("/problems/" + code + "\""), answer.body());
        assertEquals(status == 503, answer.headers().firstValue("Retry-After").isPresent());
    }

    @Test
    @Order(1)
    void pagesComeInByteOrderWhateverTheDatabaseThinksOfIt() throws Exception {
        String[] ids = {"a", "B", "_", "~", "ab", "a-b", "aB", "\u00e9", "e", "z", "\u00df", "ss",
            "\ud83d\ude00", "\uffee", "10", "9", "A"};
        count("order", "seen", 1, ids);
        List<String> walked = new ArrayList<>();
        String cursor = "";
        do {
            String page = list("app_id=order&limit=3" + cursor);
            assertTrue(ids(page).size() <= 3, page);
            walked.addAll(ids(page));
            cursor = next(page) == null ? null : "&cursor=" + next(page);
            // what is counted behind the cursor does not move what comes
            count("order", "seen", 1, "\u0020");
        } while (cursor != null);
        assertEquals(inByteOrder(ids), walked);
        assertEquals(walked.size() + 1, ids(list("app_id=order&limit=1000")).size());
    }

    @Test
    @Order(2)
    void aPageEndsBetweenTwoCountersOfAMessage() throws Exception {
        count("events", "one", 1, "m", "n");
        count("events", "two", 2, "m", "n");
        String first = list("app_id=events&limit=1");
        assertTrue(first.contains("\"message_id\":\"m\",\"event\":\"one\",\"total\":1"), first);
        String second = list("app_id=events&limit=1&cursor=" + next(first));
        assertTrue(second.contains("\"message_id\":\"m\",\"event\":\"two\",\"total\":2"), second);
        assertEquals(List.of("n", "n"), ids(list("app_id=events&cursor=" + next(second))));
        String one = list("app_id=events&event=two&limit=1");
        assertEquals(List.of("m"), ids(one));
        String last = list("app_id=events&event=two&limit=1&cursor=" + next(one));
        assertEquals(List.of("n"), ids(last));
        assertEquals(null, next(last));
        assertEquals(List.of(), ids(list("app_id=events&event=three")));
    }

    @Test
    @Order(3)
    void aPrefixIsTakenAsItStands() throws Exception {
        String greatest = Character.toString(Character.MAX_CODE_POINT);
        count("prefix", "seen", 1, "a%", "a%b", "a_", "axb", "a%" + greatest,
                "a%" + greatest + greatest + "z", "a&", "b", greatest);
        assertEquals(List.of("a%", "a%b", "a%" + greatest, "a%" + greatest + greatest + "z"),
                ids(list("app_id=prefix&prefix=" + encoded("a%"))));
        assertEquals(List.of("a%" + greatest, "a%" + greatest + greatest + "z"),
                ids(list("app_id=prefix&prefix=" + encoded("a%" + greatest))));
        assertEquals(List.of("a_"), ids(list("app_id=prefix&prefix=a_")));
        assertEquals(List.of(greatest), ids(list("app_id=prefix&prefix=" + encoded(greatest))));
        assertEquals(List.of(), ids(list("app_id=prefix&prefix=c")));
        assertEquals(List.of(), ids(list("app_id=nobody")));
        assertEquals(9, ids(list("app_id=prefix&prefix=")).size());
    }

    @Test
    @Order(4)
    void theGreatestComeFirst() throws Exception {
        for (int i = 1; i <= 9; i++) {
            count("top", i % 2 == 0 ? "even" : "odd", i, "m" + i);
        }
        count("top", "odd", 9, "m0");
        count("top", "even", -5, "less");
        assertEquals(List.of("m0", "m9", "m8"), ids(list("app_id=top&top=3")));
        assertEquals(List.of("m8", "m6", "m4", "m2", "less"),
                ids(list("app_id=top&event=even&top=1000")));
        assertEquals(List.of("m9"), ids(list("app_id=top&top=1&prefix=m9&read=global")));
    }

    @Test
    @Order(5)
    void whatCannotBeMeantIsRefused() throws Exception {
        count("refused", "seen", 1, "m1", "m2");
        String cursor = next(list("app_id=refused&prefix=m&limit=1"));
        assertEquals(List.of("m2"),
                ids(list("app_id=refused&prefix=m&limit=500&cursor=" + cursor)));
        for (String query : List.of("app_id=refused&cursor=" + cursor,
                "app_id=other&prefix=m&cursor=" + cursor,
                "app_id=refused&prefix=m&event=seen&cursor=" + cursor,
                "app_id=refused&prefix=m&cursor=x" + cursor, "cursor=", "cursor=%C3%A9",
                "limit=0", "limit=1001", "limit=", "limit=-1", "limit=1.5", "limit=99999999999",
                "limit=1&limit=1", "top=0", "top=1001", "top=ten", "top=1&limit=1",
                "top=1&cursor=" + cursor, "prefix=%FF", "prefix=" + "p".repeat(256),
                "app_id=" + "a".repeat(65), "read=memory", "read=PERSISTED")) {
            refused(400, "invalid-request", "/v1/counters?" + query);
        }
        assertEquals(405, service.post("/v1/counters", "{}").statusCode());
    }

    @Test
    @Order(6)
    void aPageIsReadByTheKeyAndNotByAScan() throws Exception {
        count("many", "seen", 1, "m");
        try (Connection connection = DriverManager.getConnection(database);
                Statement statement = connection.createStatement()) {
            statement.execute("insert into ringtally.counter select 'many', 'm-' || n, 'seen', n,"
                    + " 1, 0, 0 from generate_series(1, 50000) n");
            statement.execute("analyze ringtally.counter");
        }
        long before = scans("seq_scan");
        long lookups = scans("idx_scan");
        String cursor = "";
        for (int page = 0; page < 20; page++) {
            String body = list("app_id=many&prefix=m-&limit=10" + cursor);
            assertEquals(10, ids(body).size());
            cursor = "&cursor=" + next(body);
        }
        service.await("the statistics have the pages", Duration.ofSeconds(20), () -> {
            try {
                return scans("idx_scan") >= lookups + 20;
            } catch (SQLException gone) {
                throw new AssertionError(gone);
            }
        });
        // some of the tests before this are told late
        assertTrue(scans("seq_scan") < before + 20, scans("seq_scan") + " scans, not " + before);
        assertEquals(List.of("m-50000"), ids(list("app_id=many&top=1")));
    }

    private static long scans(String kind) throws SQLException {
        return Long.parseLong(TestPostgres.query(database, "select " + kind + " from"
                + " pg_stat_user_tables where schemaname = 'ringtally' and relname = 'counter'"));
    }

    @Test
    @Order(7)
    void theLagIsTheAgeOfWhatIsMissing() throws Exception {
        try (Connection connection = DriverManager.getConnection(database);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            // flushes wait, readers do not
            statement.execute("lock table ringtally.counter in share row exclusive mode");
            assertEquals(202, service.post("/increment", "{\"key\":\"late\",\"value\":1}")
                    .statusCode());
            service.await("the lag grows", Duration.ofSeconds(10), () -> {
                try {
                    String body = list("prefix=late");
                    Matcher lag = Pattern.compile("lag_ms\":(\\d+)").matcher(body);
                    return ids(body).isEmpty() && lag.find()
                            && Long.parseLong(lag.group(1)) > 1_000;
                } catch (IOException broken) {
                    throw new AssertionError(broken);
                }
            });
            connection.rollback();
        }
        service.await("it comes", Duration.ofSeconds(20), () -> {
            try {
                return ids(list("prefix=late")).size() == 1;
            } catch (IOException broken) {
                throw new AssertionError(broken);
            }
        });
    }

    @Test
    @Order(8)
    void queriesAreBoundedInTimeAndNumber() throws Exception {
        try (Connection connection = DriverManager.getConnection(database);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table ringtally.counter in access exclusive mode");
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                answers.add(CompletableFuture.supplyAsync(() -> {
                    try {
                        return service.get("/v1/counters?top=5");
                    } catch (IOException broken) {
                        throw new AssertionError(broken);
                    }
                }));
            }
            int tooMany = 0;
            int timedOut = 0;
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                String body = answer.get(20, TimeUnit.SECONDS).body();
                tooMany += body.contains("too-many-queries") ? 1 : 0;
                timedOut += body.contains("query-timeout") ? 1 : 0;
            }
            assertEquals("1 too many, 2 timed out", tooMany + " too many, " + timedOut
                    + " timed out");
            // memory answers all the same
            assertEquals(404, service.get("/v1/counters/unheard-of").statusCode());
            connection.rollback();
        }
        assertEquals(List.of("m9"), ids(list("app_id=top&top=1&prefix=m9")));
    }

    @Test
    @Order(9)
    void postgresAwayIsA503AndItsReturnIsNoticed() throws Exception {
        PostgresFaults.stop(postgres.server());
        refused(503, "postgres-away", "/v1/counters?app_id=top");
        // where it is, is nobody's business but the operator's
        String port = ":" + postgres.server().port();
        assertFalse(service.get("/v1/counters?app_id=top").body().contains(port));
        assertTrue(service.log().contains("Postgres cannot be reached: "), service.log());
        refused(503, "postgres-away", "/v1/counters?app_id=top&top=3");
        assertEquals(200, service.get("/v1/counters/m9?app_id=top&event=odd").statusCode());
        assertTrue(postgres.server().ensureRunning());
        service.await("lists are answered again", Duration.ofSeconds(20), () -> {
            try {
                return service.get("/v1/counters?app_id=top").statusCode() == 200;
            } catch (IOException broken) {
                throw new AssertionError(broken);
            }
        });
        // one that broke while nobody used it is replaced without a word
        PostgresFaults.stop(postgres.server());
        assertTrue(postgres.server().ensureRunning());
        assertEquals(10, ids(list("app_id=top&prefix=m")).size());
    }
}
