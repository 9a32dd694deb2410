package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages of apps with a lifecycle: what each lacks, and which are stuck. */
class LifecyclesIT {

    private static final Pattern ID = Pattern.compile("\"message_id\":\"([^\"]*)\"");
    private static final Pattern CURSOR = Pattern.compile("\"next_cursor\":\"([^\"]*)\"");

    @TempDir
    private static Path directory;

    private static String database;
    private static RunningService service;

    @BeforeAll
    static void start() throws Exception {
        database = TestPostgres.shared().newDatabase();
        service = start(directory.resolve("data"), """
                apps {
                  chat { lifecycle = [CREATED, REACHED, SENT] }
                  mail { lifecycle = [CREATED] }
                  "mail.eu" { lifecycle = [CREATED, READ] }
                  "" { lifecycle = [increment, seen] }
                }
                """);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static RunningService start(Path data, String apps) throws IOException {
        Path file = Files.writeString(Files.createTempFile(directory, "apps-", ".conf"), apps);
        return RunningService.start(data, database, Map.of("RINGTALLY_CONFIG", file.toString(),
                "RINGTALLY_PERSIST_MAX_DELAY", "100ms",
                "RINGTALLY_PERSIST_MIN_INTERVAL", "0ms"));
    }

    private static String event(String app, String message, String name, String createdAt) {
        return "{\"app_id\":\"" + app + "\",\"message_id\":\"" + message + "\",\"event\":\"" + name
                + "\"" + (createdAt == null ? "" : ",\"created_at\":\"2026-01-31T12:00:0"
                + createdAt + "Z\"") + "}";
    }

    private static void post(RunningService to, String... events) throws IOException {
        HttpResponse<String> answer = to.post("/api/event/bulk?ack=persisted",
                "{\"events\":[" + String.join(",", events) + "]}");
        assertEquals(202, answer.statusCode(), answer.body());
    }

    private static void events(String app, String message, String... names) throws IOException {
        post(service, Arrays.stream(names).map(name -> event(app, message, name, null))
                .toArray(String[]::new));
    }

    private static String get(String path) throws IOException {
        HttpResponse<String> answer = service.get(path);
        assertEquals(200, answer.statusCode(), answer.body());
        return answer.body();
    }

    private static List<String> ids(String body) {
        return ID.matcher(body).results().map(found -> found.group(1)).toList();
    }

    private static void assertAgreed() throws Exception {
        assertEquals("0", TestPostgres.query(database,
                "select count(*) from ringtally.message_mismatch"));
    }

    @Test
    void threeEventsOfAMessageInOneBatchAreThreeCountersAndRepeatsAreCounted() throws Exception {
        post(service, event("chat", "a", "SENT", "3"), event("chat", "a", "CREATED", "1"),
                event("chat", "a", "CREATED", "2"), event("chat", "a", "CREATED", "0"));
        assertEquals("{\"app_id\":\"chat\",\"message_id\":\"a\",\"counters\":["
                + "{\"event\":\"CREATED\",\"total\":3,\"events\":3,\"first_at\":"
                + "\"2026-01-31T12:00:00Z\",\"last_at\":\"2026-01-31T12:00:02Z\"},"
                + "{\"event\":\"SENT\",\"total\":1,\"events\":1,\"first_at\":"
                + "\"2026-01-31T12:00:03Z\",\"last_at\":\"2026-01-31T12:00:03Z\"}],"
                + "\"lifecycle\":[\"CREATED\",\"REACHED\",\"SENT\"],\"missing\":[\"REACHED\"]}",
                get("/v1/messages/a?app_id=chat"));
        assertEquals("CREATED=3/3 SENT=1/1", TestPostgres.query(database, "select string_agg("
                + "event || '=' || total || '/' || events, ' ' order by event)"
                + " from ringtally.counters where app_id = 'chat' and message_id = 'a'"));
        // later events merge into what is there
        post(service, event("chat", "a", "REACHED", "9"), event("chat", "a", "CREATED", "9"));
        String later = get("/v1/messages/a?app_id=chat");
        assertTrue(later.contains("\"event\":\"CREATED\",\"total\":4"), later);
        assertTrue(later.contains("\"last_at\":\"2026-01-31T12:00:09Z\""), later);
        assertTrue(later.endsWith("\"missing\":[]}"), later);
        assertAgreed();
    }

    @Test
    void theSameMessageIdUnderTwoAppsIsTwoMessages() throws Exception {
        events("chat", "twin", "CREATED");
        events("mail", "twin", "CREATED", "CREATED");
        String chat = get("/v1/messages/twin?app_id=chat");
        String mail = get("/v1/messages/twin?app_id=mail");
        assertTrue(chat.contains("\"total\":1,"), chat);
        assertTrue(chat.endsWith("\"missing\":[\"REACHED\",\"SENT\"]}"), chat);
        assertTrue(mail.contains("\"total\":2,"), mail);
        assertTrue(mail.endsWith("\"lifecycle\":[\"CREATED\"],\"missing\":[]}"), mail);
        assertEquals(404, service.get("/v1/messages/twin").statusCode());
        assertEquals("2", TestPostgres.query(database,
                "select count(*) from ringtally.messages where message_id = 'twin'"));
    }

    @Test
    void anAppWithoutALifecycleExpectsNothing() throws Exception {
        events("free", "f", "ANY");
        String free = get("/v1/messages/f?app_id=free");
        assertTrue(free.endsWith("],\"missing\":[]}"), free);
        assertFalse(free.contains("lifecycle"), free);
        HttpResponse<String> stuck = service.get("/v1/messages?app_id=free");
        assertEquals(404, stuck.statusCode());
        assertTrue(stuck.body().contains("/problems/no-lifecycle"), stuck.body());
        assertTrue(stuck.body().contains("app \\\"free\\\" has no lifecycle"), stuck.body());
        assertEquals("0", TestPostgres.query(database,
                "select count(*) from ringtally.message where app_id = 'free'"));
    }

    @Test
    void stuckMessagesComeOldestFirstPageByPage() throws Exception {
        List<String> unread = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            boolean read = i % 3 == 0;
            events("mail.eu", "m-" + i, read ? new String[] {"CREATED", "READ"}
                    : i % 3 == 1 ? new String[] {"CREATED"} : new String[] {"OPENED"});
            if (!read) {
                unread.add("m-" + i);
            }
        }
        String list = "/v1/messages?app_id=mail.eu&missing=READ";
        String all = get(list);
        assertEquals(unread, ids(all));
        assertTrue(all.startsWith("{\"read\":\"persisted\",\"persisted_lag_ms\":"), all);
        assertTrue(all.contains("\"missing\":[\"READ\"]"), all);
        assertTrue(all.contains("\"missing\":[\"CREATED\",\"READ\"]"), all);
        List<String> paged = new ArrayList<>();
        String page = get(list + "&limit=3");
        while (true) {
            paged.addAll(ids(page));
            Matcher next = CURSOR.matcher(page);
            if (!next.find()) {
                break;
            }
            page = get(list + "&limit=3&cursor=" + next.group(1));
        }
        assertEquals(unread, paged);
        assertEquals(unread, ids(get("/v1/messages?app_id=mail.eu")));
        assertEquals(4, ids(get("/v1/messages?app_id=mail.eu&missing=CREATED")).size());
        assertEquals(List.of(), ids(get(list + "&older_than=5m")));
        assertEquals(unread, ids(get(list + "&older_than=0s")));
        // what becomes complete leaves the list
        events("mail.eu", "m-1", "READ");
        assertEquals(unread.subList(1, unread.size()), ids(get(list)));
        assertAgreed();
    }

    @Test
    void theAppOfIncrementsCanHaveALifecycle() throws Exception {
        service.post("/increment?ack=persisted", "{\"key\":\"k\",\"value\":1}");
        assertEquals(List.of("k"), ids(get("/v1/messages?missing=seen")));
        assertTrue(get("/v1/messages/k").endsWith("\"missing\":[\"seen\"]}"));
    }

    @Test
    void aQuestionThatCannotBeAnsweredSaysWhatToAsk() throws Exception {
        Map<String, String> reasons = Map.of(
                "missing=NEVER", "give one of CREATED, REACHED, SENT; or leave it out for any",
                "older_than=5", "give a whole number with its unit, ms, s, m, h or d",
                "older_than=3651d", "such as 5m, up to 3650d",
                "limit=1001", "give a number from 1 to 1000",
                "cursor=AAAA", "send next_cursor as it came",
                "missing=SENT&missing=SENT", "give it once",
                "missing=%FF", "which at byte 0 (0xFF) is not valid UTF-8",
                "read=memory", "give persisted or global");
        for (Map.Entry<String, String> one : reasons.entrySet()) {
            HttpResponse<String> answer =
                    service.get("/v1/messages?app_id=chat&" + one.getKey());
            assertEquals(400, answer.statusCode(), one.getKey());
            assertTrue(answer.body().contains(one.getValue()), answer.body());
        }
        assertEquals(405, service.post("/v1/messages", "{}").statusCode());
    }

    @Test
    void aLifecycleMayChangeBetweenTwoStarts() throws Exception {
        Path data = directory.resolve("changing");
        try (RunningService first = start(data, "")) {
            post(first, event("old", "1", "A", null), event("old", "1", "B", null),
                    event("old", "2", "B", null));
            assertEquals(404, first.get("/v1/messages?app_id=old").statusCode());
            assertEquals(0, first.terminate(Duration.ofSeconds(30)), first.log());
        }
        try (RunningService second = start(data, "apps.old.lifecycle = [A]")) {
            assertEquals(List.of("2"), ids(second.get("/v1/messages?app_id=old").body()));
            post(second, event("old", "3", "C", null), event("old", "3", "A", null));
            second.kill();
        }
        try (RunningService third = start(data, "apps.old.lifecycle = [C, B]")) {
            assertEquals("1:C 2:C 3:B", Arrays.stream(third.get("/v1/messages?app_id=old").body()
                    .split("\\{\"message_id\":\"")).skip(1).sorted()
                    .map(one -> one.charAt(0) + ":" + one.replaceAll(
                            "(?s).*\"missing\":\\[\"(.)\"\\].*", "$1"))
                    .collect(Collectors.joining(" ")));
            assertTrue(third.get("/v1/messages/2?app_id=old").body()
                    .endsWith("\"lifecycle\":[\"C\",\"B\"],\"missing\":[\"C\"]}"));
            assertEquals(0, third.terminate(Duration.ofSeconds(30)), third.log());
        }
        assertAgreed();
    }
}
