package io.ringtally.persist;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.event.EventLimits;
import io.ringtally.system.TestPostgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a start reads is what Postgres holds, to the byte and the microsecond. */
class StartSnapshotIT {

    private static final UUID LOG = UUID.fromString("b7d7f6ad-17b1-4f26-8d0c-47b0f6ad17b1");
    private static final int COUNTERS = 100_000;

    private static final List<String> ODD = List.of("é", "日本語", "😀", "a'b\"c\\d", "\t\n\r",
            "%2F/..;x=1", "\u0001\u007f", " ", "{}", "\\N", "é".repeat(127), "x".repeat(255),
            "😀".repeat(63), "\ufeff", "\ue000\uffff", "-0", "null");

    private String url;
    private Database database;

    @BeforeEach
    void migrate() throws Exception {
        url = TestPostgres.shared().newDatabase();
        database = new Database(new DatabaseSettings(url, "postgres", "", 2));
        database.migrate();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aHundredThousandOddCountersComeBackIdentical() throws Exception {
        Map<String, long[]> written = new HashMap<>();
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < COUNTERS; i++) {
            String odd = ODD.get(i % ODD.size());
            boolean plain = i < 3 * ODD.size();
            String app = i % 3 == 0 ? "" : i % 3 == 1 ? "app" : "é".repeat(32);
            String message = plain ? odd : shortened(odd) + i;
            String event = i % 5 == 0 ? "😀".repeat(32) : "increment";
            written.put(app + '\0' + message + '\0' + event, numbers(i, random));
        }
        insert(written);

        Map<String, long[]> read = new HashMap<>();
        try (StartSnapshot snapshot = StartSnapshot.take(database, LOG, true)) {
            snapshot.copyCounters(row -> read.put(text(row.app()) + '\0' + text(row.message())
                    + '\0' + text(row.event()), new long[] {row.total(), row.events(),
                        row.firstAtMicros(), row.lastAtMicros()}));
        }
        assertEquals(written.size(), read.size());
        written.forEach((key, numbers) -> assertArrayEquals(numbers, read.get(key), key));
    }

    private static String shortened(String odd) {
        byte[] bytes = odd.getBytes(StandardCharsets.UTF_8);
        int half = odd.codePointCount(0, odd.length()) / 2;
        return bytes.length < 248 ? odd : odd.substring(0, odd.offsetByCodePoints(0, half));
    }

    private static long[] numbers(int i, SplittableRandom random) {
        return switch (i % 6) {
            case 0 -> new long[] {Long.MIN_VALUE, Long.MAX_VALUE, EventLimits.TIME_MICROS_MIN,
                EventLimits.TIME_MICROS_MAX};
            case 1 -> new long[] {Long.MAX_VALUE, 1, -1, -1};
            case 2 -> new long[] {0, 1, 0, 0};
            case 3 -> new long[] {-1, 2, -1_000_001, 999_999};
            default -> new long[] {random.nextLong(), random.nextLong(1, Long.MAX_VALUE),
                random.nextLong(EventLimits.TIME_MICROS_MIN, 0),
                random.nextLong(0, EventLimits.TIME_MICROS_MAX)};
        };
    }

    @Test
    void theViewShowsTimesToTheMicrosecondFromYear1To9999() throws Exception {
        Map<String, long[]> written = new HashMap<>();
        List<Long> times = List.of(EventLimits.TIME_MICROS_MIN, EventLimits.TIME_MICROS_MIN + 1,
                EventLimits.TIME_MICROS_MIN + 999_999, EventLimits.TIME_MICROS_MAX,
                EventLimits.TIME_MICROS_MAX - 1, -1L, 0L, 1L, 999_999L, -999_999L, -1_000_001L,
                1_795_000_000_123_457L, -62_000_000_000_123_457L, 253_000_000_000_000_001L);
        for (int i = 0; i < times.size(); i++) {
            written.put("\0t" + i + "\0e", new long[] {1, 1, times.get(i), times.get(i)});
        }
        insert(written);
        DateTimeFormatter format = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS")
                .withZone(ZoneOffset.UTC);
        for (int i = 0; i < times.size(); i++) {
            Instant exact = Instant.EPOCH.plusSeconds(Math.floorDiv(times.get(i), 1_000_000L))
                    .plusNanos(Math.floorMod(times.get(i), 1_000_000L) * 1_000);
            String expected = format.format(exact);
            for (String column : List.of("first_at", "last_at")) {
                assertEquals(expected, TestPostgres.query(url, "select to_char(" + column
                        + " at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
                        + " from ringtally.counters where message_id = 't" + i + "'"));
            }
        }
    }

    @Test
    void anEmptyDatabaseGivesNothingAndRegistersTheLog() throws Exception {
        try (StartSnapshot snapshot = StartSnapshot.take(database, LOG, true)) {
            snapshot.copyCounters(row -> {
                throw new AssertionError("there is no counter");
            });
            assertEquals(1, snapshot.checkpoint().epoch());
            assertEquals(0, snapshot.checkpoint().position().number());
        }
        assertEquals(LOG.toString(), TestPostgres.query(url,
                "select log from ringtally.checkpoint"));
    }

    @Test
    void aReaderThatGivesUpInTheMiddleEndsTheSnapshot() throws Exception {
        TestPostgres.query(url, "with made as (insert into ringtally.counter select '', 'k' || i,"
                + " 'e', 1, 1, 0, 0 from generate_series(1, 50000) i returning 1)"
                + " select count(*) from made");
        IllegalStateException full = new IllegalStateException("full");
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            try (StartSnapshot snapshot = StartSnapshot.take(database, LOG, true)) {
                assertSame(full, assertThrows(IllegalStateException.class,
                        () -> snapshot.copyCounters(row -> {
                            throw full;
                        })));
            }
        });
    }

    @Test
    void checkpointAndCountersAreOfOneMoment() throws Exception {
        insert(Map.of("\0before\0e", new long[] {1, 1, 0, 0}));
        try (StartSnapshot snapshot = StartSnapshot.take(database, LOG, true)) {
            snapshot.estimatedCounters();
            TestPostgres.query(url, "insert into ringtally.counter"
                    + " values ('', 'after', 'e', 1, 1, 0, 0) returning 1");
            StringBuilder seen = new StringBuilder();
            snapshot.copyCounters(row -> seen.append(text(row.message())));
            assertEquals("before", seen.toString());
        }
        assertTrue(TestPostgres.sum(url) == 2);
    }

    private void insert(Map<String, long[]> counters) throws SQLException {
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(
                        "insert into ringtally.counter values (?, ?, ?, ?, ?, ?, ?)")) {
            connection.setAutoCommit(false);
            int waiting = 0;
            for (Map.Entry<String, long[]> counter : counters.entrySet()) {
                String[] key = counter.getKey().split("\0", -1);
                for (int i = 0; i < 3; i++) {
                    statement.setString(i + 1, key[i]);
                }
                for (int i = 0; i < 4; i++) {
                    statement.setLong(i + 4, counter.getValue()[i]);
                }
                statement.addBatch();
                if (++waiting % 5_000 == 0) {
                    statement.executeBatch();
                }
            }
            statement.executeBatch();
            connection.commit();
        }
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
