package io.ringtally.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.OwnThread;
import io.ringtally.event.Lifecycle;
import io.ringtally.ring.Admission;
import io.ringtally.ring.RunningRing;
import io.ringtally.system.TestPostgres;
import io.ringtally.tally.FrozenCut;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows of messages say what the counters say, whatever happens on the way to Postgres. */
class LifecycleIT {

    private static final Map<String, Lifecycle> SHOP =
            Map.of("shop", new Lifecycle(List.of("ordered", "paid", "shipped")));

    private String url;
    private Database database;
    private final List<Instance> instances = new ArrayList<>();

    /** A log of its own with its writer, as each service on the database has one. */
    private final class Instance {

        private final RunningRing ring = RunningRing.ofShards(2);
        private final CutWriter writer;

        Instance() throws Exception {
            try (StartSnapshot snapshot =
                    StartSnapshot.take(database, UUID.randomUUID(), true)) {
                writer = new CutWriter(database, snapshot.checkpoint());
            }
            ring.startAt(writer.checkpoint().position());
            instances.add(this);
        }

        void add(String app, String message, String... events) {
            for (String event : events) {
                while (ring.add(app, message, event, 1, 1_000_000) != Admission.ACCEPTED) {
                    Thread.onSpinWait();
                }
            }
        }

        List<RefusedChange> flush() throws Exception {
            FrozenCut cut = ring.ring().cut();
            List<RefusedChange> refused = writer.write(cut, cut.sortedDeltas());
            for (RefusedChange change : refused) {
                ring.ring().rebase(change.change(), change.row());
            }
            ring.ring().persisted(cut);
            return refused;
        }
    }

    @BeforeEach
    void beginWithAnEmptyDatabase() throws Exception {
        url = TestPostgres.shared().newDatabase();
        database = new Database(new DatabaseSettings(url, "postgres", "", 4));
        database.migrate();
    }

    @AfterEach
    void closeAll() {
        instances.forEach(instance -> instance.ring.close());
        database.close();
    }

    @Test
    void aMessageHasARowWithTheEventsItHasSeen() throws Exception {
        start(SHOP);
        Instance instance = new Instance();
        instance.add("shop", "a", "paid", "ordered", "looked at", "paid");
        instance.add("shop", "b", "looked at");
        instance.add("other", "a", "ordered");
        instance.flush();
        assertEquals("a={ordered,paid} b={}", rows());
        instance.add("shop", "a", "shipped");
        instance.flush();
        assertEquals("a={ordered,paid,shipped} b={}", rows());
        assertAgreed();
    }

    @Test
    void aFlushThatTellsNothingNewDoesNotTouchTheRow() throws Exception {
        start(SHOP);
        Instance instance = new Instance();
        instance.add("shop", "a", "paid", "ordered");
        instance.flush();
        String version = query("select xmin || '/' || xmax || '/' || ctid from ringtally.message");
        instance.add("shop", "a", "paid", "looked at");
        instance.flush();
        assertEquals(version,
                query("select xmin || '/' || xmax || '/' || ctid from ringtally.message"));
        assertEquals("2", query("select total from ringtally.counter where event = 'paid'"));
    }

    @Test
    void anIdenticalCutWrittenTwiceLeavesTheSameRows() throws Exception {
        start(SHOP);
        Instance instance = new Instance();
        Checkpoint before = instance.writer.checkpoint();
        instance.add("shop", "a", "paid");
        FrozenCut cut = instance.ring.ring().cut();
        instance.writer.write(cut, cut.sortedDeltas());
        new CutWriter(database, before).write(cut, cut.sortedDeltas());
        assertEquals("a={paid}", rows());
        assertAgreed();
    }

    @Test
    void aCounterThatPostgresRefusesHasNotBeenSeen() throws Exception {
        start(SHOP);
        execute("alter table ringtally.counter add constraint fine"
                + " check (event <> 'paid' or message_id !~ '[37]00$')");
        Instance instance = new Instance();
        for (int i = 0; i < 3_000; i++) {
            instance.add("shop", String.format("m-%04d", i), "ordered", "paid");
        }
        instance.add("shop", "n-300", "paid");
        assertEquals(7, instance.flush().size());
        assertEquals("3000/2994", query("select count(*) || '/' || count(*) filter"
                + " (where seen = 3) from ringtally.message"));
        assertAgreed();
    }

    @Test
    void aMessageRowThatPostgresRefusesDoesNotKeepTheCountersBack() throws Exception {
        start(SHOP);
        execute("alter table ringtally.message add constraint fine check (message_id <> 'bad')");
        Instance instance = new Instance();
        instance.add("shop", "a", "paid");
        instance.add("shop", "bad", "paid");
        instance.add("shop", "c", "paid");
        assertEquals(List.of(), instance.flush());
        assertEquals("3", query("select sum(total) from ringtally.counter"));
        assertEquals("a={paid} c={paid}", rows());
        assertEquals("bad", query("select message_id from ringtally.message_mismatch"));
    }

    @Test
    void whatWasCountedBeforeTheLifecycleIsFilledIn() throws Exception {
        Instance instance = new Instance();
        instance.add("shop", "a", "paid", "ordered");
        instance.add("shop", "b", "looked at");
        instance.add("other", "c", "paid");
        instance.flush();
        assertEquals("", rows());
        start(SHOP);
        assertEquals("a={ordered,paid} b={}", rows());
        assertAgreed();
        // another order, one name gone, one new: bits stay where they are
        start(Map.of("shop", new Lifecycle(List.of("looked at", "paid", "ordered"))));
        assertEquals("a={ordered,paid} b={looked at}", rows());
        instance.add("shop", "a", "shipped");
        instance.flush();
        assertEquals("a={ordered,paid,shipped} b={looked at}", rows());
        assertAgreed();
    }

    @Test
    void aFillingInThatDiesHalfWayIsDoneAgain() throws Exception {
        seed("shop", 12_000);
        List<String> steps = new ArrayList<>();
        MessageBackfill.run(database, SHOP, (app, counters) -> steps.add(app),
                () -> steps.size() == 2);
        assertEquals("10000/0", query("select (select count(*) from ringtally.message) || '/'"
                + " || filled from ringtally.lifecycle"));
        start(SHOP);
        assertEquals("12000/3", query("select (select count(*) from ringtally.message) || '/'"
                + " || filled from ringtally.lifecycle"));
        assertAgreed();
        // nothing is left to do
        MessageBackfill.run(database, SHOP, (app, counters) -> {
            throw new AssertionError(app);
        }, () -> false);
    }

    @Test
    void instancesThatFlushWhileNamesComeAndAreFilledInDisagreeAboutNothing() throws Exception {
        seed("shop", 3_000);
        AtomicBoolean done = new AtomicBoolean();
        List<CompletableFuture<Integer>> flushing = new ArrayList<>();
        for (int number = 0; number < 2; number++) {
            Instance instance = new Instance();
            SplittableRandom random = new SplittableRandom(number);
            flushing.add(CompletableFuture.supplyAsync(() -> flushUntil(done, instance, random),
                    new OwnThread()));
        }
        List<String> names = new ArrayList<>();
        for (int n = 0; n < 12; n++) {
            names.add("event-" + n);
            Map<String, Lifecycle> now = Map.of("shop", new Lifecycle(names));
            CompletableFuture<Void> neighbour = CompletableFuture.runAsync(() -> start(now),
                    new OwnThread());
            start(now);
            neighbour.get(60, TimeUnit.SECONDS);
        }
        done.set(true);
        for (CompletableFuture<Integer> one : flushing) {
            assertTrue(one.get(60, TimeUnit.SECONDS) > 3);
        }
        assertAgreed();
        assertEquals("0", query("select deadlocks from pg_stat_database"
                + " where datname = current_database()"));
    }

    private static int flushUntil(AtomicBoolean done, Instance instance, SplittableRandom random) {
        try {
            int flushes = 0;
            while (!done.get()) {
                for (int i = 0; i < 300; i++) {
                    instance.add("shop", "m-" + random.nextInt(4_000),
                            "event-" + random.nextInt(14));
                }
                instance.flush();
                flushes++;
            }
            return flushes;
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void anAppHasSixtyTwoNamesOverTime() throws Exception {
        start(Map.of("shop", new Lifecycle(named(0, 40))));
        start(Map.of("shop", new Lifecycle(named(20, 62))));
        LifecycleFullException full = assertThrows(LifecycleFullException.class, () ->
                MessageBackfill.run(database, Map.of("shop", new Lifecycle(named(60, 64))),
                        (app, counters) -> { }, () -> false));
        assertTrue(full.getMessage().contains("\"shop\" have had 64 different names"),
                full.getMessage());
        Instance instance = new Instance();
        instance.add("shop", "a", "e61");
        instance.flush();
        assertEquals("a={e61}", rows());
        assertEquals(61, find(new StuckRange("shop", new Lifecycle(named(0, 62)), null,
                Duration.ZERO), StuckRange.Place.START, 10).get(0).missing().size());
        assertAgreed();
    }

    private static List<String> named(int from, int to) {
        return IntStream.range(from, to).mapToObj(n -> "e" + n).toList();
    }

    @Test
    void everyPageOfStuckMessagesIsWhatALookAtEveryMessageFinds() throws Exception {
        Lifecycle lifecycle = new Lifecycle(List.of("a", "b", "c", "d", "e", "f"));
        start(Map.of("shop", lifecycle, "other", lifecycle));
        // many of an age, masks of every kind, and names that are no longer expected; none of an
        // age that is asked for a moment later only
        execute("insert into ringtally.message (app_id, message_id, seen, opened_at)"
                + " select 'shop', 'm-' || n, (n * 37) % 64, now() - interval '1 s'"
                + " * case when n < 600 then n / 50 else 10000 + n / 50 end"
                + " from generate_series(1, 2000) n");
        execute("insert into ringtally.message (app_id, message_id, seen)"
                + " values ('other', 'complete', 63)");
        List<String> expected = List.of("b", "f", "e");
        for (String missing : new String[] {"b", "e", "f", null}) {
            for (int limit : new int[] {1, 7, 100, 3_000}) {
                StuckRange range = new StuckRange("shop", new Lifecycle(expected), missing,
                        Duration.ofSeconds(10_000));
                List<StuckMessage> paged = limit == 1
                        ? find(range, StuckRange.Place.START, 1) : allPages(range, limit);
                List<String> all = everyMessage(lifecycle, range);
                assertTrue(all.size() > 500, () -> "only " + all.size() + " lack " + missing);
                assertEquals(limit == 1 ? all.subList(0, 1) : all,
                        paged.stream().map(StuckMessage::messageId).toList());
                paged.forEach(message -> assertTrue(missing == null
                        ? !message.missing().isEmpty() : message.missing().contains(missing)));
            }
        }
        assertEquals(List.of(), find(new StuckRange("other", lifecycle, null, Duration.ZERO),
                StuckRange.Place.START, 10));
        assertNull(find(new StuckRange("never seen", lifecycle, null, Duration.ZERO),
                StuckRange.Place.START, 10));
    }

    private List<StuckMessage> allPages(StuckRange range, int limit) throws SQLException {
        List<StuckMessage> all = new ArrayList<>();
        StuckRange.Place after = StuckRange.Place.START;
        while (true) {
            List<StuckMessage> page = find(range, after, limit);
            all.addAll(page);
            if (page.size() < limit) {
                return all;
            }
            StuckMessage last = page.get(limit - 1);
            after = new StuckRange.Place(last.openedAtMicros(), last.messageId());
        }
    }

    /** The same by going through all rows, one by one. */
    private List<String> everyMessage(Lifecycle all, StuckRange range) throws SQLException {
        List<String[]> rows = new ArrayList<>();
        try (Connection connection = database.connect();
                var statement = connection.createStatement();
                var row = statement.executeQuery("select message_id, seen,"
                        + " extract(epoch from opened_at), opened_at <= now() - interval '10000 s'"
                        + " from ringtally.message where app_id = 'shop'")) {
            while (row.next()) {
                long seen = row.getLong(2);
                List<String> missing = range.lifecycle().missing(all.events().stream()
                        .filter(event -> (seen >> all.events().indexOf(event) & 1) != 0).toList());
                if (row.getBoolean(4) && (range.missing() == null ? !missing.isEmpty()
                        : missing.contains(range.missing()))) {
                    rows.add(new String[] {row.getString(1), row.getString(3)});
                }
            }
        }
        return rows.stream().sorted(Comparator.<String[], String>comparing(row -> row[1])
                .thenComparing(row -> row[0])).map(row -> row[0]).toList();
    }

    private List<StuckMessage> find(StuckRange range, StuckRange.Place after, int limit)
            throws SQLException {
        try (Connection connection = database.connect()) {
            return StuckRows.find(connection, range, after, limit);
        }
    }

    /** What a start does before it reads counters back. */
    private void start(Map<String, Lifecycle> lifecycles) {
        try {
            MessageBackfill.run(database, lifecycles, (app, counters) -> { }, () -> false);
        } catch (SQLException | LifecycleFullException failed) {
            throw new AssertionError(failed);
        }
    }

    /** Counters of that many messages, one event each, as an earlier version has left them. */
    private void seed(String app, int messages) throws SQLException {
        execute("insert into ringtally.counter select '" + app + "', 'm-' || n,"
                + " case when n % 2 = 0 then 'paid' else 'event-' || n % 12 end, 1, 1, 0, 0"
                + " from generate_series(1, " + messages + ") n");
    }

    private String rows() throws SQLException {
        return query("select coalesce(string_agg(message_id || '=' || seen::text, ' '"
                + " order by message_id), '') from ringtally.messages").replace("\"", "");
    }

    private void assertAgreed() throws SQLException {
        assertEquals("0", query("select count(*) from ringtally.message_mismatch"));
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String query(String sql) throws SQLException {
        return TestPostgres.query(url, sql);
    }
}
