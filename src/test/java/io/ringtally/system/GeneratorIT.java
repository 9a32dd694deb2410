package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.system.RawConnection.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The generator of random events, where it is configured. */
class GeneratorIT {

    private static final int HITS = 40;
    private static final int EVENTS_PER_HIT = 25;

    @TempDir
    private Path directory;

    @Test
    void everyHitMakesEventsOfTheSixStepsOfALifeAndTheyAreCounted() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), database,
                Map.of("RINGTALLY_GENERATOR_ENABLED", "true",
                        "RINGTALLY_GENERATOR_EVENTS_PER_HIT", "" + EVENTS_PER_HIT))) {
            for (int i = 0; i < HITS; i++) {
                var answer = service.get("/api/create_event");
                assertEquals(202, answer.statusCode());
                assertEquals("{\"success\":true,\"accepted\":" + EVENTS_PER_HIT + "}",
                        answer.body());
            }
            assertEquals(202, service.post("/api/create_event", "{\"app_id\":\"generator\","
                    + "\"message_id\":\"m\",\"event\":\"MESSAGE_CREATED\"}").statusCode());
            try (RawConnection connection = new RawConnection(service)) {
                Answer answer = connection.send("PUT /api/create_event HTTP/1.1\r\nHost: x\r\n"
                        + "\r\n").answer();
                assertEquals(405, answer.status());
                assertEquals("GET, POST", answer.header("allow"));
                assertTrue(answer.body().contains("GET, POST is"), answer.body());
            }
            assertEquals(0, service.terminate(Duration.ofSeconds(20)), service.log());
        }
        assertEquals(HITS * EVENTS_PER_HIT + 1, TestPostgres.sum(database));
        assertEquals("MESSAGE_CREATED,MESSAGE_IN_SEARCH_QUEUE,MESSAGE_IN_UPDATES_QUEUE,"
                + "MESSAGE_IN_WS_QUEUE,MESSAGE_REACHED_BACKEND,MESSAGE_REACHED_FRONTEND",
                TestPostgres.query(database, "select string_agg(distinct event, ',' order by"
                        + " event) from ringtally.counters where app_id = 'generator'"));
    }
}
