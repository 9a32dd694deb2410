package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hundreds of odd requests, each with its right answer; nothing is counted that should not be. */
class FramingIT {

    private static final Map<String, Integer> EXPECTED = new TreeMap<>();

    @TempDir
    private static Path directory;

    private static String database;
    private static RunningService service;
    private static Neighbour neighbour;

    @BeforeAll
    static void start() throws Exception {
        database = TestPostgres.shared().newDatabase();
        service = RunningService.start(directory.resolve("data"), database, Map.of());
        neighbour = Neighbour.of(service, "neighbour");
    }

    @AfterAll
    static void postgresHasExactlyWhatWasRight() throws Exception {
        try (RunningService ending = service) {
            long good = neighbour.finish();
            assertEquals(0, ending.terminate(Duration.ofSeconds(20)), ending.log());
            assertFalse(ending.log().contains("ERROR"), ending.log());
            assertTrue(ending.log().chars().allMatch(c -> c >= ' ' && c != 0x7F || c == '\n'),
                    "control characters in the log: " + ending.log());
            assertEquals(EXPECTED.toString(), "{" + TestPostgres.query(database,
                    "select string_agg(message_id || '=' || events, ', ' order by message_id)"
                            + " from ringtally.counters where message_id <> 'neighbour'") + "}");
            long sum = EXPECTED.values().stream().mapToInt(Integer::intValue).sum();
            assertEquals(good + sum, TestPostgres.sum(database));
        }
    }

    static List<FramingCase> cases() throws IOException {
        return FramingCase.all('d');
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyRequestHasItsRightAnswer(FramingCase odd) throws IOException {
        if (odd.counted() > 0) {
            EXPECTED.put(odd.key(), odd.counted());
        }
        String answered = odd.send(service.port());
        assertTrue(odd.answers().contains(answered), answered + ", not " + odd.answers());
    }
}
