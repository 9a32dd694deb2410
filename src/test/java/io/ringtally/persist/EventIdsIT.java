package io.ringtally.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.journal.LogPosition;
import io.ringtally.persist.FaultProxy.Direction;
import io.ringtally.ring.Admission;
import io.ringtally.ring.RunningRing;
import io.ringtally.system.TestPostgres;
import io.ringtally.tally.FrozenCut;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ids reach Postgres with the changes of their events, once, and go when their time has passed. */
class EventIdsIT {

    private static final UUID LOG = UUID.fromString("11111111-2222-3333-4444-555555555555");
    private static final String TABLE = "ringtally.event_id_11111111222233334444555555555555";
    private static final long HOUR = 3_600_000_000L;
    private static final long NOW = 500_000 * HOUR + HOUR / 2;

    private String url;
    private FaultProxy proxy;
    private Database direct;
    private Database database;
    private CutWriter writer;
    private EventIdPartitions partitions;
    private RunningRing ring;

    @BeforeEach
    void begin() throws Exception {
        url = TestPostgres.shared().newDatabase();
        int port = TestPostgres.shared().server().port();
        proxy = new FaultProxy(port);
        direct = new Database(new DatabaseSettings(url, "postgres", "", 2));
        direct.migrate();
        database = new Database(new DatabaseSettings(
                url.replace(":" + port + "/", ":" + proxy.port() + "/"), "postgres", "", 4));
        ring = RunningRing.ofShards(2).startAt(LogPosition.START);
        try (StartSnapshot snapshot = StartSnapshot.take(direct, LOG, true)) {
            writer = new CutWriter(database, snapshot.checkpoint());
        }
        partitions = new EventIdPartitions(direct, LOG, Duration.ofHours(2), 0);
    }

    @AfterEach
    void closeAll() throws Exception {
        ring.close();
        database.close();
        direct.close();
        proxy.close();
    }

    private void add(String key, String id, long acceptedAt) {
        assertEquals(Admission.ACCEPTED, ring.addOnce(key, 1, id, acceptedAt));
    }

    private FrozenCut cutOf(int events, String prefix) {
        for (int i = 0; i < events; i++) {
            add("key-" + i % 10, prefix + i, NOW);
        }
        return ring.ring().cut();
    }

    private String query(String sql) throws SQLException {
        return TestPostgres.query(url, sql);
    }

    private String ids() throws SQLException {
        return query("select count(*) || '/' || count(distinct (hash_high, hash_low)) || '/'"
                + " || count(distinct position) from ringtally.event_id");
    }

    @Test
    void anIdenticalCutWrittenTwiceWritesItsIdsOnce() throws Exception {
        assertEquals(Admission.ACCEPTED, ring.add("without", 1));
        FrozenCut cut = cutOf(12, "id-");
        Checkpoint before = writer.checkpoint();
        writer.write(cut, cut.sortedDeltas());
        new CutWriter(database, before).write(cut, cut.sortedDeltas());
        assertEquals("12/12/12", ids());
        assertEquals("2/13", query("select min(position) || '/' || max(position)"
                + " from ringtally.event_id"));
    }

    @Test
    void aConnectionCutAtAnyByteOfAFlushNeitherLosesNorDoublesIds() throws Exception {
        FrozenCut first = cutOf(10, "first-");
        proxy.resetCounts();
        writer.write(first, first.sortedDeltas());
        ring.ring().persisted(first);
        int expected = 10;
        for (Direction direction : Direction.values()) {
            long length = proxy.passed(direction);
            for (int point = 1; point <= 12; point++) {
                FrozenCut cut = cutOf(10, direction + "-" + point + "-");
                expected += 10;
                database.connect().close();
                proxy.cutAfter(direction, length * point / 13);
                try {
                    writer.write(cut, cut.sortedDeltas());
                } catch (SQLException lost) {
                    proxy.disarm();
                    writeUntilDecided(cut);
                }
                proxy.disarm();
                ring.ring().persisted(cut);
                assertEquals(expected + "/" + expected + "/" + expected, ids(),
                        direction + " cut at " + point + "/13");
                assertEquals(expected, TestPostgres.sum(url));
            }
        }
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

    @Test
    void aRowThatIsRefusedTakesNoIdWithIt() throws Exception {
        execute("alter table ringtally.counter add constraint fine check (message_id <> 'bad')");
        add("bad", "a", NOW);
        add("good", "b", NOW);
        FrozenCut cut = ring.ring().cut();
        assertEquals(1, writer.write(cut, cut.sortedDeltas()).size());
        assertEquals("2/2/2", ids());
        assertEquals("1", query("select count(*) from ringtally.dead_letter"));
    }

    @Test
    void aStartReadsTheIdsOfItsOwnLogWithinTheWindow() throws Exception {
        add("k", "old", NOW - 2 * HOUR);
        add("k", "edge", NOW - HOUR);
        add("k", "new", NOW);
        FrozenCut cut = ring.ring().cut();
        writer.write(cut, cut.sortedDeltas());
        Map<Long, List<Long>> read = new HashMap<>();
        try (StartSnapshot snapshot = StartSnapshot.take(direct, LOG, true)) {
            snapshot.copyIds(NOW - HOUR, (high, low, fingerprint, position, acceptedAt) ->
                    read.put(position, List.of(high, low, fingerprint, acceptedAt)));
        }
        assertEquals(2, read.size());
        assertEquals(query("select hash_high || ' ' || hash_low || ' ' || fingerprint"
                + " from ringtally.event_id where position = 2"), read.get(2L).get(0) + " "
                + read.get(2L).get(1) + " " + read.get(2L).get(2));
        assertEquals(NOW - HOUR, read.get(2L).get(3));
        assertEquals(NOW, read.get(3L).get(3));
        try (StartSnapshot other = StartSnapshot.take(direct, UUID.randomUUID(), true)) {
            other.copyIds(0, (high, low, fingerprint, position, acceptedAt) -> {
                throw new AssertionError("an id of another log");
            });
        }
    }

    /** The hours there are parts for, relative to the one of {@link #NOW}. */
    private String hours() throws SQLException {
        return query("select string_agg(hour::text, ' ' order by hour) from (select"
                + " substring(inhrelid::regclass::text from '_(\\d+)$')::int8 - 500000 as hour"
                + " from pg_inherits where inhparent = '" + TABLE + "'::regclass) h");
    }

    private static long minutes(long minutes) {
        return TimeUnit.MINUTES.toNanos(minutes);
    }

    @Test
    void hoursAreMadeAheadOnceIdsComeAndDroppedAfterTheWindow() throws Exception {
        partitions.tend(0, NOW);
        assertEquals(null, hours());
        partitions.expectIds();
        partitions.tend(1, NOW);
        assertEquals("0 1 2 3", hours());
        FrozenCut cut = cutOf(5, "id-");
        writer.write(cut, cut.sortedDeltas());
        assertEquals("5", query("select count(*) from " + TABLE + "_500000"));
        partitions.tend(minutes(5), NOW + 10 * HOUR);
        assertEquals("0 1 2 3", hours(), "not before five minutes have passed");
        partitions.tend(minutes(6), NOW + 2 * HOUR);
        assertEquals("0 1 2 3 4 5", hours(), "half of the hour is within the window");
        partitions.tend(minutes(12), NOW + 3 * HOUR);
        assertEquals("1 2 3 4 5 6", hours());
        assertEquals("0/0/0", ids());
    }

    @Test
    void aReaderInTheWayNeverKeepsAFlushFromSucceeding() throws Exception {
        partitions.expectIds();
        try (Connection reader = direct.connect(); Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.executeQuery("select * from ringtally.event_id").close();
            partitions.tend(0, NOW);
            assertEquals(null, hours());
            FrozenCut cut = cutOf(5, "id-");
            writer.write(cut, cut.sortedDeltas());
            ring.ring().persisted(cut);
            assertEquals("5", query("select count(*) from " + TABLE + "_rest"));
            reader.rollback();
        }
        partitions.tend(minutes(2), NOW);
        assertEquals("1 2 3", hours(), "what the rest has begun stays there");
        assertEquals("5/5/5", ids());
        partitions.tend(minutes(8), NOW + 2 * HOUR + 1);
        assertEquals("0/0/0", ids());
        assertTrue(hours().startsWith("1 2 3"), hours());
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = direct.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
