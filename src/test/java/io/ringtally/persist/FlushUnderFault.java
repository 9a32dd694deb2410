package io.ringtally.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.OwnThread;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.ringtally.journal.LogPosition;
import io.ringtally.persist.FaultProxy.Direction;
import io.ringtally.ring.Admission;
import io.ringtally.ring.RunningRing;
import io.ringtally.system.TestPostgres;
import io.ringtally.tally.CounterDelta;
import io.ringtally.tally.FrozenCut;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.LoggerFactory;

/**
 * Small flushes, one after the other over one wire: what each holds is known beforehand, so the
 * ledger in Postgres has exactly two lawful states, without it and with it.
 *
 * <p>Threading: one test thread, beside the thread of a retry.
 */
final class FlushUnderFault implements AutoCloseable {

    static final UUID LOG = UUID.fromString("0d1f7c52-5f2e-4c7e-8d54-1b8a2f9e6c03");

    /** Counters of a flush that Postgres takes. */
    private static final int KEYS = 3;

    /** A pool rests 30 ms after each new connection, and every fault costs one: they take turns. */
    private static final int POOLS = 4;

    /** A pool's look at a connection before it lends it would be a part of the exchange. */
    private static final String UNLOOKED_AT_MILLIS = "com.zaxxer.hikari.aliveBypassWindowMs";

    /** The whole of the ledger's evidence, in one snapshot. */
    private static final String LEDGER = """
            select concat_ws(' ', balanced, accepted_events, accepted_sum, counted_events,
                counted_sum, dead_letter_events, dead_letter_sum,
                (select position from ringtally.checkpoint where log = ?),
                (select string_agg(message_id || '=' || total, ',' order by message_id)
                    from ringtally.counter))
            from ringtally.ledger
            """;

    /** Whom a flush of this database waits for, if one waits. */
    private static final String WAITED_FOR = """
            select transactionid::text from pg_locks join pg_stat_activity using (pid)
            where locktype = 'transactionid' and not granted and datname = current_database()
            """;

    /** Each lost connection is worth a stack trace to the pool: thousands are expected here. */
    private static final Map<String, Level> QUIET = Map.of("com.zaxxer.hikari", Level.OFF,
            CutWriter.class.getName(), Level.ERROR);

    private final Map<String, Level> levels = new HashMap<>();
    private final boolean bisected;
    private final String url;
    private final FaultProxy proxy;
    private final Database direct;
    private final List<Database> pools = new ArrayList<>();
    private final Connection watch;
    private final PreparedStatement ledger;
    private final PreparedStatement waitedFor;
    private final RunningRing ring;
    private CutWriter writer;

    private FrozenCut cut;
    private CounterDelta[] deltas;
    private int number;
    private String before;
    private String after;
    private int lateCommits;
    private int waits;
    private int lostAnswers;

    /** Makes a database and a ring; with {@code bisected} every flush has a row to be refused. */
    FlushUnderFault(boolean bisected) throws Exception {
        QUIET.forEach((name, level) -> levels.put(name, level(name, level)));
        this.bisected = bisected;
        url = TestPostgres.shared().newDatabase();
        int port = TestPostgres.shared().server().port();
        proxy = new FaultProxy(port);
        direct = new Database(new DatabaseSettings(url, "postgres", "", 2));
        direct.migrate();
        String throughProxy = url.replace(":" + port + "/", ":" + proxy.port() + "/");
        System.setProperty(UNLOOKED_AT_MILLIS, "600000");
        for (int i = 0; i < POOLS; i++) {
            Database pool = new Database(new DatabaseSettings(throughProxy, "postgres", "", 2));
            pool.connect().close();
            pools.add(pool);
        }
        System.clearProperty(UNLOOKED_AT_MILLIS);
        watch = DriverManager.getConnection(url);
        if (bisected) {
            watch.createStatement().execute("alter table ringtally.counter"
                    + " add constraint fine check (message_id <> 'bad')");
        }
        ledger = watch.prepareStatement(LEDGER);
        waitedFor = watch.prepareStatement(WAITED_FOR);
        ledger.setObject(1, LOG);
        writer = new CutWriter(pools.get(0), takeOver());
        ring = RunningRing.ofShards(1).startAt(writer.checkpoint().position());
        assertEquals(Admission.ACCEPTED, ring.add("full", Long.MIN_VALUE));
        cut = ring.ring().cut();
        deltas = cut.sortedDeltas();
        writer.write(cut, deltas);
        ring.ring().persisted(cut);
        after = evidence();
    }

    private static Level level(String name, Level level) {
        Logger logger = (Logger) LoggerFactory.getLogger(name);
        Level old = logger.getLevel();
        logger.setLevel(level);
        return old;
    }

    FaultProxy proxy() {
        return proxy;
    }

    /** Makes this log somebody else's, as the start of another process does. */
    Checkpoint takeOver() throws SQLException {
        try (StartSnapshot snapshot = StartSnapshot.take(direct, LOG, true)) {
            return snapshot.checkpoint();
        } catch (UnknownLogException neverOfAFreshOne) {
            throw new AssertionError(neverOfAFreshOne);
        }
    }

    /**
     * Counts a few events and freezes them: some counters, one event that no counter can take, and
     * in the bisected kind one counter that Postgres refuses.
     */
    void freeze() throws Exception {
        number++;
        before = after;
        // of one length, none twice: whatever is lost, doubled or torn shows in the sums
        long value = 1_000_000 + number;
        for (int key = 0; key < KEYS; key++) {
            assertEquals(Admission.ACCEPTED, ring.add("key-" + key, value));
        }
        assertEquals(Admission.ACCEPTED, ring.add("full", -1));
        if (bisected) {
            assertEquals(Admission.ACCEPTED, ring.add("bad", value));
        }
        cut = ring.ring().cut();
        deltas = cut.sortedDeltas();
        after = expected();
        writer = new CutWriter(pools.get(number % POOLS), writer.checkpoint());
    }

    /** The ledger once everything frozen so far is in Postgres exactly once. */
    private String expected() {
        long sum = 1_000_000L * number + (long) number * (number + 1) / 2;
        StringBuilder counters = new StringBuilder("full=" + Long.MIN_VALUE);
        for (int key = 0; key < KEYS; key++) {
            counters.append(",key-").append(key).append('=').append(sum);
        }
        long refused = bisected ? sum : 0;
        int perFlush = KEYS + (bisected ? 2 : 1);
        return String.join(" ", "t", String.valueOf(1 + number * perFlush),
                String.valueOf(Long.MIN_VALUE + KEYS * sum - number + refused),
                String.valueOf(1 + number * KEYS), String.valueOf(Long.MIN_VALUE + KEYS * sum),
                String.valueOf(number * (bisected ? 2 : 1)), String.valueOf(refused - number),
                cut.position().toString(), counters);
    }

    private String evidence() throws SQLException {
        try (ResultSet row = ledger.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }

    /** One attempt at the frozen cut. */
    void attempt() throws SQLException, FencedException {
        checkRefused(writer.write(cut, deltas));
    }

    private void checkRefused(List<RefusedChange> refused) {
        assertEquals(bisected ? List.of("bad") : List.of(),
                refused.stream().map(change -> change.change().messageId()).toList());
    }

    /** Attempts as the flusher does, the same again until Postgres has decided. */
    void attemptUntilDecided() throws FencedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try {
                attempt();
                return;
            } catch (SQLException failed) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("no attempt succeeds for 60 s", failed);
                }
            }
        }
    }

    /** The same on a thread of its own. */
    CompletableFuture<Void> attemptsElsewhere() {
        return CompletableFuture.runAsync(() -> {
            try {
                attemptUntilDecided();
            } catch (FencedException fenced) {
                throw new CompletionException(fenced);
            }
        }, new OwnThread());
    }

    /** The cut is decided: checks that it is in Postgres once, and lets go of it. */
    void assertPersistedOnce(String where) throws Exception {
        assertEquals(after, evidence(), where);
        if (bisected) {
            for (CounterDelta delta : deltas) {
                if (delta.messageId().equals("bad")) {
                    ring.ring().rebase(delta, null);
                }
            }
        }
        ring.ring().persisted(cut);
    }

    /** Nothing of the frozen cut is in Postgres. */
    void assertNothingAdded(String where) throws SQLException {
        assertEquals(before, evidence(), where);
    }

    /**
     * Cuts the wire after so many bytes of the next flush, and sees it through.
     *
     * @return false if the flush was over before that
     */
    boolean survivesCut(Direction direction, long bytes) throws Exception {
        String where = direction + " cut after " + bytes + " bytes";
        freeze();
        proxy.cutAfter(direction, bytes);
        if (succeedsAtOnce(where)) {
            return false;
        }
        assertLawful(where);
        attemptUntilDecided();
        assertPersistedOnce(where);
        return true;
    }

    /**
     * Takes the client away after so many bytes of the next flush; the server gets what had been
     * sent, and sees the connection's end, only when the next attempt is on its way.
     *
     * @return false if the flush was over before that
     */
    boolean survivesLateBytes(Direction direction, long bytes) throws Exception {
        String where = direction + " kept back after " + bytes + " bytes";
        freeze();
        proxy.keepBackAfter(direction, bytes);
        if (succeedsAtOnce(where)) {
            return false;
        }
        CompletableFuture<Void> retry = attemptsElsewhere();
        String holder = waitsFor(retry, where);
        proxy.release();
        retry.get(60, TimeUnit.SECONDS);
        assertTrue(proxy.isOver(20_000), () -> where + ": the server keeps the dead connection");
        if (holder != null) {
            waits++;
            if (holder.equals(TestPostgres.query(url, "select xmin from ringtally.checkpoint"))) {
                lateCommits++;
            }
        }
        assertPersistedOnce(where);
        return true;
    }

    private boolean succeedsAtOnce(String where) throws Exception {
        try {
            attempt();
        } catch (SQLException lost) {
            assertTrue(proxy.hasCaught(5_000), () -> where + ": failed by itself: " + lost);
            return false;
        }
        assertTrue(proxy.isArmed(), () -> where + ": it struck and nobody noticed");
        proxy.disarm();
        assertPersistedOnce(where);
        return true;
    }

    /** Between two attempts, too, Postgres holds all of the cut or nothing of it. */
    private void assertLawful(String where) throws SQLException {
        String now = evidence();
        if (now.equals(after)) {
            lostAnswers++;
        } else {
            assertEquals(before, now, where);
        }
    }

    /** The transaction that somebody waits for, or null if he is through without having to. */
    String waitsFor(Future<?> retry, String where) throws SQLException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!retry.isDone()) {
            try (ResultSet row = waitedFor.executeQuery()) {
                if (row.next()) {
                    return row.getString(1);
                }
            }
            assertTrue(System.nanoTime() < deadline,
                    () -> where + ": waited 20 s for the retry to end or to wait");
            LockSupport.parkNanos(500_000);
        }
        return null;
    }

    /** How often an attempt failed whose commit Postgres had. */
    int lostAnswers() {
        return lostAnswers;
    }

    /** How often a retry waited for the transaction of a connection its client had lost. */
    int waits() {
        return waits;
    }

    /** How often such a transaction's commit came late and was the one that counted. */
    int lateCommits() {
        return lateCommits;
    }

    String outcomes() {
        return number + " flushes, " + lostAnswers + " commits whose answer was lost, " + waits
                + " waits for a dead connection's transaction, " + lateCommits + " late commits";
    }

    /** From now on this is the owner of a log as {@link #takeOver} found it. */
    void goOnAs(Checkpoint owner) {
        writer = new CutWriter(pools.get(0), owner);
    }

    LogPosition cutPosition() {
        return cut.position();
    }

    @Override
    public void close() throws SQLException, IOException {
        ring.close();
        pools.forEach(Database::close);
        direct.close();
        watch.close();
        proxy.close();
        levels.forEach(FlushUnderFault::level);
    }
}
