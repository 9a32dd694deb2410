package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For how long ids are known, how many, and by whom. */
class RememberedIdsIT {

    @TempDir
    private Path directory;

    private RunningService service;

    private HttpResponse<String> post(String key, String id) throws IOException {
        return service.post("/increment",
                "{\"key\":\"" + key + "\",\"value\":1,\"id\":\"" + id + "\"}");
    }

    private void assertCounted(String key, String id) throws IOException {
        HttpResponse<String> answer = post(key, id);
        assertEquals(202, answer.statusCode(), answer.body());
        assertTrue(answer.headers().firstValue("Ringtally-Duplicates").isEmpty(), id);
    }

    private void assertDuplicate(String key, String id) throws IOException {
        HttpResponse<String> answer = post(key, id);
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals("1", answer.headers().firstValue("Ringtally-Duplicates").orElse("none"), id);
    }

    private static String sums(String database) throws Exception {
        return TestPostgres.query(database, "select string_agg(message_id || '=' || total, ' '"
                + " order by message_id) from ringtally.counters");
    }

    @Test
    void aRestartKnowsTheIdsAndTheBodiesOfTheRunBefore() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        Path data = directory.resolve("data");
        try (RunningService first = RunningService.start(data, database, Map.of())) {
            service = first;
            for (int i = 0; i < 300; i++) {
                assertCounted("k", "id-" + i);
            }
            assertCounted("old", "long ago");
            assertEquals(0, first.terminate(Duration.ofSeconds(20)), first.log());
        }
        assertEquals("301", TestPostgres.query(database,
                "select count(*) from ringtally.event_id"));
        assertEquals("0", TestPostgres.query(database, "select count(*) from ringtally.event_id"
                + " where tableoid::regclass::text like '%rest'"), "every id has its hour");
        // one of them was accepted before the window began
        TestPostgres.query(database, "with aged as (update ringtally.event_id set"
                + " accepted_us = accepted_us - 2 * 3600000000 where position = (select"
                + " max(position) from ringtally.event_id) returning 1) select * from aged");
        for (int restart = 0; restart < 2; restart++) {
            try (RunningService again = RunningService.start(data, database, Map.of())) {
                service = again;
                for (int i = 0; i < 300; i++) {
                    assertDuplicate("k", "id-" + i);
                }
                assertEquals(422, post("other", "id-7").statusCode());
                if (restart == 0) {
                    assertCounted("old", "long ago");
                    assertCounted("k", "new");
                } else {
                    assertDuplicate("old", "long ago");
                    assertDuplicate("k", "new");
                }
                assertEquals(0, again.terminate(Duration.ofSeconds(20)), again.log());
            }
            assertEquals("k=301 old=2", sums(database));
        }
        assertEquals("t", TestPostgres.query(database, "select balanced from ringtally.ledger"));
        assertEquals("302", TestPostgres.query(database,
                "select count(*) from ringtally.event_id"), "what is past the window is deleted");
    }

    @Test
    void aKilledServiceKnowsTheIdsFromItsLogWhetherFlushedOrNot() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        Path data = directory.resolve("data");
        int ids = 0;
        for (int round = 0; round < 3; round++) {
            // the last ids of a round are in the log alone when the process is killed
            try (RunningService running = RunningService.start(data, database,
                    Map.of("RINGTALLY_PERSIST_MAX_DELAY", round == 1 ? "250ms" : "10s"))) {
                service = running;
                for (int known = 0; known < ids; known++) {
                    assertDuplicate("k", "id-" + known);
                }
                for (int end = ids + 100; ids < end; ids++) {
                    assertCounted("k", "id-" + ids);
                }
                assertEquals(422, post("other", "id-" + (ids - 100)).statusCode());
                running.kill();
            }
        }
        try (RunningService last = RunningService.start(data, database, Map.of())) {
            service = last;
            for (int known = 0; known < ids; known++) {
                assertDuplicate("k", "id-" + known);
            }
            assertEquals(0, last.terminate(Duration.ofSeconds(20)), last.log());
        }
        assertEquals("k=300", sums(database));
        assertEquals("300/300", TestPostgres.query(database, "select count(*) || '/' ||"
                + " count(distinct (hash_high, hash_low)) from ringtally.event_id"));
    }

    @Test
    void anIdCountsAgainWhenTheWindowIsOver() throws Exception {
        try (RunningService running = RunningService.start(directory.resolve("data"),
                TestPostgres.shared().newDatabase(), Map.of("RINGTALLY_DEDUPE_WINDOW", "4s"))) {
            service = running;
            long begun = System.nanoTime();
            assertCounted("k", "x");
            running.await("the id is forgotten", Duration.ofSeconds(30), () ->
                    running.status().contains("\"dedupe\":{\"ids\":0,"));
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
            assertTrue(seconds >= 3, "forgotten after " + seconds + " s");
            assertCounted("k", "x");
            assertDuplicate("k", "x");
        }
    }

    @Test
    void atMaxIdsNewOnesAreRefusedAndAllElseGoesOn() throws Exception {
        try (RunningService running = RunningService.start(directory.resolve("data"),
                TestPostgres.shared().newDatabase(), Map.of("RINGTALLY_DEDUPE_MAX_IDS", "10"))) {
            service = running;
            for (int i = 0; i < 10; i++) {
                assertCounted("k", "id-" + i);
            }
            HttpResponse<String> full = post("k", "one more");
            assertEquals(503, full.statusCode());
            assertTrue(full.body().contains("/problems/dedupe-full"), full.body());
            int seconds = Integer.parseInt(full.headers().firstValue("Retry-After").orElse("0"));
            assertTrue(seconds >= 1 && seconds <= 60, "Retry-After: " + seconds);
            assertDuplicate("k", "id-3");
            assertEquals(202, service.post("/increment", "{\"key\":\"k\",\"value\":1}")
                    .statusCode());
            assertEquals(503, service.post("/api/event/bulk", "{\"events\":["
                    + "{\"app_id\":\"\",\"message_id\":\"b\",\"event\":\"e\"},"
                    + "{\"app_id\":\"\",\"message_id\":\"b\",\"event\":\"e\",\"id\":\"n\"}]}")
                    .statusCode());
            assertEquals(404, service.get("/v1/counters/b?event=e").statusCode());
            assertTrue(service.get("/v1/counters/k").body().contains("\"total\":11,"));
        }
    }

    @Test
    void twoInstancesOnOneDatabaseDoNotKnowEachOthersIds() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService one = RunningService.start(directory.resolve("one"), database,
                Map.of()); RunningService two = RunningService.start(directory.resolve("two"),
                database, Map.of())) {
            for (RunningService each : new RunningService[] {one, two}) {
                service = each;
                assertCounted("k", "x");
                assertDuplicate("k", "x");
            }
            assertEquals(0, one.terminate(Duration.ofSeconds(20)), one.log());
            assertEquals(0, two.terminate(Duration.ofSeconds(20)), two.log());
        }
        assertEquals("k=2", sums(database));
        try (RunningService one = RunningService.start(directory.resolve("one"), database,
                Map.of())) {
            service = one;
            assertDuplicate("k", "x");
            assertTrue(one.status().contains("\"dedupe\":{\"ids\":1,"), one.status());
        }
    }
}
