package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody does in the first minutes. */
class FirstMinutesIT {

    @TempDir
    private Path directory;

    @Test
    void anIncrementIsCountedReadBackPersistedAndThereAgainAfterARestart() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), database,
                Map.of())) {
            for (int i = 0; i < 2; i++) {
                var answer = service.post("/increment", "{\"key\":\"k\",\"value\":2}");
                assertEquals(202, answer.statusCode());
                assertEquals("", answer.body());
            }
            assertTrue(service.get("/v1/counters/k").body().contains("\"total\":4"));
            assertEquals(0, service.terminate(Duration.ofSeconds(20)), service.log());
        }
        assertEquals(4, TestPostgres.sum(database));
        assertEquals("t", TestPostgres.query(database, "select balanced from ringtally.ledger"));
        try (RunningService again = RunningService.start(directory.resolve("data"), database,
                Map.of())) {
            assertTrue(again.get("/v1/counters/k").body().contains("\"total\":4"));
            assertEquals(202, again.post("/increment", "{\"key\":\"k\",\"value\":1}").statusCode());
            assertTrue(again.get("/v1/counters/k").body().contains("\"total\":5"));
            assertEquals(0, again.terminate(Duration.ofSeconds(20)), again.log());
        }
        assertEquals(5, TestPostgres.sum(database));
    }
}
