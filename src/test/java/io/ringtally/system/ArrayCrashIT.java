package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An array that takes many slots counts whole or not at all, wherever the service dies in it. */
class ArrayCrashIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    /** Some 60 bytes each: dozens of slots of 1 KiB. */
    private static final int EVENTS = 1_000;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"intake-slot-copied:1, 0", "intake-slot-committed:1, 0",
            "intake-slot-committed:20, 0", "intake-published:1, 1000"})
    void countsWholeOrNotAtAll(String halt, long counted) throws Exception {
        String database = TestPostgres.shared().newDatabase();
        FaultFile faults = new FaultFile(directory.resolve("faults"));
        Path data = directory.resolve("data");
        try (RunningService first = RunningService.start(data, database,
                Map.of("JAVA_TOOL_OPTIONS", faults.option()))) {
            assertEquals(202, first.post("/v1/events?ack=persisted", event(0)).statusCode());
            faults.arm(first, halt);
            assertThrows(IOException.class, () -> first.post("/v1/events", array()));
            first.awaitExit(SOON);
        }
        try (RunningService second = RunningService.start(data, database, Map.of())) {
            assertEquals(202, second.post("/v1/events?ack=persisted", event(0)).statusCode());
            assertEquals(0, second.terminate(SOON), second.log());
        }
        assertEquals(2 + counted, TestPostgres.sum(database));
        assertEquals("t", TestPostgres.query(database, "select balanced from ringtally.ledger"));
    }

    private static String array() {
        StringBuilder events = new StringBuilder("[");
        for (int i = 1; i <= EVENTS; i++) {
            events.append(i == 1 ? "" : ",").append(event(i));
        }
        return events.append(']').toString();
    }

    private static String event(int i) {
        return "{\"app_id\":\"array\",\"message_id\":\"m-" + i + "\",\"event\":\"increment\"}";
    }
}
