package io.ringtally.dedupe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.event.EventBatch;
import io.ringtally.event.EventDraft;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The memory of ids: each is counted once within the window, whatever the order of things. */
class IdTableTest {

    private static final long SEED = 815;
    private static final long MINUTE = 60_000_000L;
    private static final long WINDOW = 8 * MINUTE;
    private static final long PART = MINUTE;
    private static final EventIdentity IDENTITY = new EventIdentity(SEED);

    private final EventBatch batch = new EventBatch(SEED);
    private long now = 1_000_000 * MINUTE;
    private IdTable table = tableOf(1_000_000);
    private Reservation reservation = table.newReservation();

    private IdTable tableOf(long maxIds) {
        return new IdTable(new DedupeSettings(Duration.ofMinutes(8), maxIds), IDENTITY, now);
    }

    private void limit(long maxIds) {
        table = tableOf(maxIds);
        reservation = table.newReservation();
    }

    private static void add(EventBatch to, String app, String id, String message, long value) {
        byte[] appBytes = utf8(app);
        byte[] idBytes = utf8(id);
        byte[] messageBytes = utf8(message);
        to.accept(new EventDraft().clear().app(appBytes, 0, appBytes.length)
                .message(messageBytes, 0, messageBytes.length)
                .id(idBytes, 0, idBytes.length).value(value));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private IdOutcome reserve(String id, long value) {
        batch.begin(now);
        add(batch, "a", id, "m", value);
        return reservation.reserve(batch);
    }

    private boolean isDuplicate(String id, long value) {
        assertEquals(IdOutcome.RESERVED, reserve(id, value));
        boolean duplicate = reservation.duplicates().get(0);
        reservation.release();
        return duplicate;
    }

    private void count(String id, long value, long position) {
        assertEquals(IdOutcome.RESERVED, reserve(id, value));
        assertTrue(reservation.duplicates().isEmpty());
        reservation.publish(position);
    }

    @Test
    void aRepeatIsADuplicateWithThePositionOfTheFirst() {
        count("x", 1, 77);
        assertEquals(IdOutcome.RESERVED, reserve("x", 1));
        assertEquals(BitSet.valueOf(new long[] {1}), reservation.duplicates());
        assertEquals(77, reservation.latestDuplicatePosition());
        reservation.publish(0);
        assertEquals(1, table.duplicates());
        assertEquals(1, table.held());
    }

    @Test
    void anotherBodyUnderTheSameIdIsAConflictAndAnotherAppIsNot() {
        count("x", 1, 1);
        assertEquals(IdOutcome.OTHER_BODY, reserve("x", 2));
        assertEquals(1, table.conflicts());
        batch.begin(now);
        add(batch, "b", "x", "m", 2);
        assertEquals(IdOutcome.RESERVED, reservation.reserve(batch));
        assertTrue(reservation.duplicates().isEmpty());
        reservation.release();
        assertEquals(1, table.held());
    }

    @Test
    void whatIsBeingOfferedIsInProgressForEverybodyElse() {
        assertEquals(IdOutcome.RESERVED, reserve("x", 1));
        Reservation other = table.newReservation();
        assertEquals(IdOutcome.IN_PROGRESS, other.reserve(batch));
        EventBatch otherBody = new EventBatch(SEED);
        otherBody.begin(now);
        add(otherBody, "a", "x", "m", 2);
        assertEquals(IdOutcome.IN_PROGRESS, other.reserve(otherBody),
                "the first may still be refused");
        reservation.release();
        assertEquals(IdOutcome.RESERVED, other.reserve(otherBody));
        other.publish(3);
        assertEquals(IdOutcome.OTHER_BODY, reserve("x", 1));
    }

    @Test
    void aRequestIsReservedWholeOrNotAtAll() {
        count("taken", 1, 1);
        batch.begin(now);
        add(batch, "a", "new-1", "m", 1);
        add(batch, "a", "", "m", 1);
        add(batch, "a", "new-2", "m", 1);
        add(batch, "a", "taken", "m", 2);
        assertEquals(IdOutcome.OTHER_BODY, reservation.reserve(batch));
        assertEquals(3, reservation.refusedPlace());
        assertEquals(1, table.held());
        count("new-1", 5, 2);
        count("new-2", 5, 3);
    }

    @Test
    void theSameIdTwiceInOneRequestIsADuplicateOrAConflict() {
        batch.begin(now);
        add(batch, "a", "x", "m", 1);
        add(batch, "a", "y", "m", 1);
        add(batch, "a", "x", "m", 1);
        assertEquals(IdOutcome.RESERVED, reservation.reserve(batch));
        assertEquals(BitSet.valueOf(new long[] {0b100}), reservation.duplicates());
        batch.drop(reservation.duplicates());
        assertEquals(2, batch.count());
        reservation.publish(9);
        batch.begin(now);
        add(batch, "a", "z", "m", 1);
        add(batch, "a", "z", "m", 2);
        assertEquals(IdOutcome.OTHER_BODY, reservation.reserve(batch));
        assertEquals(2, table.held());
    }

    @Test
    void theBodyIsMessageNameValueAndTheTimeOnlyIfGiven() {
        long first = fingerprint(new EventDraft().clear(), 1);
        assertEquals(first, fingerprint(new EventDraft().clear(), 2), "accepted at another time");
        assertNotEquals(first, fingerprint(new EventDraft().clear().createdAt(1), 1));
        assertNotEquals(fingerprint(new EventDraft().clear().createdAt(1), 1),
                fingerprint(new EventDraft().clear().createdAt(2), 1));
        assertNotEquals(first, fingerprint(new EventDraft().clear().value(2), 1));
        byte[] name = utf8("other");
        assertNotEquals(first,
                fingerprint(new EventDraft().clear().event(name, 0, name.length), 1));
    }

    private long fingerprint(EventDraft draft, long acceptedAt) {
        byte[] text = utf8("text");
        batch.begin(acceptedAt);
        batch.accept(draft.message(text, 0, 4).id(text, 0, 4));
        return IDENTITY.fingerprint(batch.cursor().at(0));
    }

    @Test
    void anIdIsKnownForTheWindowAndAtMostAnEighthLonger() {
        for (long offset = 0; offset < PART; offset += PART / 7) {
            limit(1_000_000);
            now += offset;
            count("x", 1, 1);
            long accepted = now;
            now = accepted + WINDOW;
            assertTrue(isDuplicate("x", 1), "at the end of the window");
            now = accepted + WINDOW + PART;
            assertTrue(!isDuplicate("x", 1), "an eighth after it");
            assertEquals(0, table.held());
            now = accepted + 3 * WINDOW;
        }
    }

    @Test
    void aFullTableRefusesNewIdsKnowsTheOldOnesAndTakesNewOnesWhenTheyExpire() {
        limit(100);
        for (int i = 0; i < 100; i++) {
            count("id-" + i, 1, 1 + i);
        }
        assertEquals(IdOutcome.FULL, reserve("one more", 1));
        assertTrue(isDuplicate("id-0", 1));
        batch.begin(now);
        add(batch, "a", "", "m", 1);
        assertEquals(IdOutcome.RESERVED, reservation.reserve(batch), "an event without id");
        int seconds = table.retryAfterSeconds(now);
        assertTrue(seconds >= 1 && seconds <= 60, seconds + " s");
        now += WINDOW + PART;
        count("one more", 1, 200);
        assertEquals(1, table.held());
    }

    @Test
    void aClockThatStepsForgetsNothingEarlier() {
        count("before", 1, 1);
        now -= WINDOW / 2;
        assertTrue(isDuplicate("before", 1));
        count("in the past", 1, 2);
        now -= 10 * WINDOW;
        count("long ago", 1, 3);
        now += WINDOW * 21 / 2;
        assertTrue(isDuplicate("before", 1));
        assertTrue(isDuplicate("in the past", 1));
        assertTrue(isDuplicate("long ago", 1));
    }

    @Test
    void restoredIdsAreDuplicatesOldOnesAreLeftOutAndNoneCountsTwice() {
        restore("fresh", 5, now - WINDOW + 1);
        restore("fresh", 5, now - WINDOW + 1);
        restore("old", 6, now - WINDOW - PART);
        restore("ahead", 7, now + 100 * WINDOW);
        assertTrue(isDuplicate("fresh", 1));
        assertTrue(!isDuplicate("old", 1));
        assertTrue(isDuplicate("ahead", 1));
        assertEquals(2, table.held());
        restore("fresh", 9, now);
        assertEquals(2, table.held(), "of two the later one stays");
        now += WINDOW;
        assertTrue(isDuplicate("fresh", 1));
        assertTrue(now - WINDOW >= table.restoreFromMicros());
    }

    private void restore(String id, long position, long acceptedAt) {
        batch.begin(acceptedAt);
        add(batch, "a", id, "m", 1);
        var event = batch.cursor().at(0);
        table.restore(IDENTITY.high(event), IDENTITY.low(event), IDENTITY.fingerprint(event),
                position, acceptedAt);
    }

    /** What the table should know: value, position, time of acceptance. */
    private record Counted(long value, long position, long acceptedAt) {
    }

    @Test
    void agreesWithAPlainMapThroughRandomRequests() {
        limit(150);
        SplittableRandom random = new SplittableRandom(11);
        Map<String, Counted> model = new HashMap<>();
        int[] seen = new int[IdOutcome.values().length];
        for (long position = 1; position < 60_000; position++) {
            now += random.nextLong(2_000_000);
            String id = "id-" + random.nextInt(600);
            long value = random.nextInt(20) == 0 ? 2 : 1;
            // within the eighth after the window both answers are right: take the table's
            Counted known = model.get(id);
            if (known != null && now - known.acceptedAt >= WINDOW
                    && now - known.acceptedAt < WINDOW + PART) {
                continue;
            }
            model.values().removeIf(one -> now - one.acceptedAt >= WINDOW + PART);
            known = model.get(id);
            IdOutcome outcome = reserve(id, value);
            seen[outcome.ordinal()]++;
            if (known != null) {
                assertEquals(known.value == value ? IdOutcome.RESERVED : IdOutcome.OTHER_BODY,
                        outcome);
                if (outcome == IdOutcome.RESERVED) {
                    assertEquals(known.position, reservation.latestDuplicatePosition());
                    reservation.publish(0);
                }
            } else if (outcome == IdOutcome.FULL) {
                assertEquals(150, table.held());
            } else {
                assertEquals(IdOutcome.RESERVED, outcome);
                assertTrue(reservation.duplicates().isEmpty(), id + " is not known");
                if (random.nextInt(4) == 0) {
                    reservation.release();
                } else {
                    reservation.publish(position);
                    model.put(id, new Counted(value, position, now));
                }
            }
            assertTrue(table.held() <= model.size(), "never more than was counted");
        }
        assertTrue(seen[IdOutcome.FULL.ordinal()] > 100 && seen[IdOutcome.OTHER_BODY.ordinal()]
                > 100, "too few: " + List.of(seen[0], seen[1], seen[2], seen[3]));
    }

    @Test
    void ofManyThreadsWithTheSameIdsEachIdIsWonOnce() throws Exception {
        int threads = 8;
        int ids = 3_000;
        AtomicIntegerArray wins = new AtomicIntegerArray(ids);
        AtomicLong positions = new AtomicLong();
        CountDownLatch begin = new CountDownLatch(1);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                SplittableRandom random = new SplittableRandom(thread);
                done.add(pool.submit(() -> {
                    begin.await();
                    compete(random, wins, positions);
                    return null;
                }));
            }
            begin.countDown();
            for (Future<?> one : done) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        for (int id = 0; id < ids; id++) {
            assertEquals(1, wins.get(id), "id " + id);
        }
        assertEquals(ids, table.held());
    }

    /** Sends every id, in batches that overlap those of the others, until all are counted. */
    private void compete(SplittableRandom random, AtomicIntegerArray wins, AtomicLong positions) {
        Reservation own = table.newReservation();
        EventBatch mine = new EventBatch(SEED);
        BitSet open = new BitSet();
        open.set(0, wins.length());
        while (!open.isEmpty()) {
            mine.begin(now);
            List<Integer> ids = new ArrayList<>();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                int from = open.nextSetBit(random.nextInt(wins.length()));
                ids.add(from >= 0 ? from : open.nextSetBit(0));
                add(mine, "a", "id-" + ids.get(ids.size() - 1), "m", 1);
            }
            if (own.reserve(mine) != IdOutcome.RESERVED) {
                Thread.onSpinWait();
            } else if (random.nextInt(3) == 0) {
                own.release();
            } else {
                for (int place = 0; place < ids.size(); place++) {
                    open.clear(ids.get(place));
                    if (!own.duplicates().get(place)) {
                        wins.incrementAndGet(ids.get(place));
                    }
                }
                own.publish(positions.incrementAndGet());
            }
        }
    }

    @Test
    void aMillionIdsTakeFiftyToSeventyFiveBytesEach() {
        SplittableRandom random = new SplittableRandom(1);
        for (int id = 0; id < 1_000_000; id++) {
            table.restore(random.nextLong(), random.nextLong(), 1, 1,
                    now - random.nextLong(WINDOW));
        }
        assertEquals(1_000_000, table.held());
        double each = table.bytes() / 1e6;
        assertTrue(each > 45 && each < 75, each + " bytes each");
    }
}
