package io.ringtally.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.OwnThread;
import io.ringtally.journal.LogPosition;
import io.ringtally.ring.Admission;
import io.ringtally.ring.RunningRing;
import io.ringtally.system.TestPostgres;
import io.ringtally.tally.CounterKey;
import io.ringtally.tally.CounterSnapshot;
import io.ringtally.tally.FrozenCut;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One cut, one transaction, once: against everything that can happen on the way to Postgres. */
class CutWriterIT {

    private static final UUID LOG = UUID.fromString("6f6f2f1e-3f0d-4b56-9a55-0d6a3c1f6a01");

    private String url;
    private FaultProxy proxy;
    private Database direct;
    private Database database;
    private CutWriter writer;
    private RunningRing ring;

    @BeforeEach
    void countFromAnEmptyDatabase() throws Exception {
        url = TestPostgres.shared().newDatabase();
        int port = TestPostgres.shared().server().port();
        proxy = new FaultProxy(port);
        direct = new Database(new DatabaseSettings(url, "postgres", "", 2));
        direct.migrate();
        database = new Database(new DatabaseSettings(
                url.replace(":" + port + "/", ":" + proxy.port() + "/"), "postgres", "", 4));
        begin(2);
    }

    /** Reads counters and checkpoint back, as a start does. */
    private void begin(int shards) throws Exception {
        ring = RunningRing.ofShards(shards);
        try (StartSnapshot snapshot = StartSnapshot.take(direct, LOG, true)) {
            snapshot.copyCounters(row -> assertTrue(ring.ring().shardOf(row.app(), row.message())
                    .load(new CounterKey().of(row.app(), row.message(),
                            row.event()), row.total(), row.events(), row.firstAtMicros(),
                            row.lastAtMicros())));
            writer = new CutWriter(database, snapshot.checkpoint());
        }
        ring.startAt(writer.checkpoint().position());
    }

    @AfterEach
    void closeAll() throws Exception {
        ring.close();
        database.close();
        direct.close();
        proxy.close();
    }

    @Test
    void anIdenticalCutWrittenTwiceIsAddedOnce() throws Exception {
        add("a", 3);
        add("b", -5);
        FrozenCut cut = ring.ring().cut();
        Checkpoint before = writer.checkpoint();

        assertEquals(List.of(), writer.write(cut, cut.sortedDeltas()));
        // a writer that does not know of its success
        CutWriter forgetful = new CutWriter(database, before);
        assertEquals(List.of(), forgetful.write(cut, cut.sortedDeltas()));

        assertEquals(cut.position(), forgetful.checkpoint().position());
        assertEquals(3, total("a"));
        assertEquals(-5, total("b"));
        assertEquals("2", query("select events from ringtally.checkpoint"));
        assertBalanced();
    }

    @Test
    void aCommitThatArrivesAfterItsConnectionDiedCountsOnce() throws Exception {
        add("late", 7);
        FrozenCut cut = ring.ring().cut();
        proxy.keepBack("COMMIT");
        assertThrows(SQLException.class, () -> writer.write(cut, cut.sortedDeltas()));
        assertTrue(proxy.hasCaught(5_000));

        // the same again, on another connection, while the first transaction is still open
        CompletableFuture<List<RefusedChange>> again = CompletableFuture.supplyAsync(() -> {
            try {
                return writer.write(cut, cut.sortedDeltas());
            } catch (SQLException | FencedException unexpected) {
                throw new AssertionError(unexpected);
            }
        }, new OwnThread());
        await("the retry waits for the checkpoint's row", () -> query("select count(*)"
                + " from pg_stat_activity where wait_event_type = 'Lock'").equals("1"));
        assertFalse(again.isDone());
        proxy.release();

        assertEquals(List.of(), again.get(10, TimeUnit.SECONDS));
        assertEquals(7, total("late"));
        assertBalanced();
    }

    @Test
    void aCommitThatArrivesAfterTheRetrySucceededIsTooLate() throws Exception {
        add("late", 7);
        FrozenCut cut = ring.ring().cut();
        proxy.keepBack("COMMIT");
        assertThrows(SQLException.class, () -> writer.write(cut, cut.sortedDeltas()));
        assertTrue(proxy.hasCaught(5_000));
        query("select pg_terminate_backend(pid) from pg_stat_activity"
                + " where state = 'idle in transaction'");
        writeUntilDecided(cut);
        proxy.release();

        assertEquals(7, total("late"));
        assertBalanced();
    }

    @Test
    void aChangeThatTakesARowBeyond64BitsIsADeadLetterAndTheOthersAreKept() throws Exception {
        add("full", 10);
        writeOnce();
        execute("update ringtally.counter set total = 9223372036854775800"
                + " where message_id = 'full'");
        // as if another instance had brought it there: its own log has the rest
        execute("insert into ringtally.checkpoint (log, epoch, position, events, sum)"
                + " values (gen_random_uuid(), 1, 1, 0, 9223372036854775790)");
        add("full", 100);
        add("full", 100);
        add("a", 1);
        add("z", 2);
        FrozenCut cut = ring.ring().cut();
        add("full", 3);
        assertEquals(213, ring.read("full").total());

        List<RefusedChange> refused = writer.write(cut, cut.sortedDeltas());

        assertEquals(1, refused.size());
        assertEquals(9_223_372_036_854_775_800L, refused.get(0).row().total());
        assertEquals("200/2/22003", query("select delta || '/' || events || '/' || sqlstate"
                + " from ringtally.dead_letter"));
        assertTrue(query("select reason from ringtally.dead_letter").contains("out of range"));
        long first = Long.parseLong(query("select first_position from ringtally.dead_letter"));
        assertEquals(first + 1,
                Long.parseLong(query("select last_position from ringtally.dead_letter")));
        assertEquals(1, total("a"));
        assertEquals(2, total("z"));
        assertBalanced();

        rebase(refused);
        ring.ring().persisted(cut);
        CounterSnapshot read = ring.read("full");
        assertEquals(9_223_372_036_854_775_803L, read.total());
        assertEquals(2, read.events());
        writeOnce();
        assertEquals(read.total(), total("full"));
        assertBalanced();
    }

    @Test
    void rowsAgainstAConstraintAreFoundAmongThousands() throws Exception {
        execute("alter table ringtally.counter add constraint fine"
                + " check (message_id !~ '^bad' and total < 1000)");
        int good = 0;
        for (int i = 0; i < 7_000; i++) {
            boolean bad = i == 0 || i == 4_999 || i == 5_000 || i == 6_999;
            addFast((bad ? "bad" : "key") + i, 1);
            good += bad ? 0 : 1;
        }
        FrozenCut cut = ring.ring().cut();
        List<RefusedChange> refused = writer.write(cut, cut.sortedDeltas());

        assertEquals(List.of("bad0", "bad4999", "bad5000", "bad6999"), refused.stream()
                .map(change -> change.change().messageId()).sorted().toList());
        assertEquals(good, sum());
        assertEquals("4/4/23514", query("select count(*) || '/' || sum(events) || '/'"
                + " || min(sqlstate) from ringtally.dead_letter"));
        assertBalanced();
        rebase(refused);
        ring.ring().persisted(cut);
        assertNull(ring.read("bad0"), "nothing of it is in Postgres, nothing has come since");
        assertEquals(1, ring.read("key1").total());
    }

    @Test
    void aBisectedFlushWhoseAnswerIsLostStillSaysWhatWasRefused() throws Exception {
        execute("alter table ringtally.counter add constraint fine check (message_id <> 'bad')");
        add("good", 1);
        add("bad", 5);
        FrozenCut cut = ring.ring().cut();
        Checkpoint before = writer.checkpoint();
        assertEquals(1, writer.write(cut, cut.sortedDeltas()).size());

        List<RefusedChange> again = new CutWriter(database, before).write(cut, cut.sortedDeltas());
        assertEquals("bad", again.get(0).change().messageId());
        assertNull(again.get(0).row());
        assertEquals("1", query("select count(*) from ringtally.dead_letter"));
        assertBalanced();
    }

    @Test
    void whoeverWasFencedAddsNothing() throws Exception {
        add("mine", 1);
        writeOnce();
        StartSnapshot.take(direct, LOG, true).close();
        add("mine", 1);
        FrozenCut cut = ring.ring().cut();
        FencedException fenced = assertThrows(FencedException.class,
                () -> writer.write(cut, cut.sortedDeltas()));
        assertTrue(fenced.getMessage().contains("epoch 2"), fenced.getMessage());
        assertEquals(1, total("mine"));
        assertEquals("1", query("select events from ringtally.checkpoint"));
    }

    @Test
    void changesWiderThan64BitsAreExact() throws Exception {
        add("up", Long.MIN_VALUE);
        add("down", Long.MAX_VALUE);
        add("between", 1);
        writeOnce();
        add("up", Long.MAX_VALUE);
        add("up", Long.MAX_VALUE);
        add("up", 1);
        add("down", Long.MIN_VALUE);
        add("down", Long.MIN_VALUE + 1);
        add("between", 1);
        FrozenCut cut = ring.ring().cut();
        assertTrue(List.of(cut.sortedDeltas()).stream().anyMatch(delta -> !delta.isLong()));
        assertEquals(List.of(), writer.write(cut, cut.sortedDeltas()));
        ring.ring().persisted(cut);

        assertEquals(Long.MAX_VALUE, total("up"));
        assertEquals(Long.MIN_VALUE, total("down"));
        assertEquals(2, total("between"));
        assertBalanced();
    }

    @Test
    void anEventBeyond64BitsIsADeadLetterOfItsOwnAndTheNextOneCounts() throws Exception {
        add("edge", Long.MAX_VALUE);
        add("edge", 1);
        add("edge", -7);
        add("edge", 7);
        add("edge", 1);
        writeOnce();
        assertEquals(Long.MAX_VALUE, total("edge"));
        assertEquals("2/2/2", query("select count(*) || '/' || sum(delta) || '/' || sum(events)"
                + " from ringtally.dead_letter where sqlstate is null"));
        assertBalanced();
        assertEquals(Long.MAX_VALUE, ring.read("edge").total());
    }

    @Test
    void aLogThatIsReopenedGoesOnWhereItsCheckpointStands() throws Exception {
        add("k", 5);
        writeOnce();
        LogPosition reached = writer.checkpoint().position();
        ring.close();
        begin(3);
        assertEquals(reached, writer.checkpoint().position());
        assertEquals(2, writer.checkpoint().epoch());
        add("k", 6);
        assertEquals(11, ring.read("k").total());
        writeOnce();
        assertTrue(writer.checkpoint().position().compareTo(reached) > 0);
        assertEquals(11, total("k"));
        assertBalanced();
    }

    private void add(String key, long value) {
        assertEquals(Admission.ACCEPTED, ring.add(key, value));
    }

    private void addFast(String key, long value) {
        while (ring.add(key, value) == Admission.RING_FULL) {
            Thread.onSpinWait();
        }
    }

    private void writeOnce() throws Exception {
        FrozenCut cut = ring.ring().cut();
        assertEquals(List.of(), writer.write(cut, cut.sortedDeltas()));
        ring.ring().persisted(cut);
    }

    private void writeUntilDecided(FrozenCut cut) throws FencedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try {
                writer.write(cut, cut.sortedDeltas());
                return;
            } catch (SQLException failed) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("no attempt succeeds", failed);
                }
            }
        }
    }

    private void rebase(List<RefusedChange> refused) throws InterruptedException {
        for (RefusedChange change : refused) {
            ring.ring().rebase(change.change(), change.row());
        }
    }

    private interface Condition {

        boolean holds() throws SQLException;
    }

    private static void await(String what, Condition condition) throws SQLException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(8);
        while (!condition.holds()) {
            assertTrue(System.nanoTime() < deadline, "waited 8 s: " + what);
            LockSupport.parkNanos(5_000_000);
        }
    }

    private void execute(String sql) throws SQLException {
        try (var connection = direct.connect(); var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String query(String sql) throws SQLException {
        return TestPostgres.query(url, sql);
    }

    private long total(String key) throws SQLException {
        return Long.parseLong(query("select total from ringtally.counter where message_id = '"
                + key + "'"));
    }

    private long sum() throws SQLException {
        return TestPostgres.sum(url);
    }

    private void assertBalanced() throws SQLException {
        assertEquals("t", query("select balanced from ringtally.ledger"),
                () -> "the ledger is out of balance");
    }
}
