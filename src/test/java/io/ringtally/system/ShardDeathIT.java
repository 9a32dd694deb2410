package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shard whose thread dies ends the process, which says so, and nothing is lost. */
class ShardDeathIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    @Test
    void aShardThatDiesStopsAdmissionAndTheNextStartHasEverything() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        AtomicReference<String> seen = new AtomicReference<>("");
        Load load;
        try (RunningService service = start(database, "tally-batch-begins:40:throw")) {
            load = Load.on(service, 2, 20, 1_000_000);
            while (service.isAlive()) {
                try {
                    String status = service.getAdmin("/status").body();
                    if (status.contains("\"status\":\"failed\"")) {
                        seen.set(status);
                    }
                } catch (IOException gone) {
                    // the process ends
                }
            }
            assertEquals(5, service.awaitExit(SOON), service.log());
            load.stop();
            assertTrue(service.log().contains("has died; the service cannot go on"),
                    service.log());
            assertTrue(seen.get().contains("failed"), "the status has not said so");
            assertTrue(load.acked() > 0, "nothing was answered");
        }
        try (RunningService service = start(database, null)) {
            assertEquals(0, service.terminate(SOON), service.log());
        }
        load.verify(database);
    }

    private RunningService start(String database, String fault) throws IOException {
        return RunningService.start(directory.resolve("data"), database, fault == null
                ? Map.of("RINGTALLY_TALLY_SHARDS", "2")
                : Map.of("RINGTALLY_TALLY_SHARDS", "2", "RINGTALLY_PERSIST_MAX_DELAY", "500ms",
                        "JAVA_TOOL_OPTIONS", "-Dringtally.fault=" + fault));
    }
}
