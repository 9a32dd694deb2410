package io.ringtally.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.event.Lifecycle;
import io.ringtally.system.TestPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Stuck messages among a million: how long a page takes, and that the plan is the one meant. Prints
 * a line for each kind of question: how many are stuck, then milliseconds.
 */
@Tag("campaign")
class MillionMessagesIT {

    private static final int MESSAGES = 1_000_000;
    private static final int QUERIES = 200;
    private static final int PAGE = 101;
    private static final double P95_MILLIS_MAX = 200;

    private static final Lifecycle ORDERS =
            new Lifecycle(List.of("CREATED", "PAID", "SHIPPED", "REVIEWED"));
    private static final Lifecycle TWO = new Lifecycle(List.of("CREATED", "PAID"));
    private static final Lifecycle TEN =
            new Lifecycle(IntStream.range(0, 10).mapToObj(n -> "E" + n).toList());

    private String url;
    private CounterReader reader;

    @Test
    void aPageOfStuckMessagesComesWithin200Milliseconds() throws Exception {
        url = TestPostgres.shared().newDatabase();
        DatabaseSettings settings = new DatabaseSettings(url, "postgres", "", 2);
        try (Database database = new Database(settings)) {
            database.migrate();
            timed("counters seeded", this::seed);
            timed("rows of messages filled in", () -> MessageBackfill.run(database,
                    Map.of("orders", ORDERS, "many", TEN), (app, counters) -> { }, () -> false));
            assertEquals("0", TestPostgres.query(url,
                    "select count(*) from ringtally.message_mismatch"));
            reader = CounterReader.connect(settings, Duration.ofSeconds(10));
            System.out.printf("%-34s %9s %8s %8s %8s%n", "question", "stuck", "p50", "p95", "max");
            ask("none is stuck", "orders", TWO, "CREATED", 0);
            ask("all but 1000 have it", "orders", TWO, "PAID", 1_000);
            ask("all but 1000 are complete", "orders", TWO, null, 1_000);
            ask("half have it", "orders", ORDERS, "SHIPPED", MESSAGES / 2);
            ask("nobody has it", "orders", ORDERS, "REVIEWED", MESSAGES);
            ask("ten events at random, one of them", "many", TEN, "E4", -1);
            ask("ten events at random, any", "many", TEN, null, -1);
            explain();
            // those with SHIPPED leave a dead entry each where those without it are looked for
            timed("the other half gets SHIPPED", () -> execute("update ringtally.message"
                    + " set seen = seen | 4 where app_id = 'orders' and seen & 4 = 0"
                    + " and message_id > '0001000'"));
            ask("just after most got it", "orders", ORDERS, "SHIPPED", 500);
            reader.close();
        }
    }

    @Test
    void holdingTheNamesCostsAFlushARoundTrip() throws Exception {
        url = TestPostgres.shared().newDatabase();
        try (Database database = new Database(new DatabaseSettings(url, "postgres", "", 2))) {
            database.migrate();
            try (Connection connection = database.connect()) {
                connection.setAutoCommit(false);
                double[] held = new double[QUERIES];
                double[] nothing = new double[QUERIES];
                for (int i = 0; i < QUERIES; i++) {
                    long begun = System.nanoTime();
                    LifecycleTable.hold(connection, false);
                    held[i] = (System.nanoTime() - begun) / 1e6;
                    connection.commit();
                    begun = System.nanoTime();
                    connection.createStatement().executeQuery("select 1").close();
                    nothing[i] = (System.nanoTime() - begun) / 1e6;
                    connection.commit();
                }
                Arrays.sort(held);
                Arrays.sort(nothing);
                System.out.printf("names held %.3f ms, an empty question %.3f ms (p50)%n",
                        held[QUERIES / 2], nothing[QUERIES / 2]);
                assertTrue(held[QUERIES / 2] < 10, "holding the names takes milliseconds");
            }
        }
    }

    /** Messages {@code 0000001} and on; a thousandth lacks PAID, half lack SHIPPED. */
    private void seed() throws SQLException {
        String insert = "insert into ringtally.counter select 'orders', lpad(n::text, 7, '0'), %s,"
                + " 1, 1, 0, 0 from generate_series(1, " + MESSAGES + ") n where %s";
        execute(insert.formatted("'CREATED'", "true"));
        execute(insert.formatted("'PAID'", "n % 1000 <> 0"));
        execute(insert.formatted("'SHIPPED'", "n % 2 = 0"));
        execute("insert into ringtally.counter select 'many', 'm-' || n, 'E' || e, 1, 1, 0, 0"
                + " from generate_series(1, 40000) n, generate_series(0, 9) e"
                + " where hashint4(n * 10 + e) & 1 = 0");
        execute("analyze ringtally.counter");
    }

    private interface Step {

        void run() throws Exception;
    }

    private static void timed(String what, Step step) throws Exception {
        long begun = System.nanoTime();
        step.run();
        System.out.printf("%s: %d ms%n", what,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
    }

    /** Asks from the beginning and from places in between, in turns. */
    private void ask(String what, String app, Lifecycle lifecycle, String missing, int stuck)
            throws Exception {
        StuckRange range = new StuckRange(app, lifecycle, missing, Duration.ZERO);
        if (stuck >= 0 && stuck <= 1_000) {
            assertEquals(stuck, reader.stuck(range, StuckRange.Place.START, 10_000).size());
        }
        List<StuckRange.Place> places = places(app);
        SplittableRandom random = new SplittableRandom(7);
        double[] millis = new double[QUERIES];
        for (int i = 0; i < QUERIES; i++) {
            StuckRange.Place after = i % 2 == 0 ? StuckRange.Place.START
                    : places.get(random.nextInt(places.size()));
            long begun = System.nanoTime();
            List<StuckMessage> page = reader.stuck(range, after, PAGE);
            millis[i] = (System.nanoTime() - begun) / 1e6;
            assertTrue(page.size() <= PAGE);
        }
        Arrays.sort(millis);
        double p95 = millis[QUERIES * 95 / 100];
        System.out.printf("%-34s %9s %8.2f %8.2f %8.2f%n", what,
                stuck < 0 ? "" : String.valueOf(stuck), millis[QUERIES / 2], p95,
                millis[QUERIES - 1]);
        assertTrue(p95 < P95_MILLIS_MAX, what + ": p95 of " + p95 + " ms");
    }

    private List<StuckRange.Place> places(String app) throws SQLException {
        List<StuckRange.Place> places = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select opened_at, message_id"
                        + " from ringtally.message tablesample system (1) repeatable (3)"
                        + " where app_id = '" + app + "' limit 1000")) {
            while (row.next()) {
                Instant at = row.getObject(1, OffsetDateTime.class).toInstant();
                places.add(new StuckRange.Place(at.getEpochSecond() * 1_000_000
                        + at.getNano() / 1_000, row.getString(2)));
            }
        }
        return places.isEmpty() ? List.of(StuckRange.Place.START) : places;
    }

    /** The plan of the page's statement reads ranges of the index and never the table. */
    private void explain() throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement statement = connection.prepareStatement("explain (analyze,"
                        + " buffers) " + StuckRows.MERGE.formatted(PAGE, PAGE))) {
            statement.setArray(1, connection.createArrayOf("int8", new Long[] {1L, 3L, 5L, 7L}));
            statement.setString(2, "orders");
            statement.setObject(3, OffsetDateTime.parse("1970-01-01T00:00:00Z"));
            statement.setString(4, "");
            statement.setObject(5, OffsetDateTime.parse("9000-01-01T00:00:00Z"));
            statement.setString(6, "");
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    plan.append(row.getString(1)).append('\n');
                }
            }
        }
        System.out.println(plan);
        assertTrue(plan.toString().contains("message_stuck"), plan.toString());
        assertFalse(plan.toString().contains("Seq Scan on message"), plan.toString());
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
