package io.ringtally.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.event.EventBatch;
import io.ringtally.event.EventDraft;
import io.ringtally.journal.LogPosition;
import io.ringtally.metrics.Latencies;
import io.ringtally.metrics.LatencyWriter;
import io.ringtally.tally.CounterDelta;
import io.ringtally.tally.FrozenCut;
import io.ringtally.tally.Lookup;
import io.ringtally.tally.TallySettings;
import io.ringtally.tally.TallyShard;
import io.ringtally.time.SystemClock;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ring with its stages, without HTTP and without Postgres. */
class RingTest {

    private static final long SEED = 99;

    private final AdmissionGate gate = new AdmissionGate();
    private final AtomicReference<Throwable> death = new AtomicReference<>();
    private Ring ring;

    private Ring start(int slots, int shards, long maxCounters, long maxPending) {
        RingSettings settings = new RingSettings(slots, 1024, 20_000);
        TallySettings tally = new TallySettings(shards, maxCounters, settings.eventsMax(), 48,
                maxPending);
        return start(new RingParts(settings, tally, SEED, new SystemClock()));
    }

    private Ring start(RingParts parts) {
        ring = new Ring(parts, gate, death::set);
        ring.start(LogPosition.START);
        gate.open();
        return ring;
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (ring != null && death.get() == null) {
            assertTrue(ring.stop(10_000), "the stages did not stop");
            ring.close();
        }
    }

    @Test
    void neverCallsAnEventPersistedWhileItsCutIsBeingTaken() throws Exception {
        try (RunningRing running = RunningRing.ofShards(1).startAt(LogPosition.START)) {
            for (int i = 0; i < 300; i++) {
                running.add("k", 1);
                await("the event to be applied", () -> running.ring().unpersistedEvents() == 1);
                AtomicReference<FrozenCut> taken = new AtomicReference<>();
                Thread flusher = new Thread(() -> taken.set(running.ring().cut()));
                flusher.start();
                while (flusher.isAlive()) {
                    assertEquals(1, running.ring().unpersistedEvents());
                    assertTrue(running.ring().pendingCounters() > 0, "nothing pends");
                }
                running.ring().persisted(taken.get());
                assertEquals(0, running.ring().unpersistedEvents());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void countsEveryEventOfManyProducersOnceWhateverTheNumberOfShards(int shards)
            throws InterruptedException {
        start(256, shards, 100_000, 1_000_000);
        int producers = 4;
        int each = 20_000;
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            int producer = p;
            Thread thread = new Thread(() -> produce(producer, each));
            thread.start();
            threads.add(thread);
        }
        BigInteger sum = BigInteger.ZERO;
        long events = 0;
        while (threads.stream().anyMatch(Thread::isAlive)) {
            FrozenCut cut = ring.cut();
            sum = sum.add(sumOf(cut));
            events += cut.acceptedEvents();
            ring.persisted(cut);
        }
        FrozenCut last = ring.cut();
        sum = sum.add(sumOf(last));
        events += last.acceptedEvents();
        long expected = 0;
        for (int i = 0; i < each; i++) {
            expected += i;
        }
        assertEquals(BigInteger.valueOf(expected * producers), sum);
        assertEquals((long) each * producers, events);
    }

    /** Offers single events and small batches, again and again while the ring is full. */
    private void produce(int producer, int count) {
        EventBatch batch = new EventBatch(SEED);
        int i = 0;
        while (i < count) {
            batch.begin(0);
            int size = Math.min(count - i, 1 + i % 40);
            for (int j = 0; j < size; j++) {
                add(batch, "app" + producer % 2, "m" + (i + j) % 977, "e", i + j);
            }
            Admission admission = ring.intake().offer(batch);
            if (admission == Admission.ACCEPTED) {
                i += size;
            } else {
                assertEquals(Admission.RING_FULL, admission);
                Thread.onSpinWait();
            }
        }
    }

    private static BigInteger sumOf(FrozenCut cut) {
        BigInteger sum = BigInteger.ZERO;
        for (CounterDelta delta : cut.sortedDeltas()) {
            sum = sum.add(delta.delta());
        }
        assertEquals(cut.acceptedSum(), sum);
        return sum;
    }

    @Test
    void aReadAfterAnAcceptedEventIncludesIt() throws Exception {
        start(1024, 2, 10_000, 10_000);
        for (int i = 1; i <= 300; i++) {
            offer("a", "m" + i % 7, "e", 1);
            Lookup found = read("a", "m" + i % 7, "e");
            long soFar = i % 7 == 0 ? i / 7 : i / 7 + 1;
            assertEquals(soFar, found.counters().get(0).total(), "after event " + i);
        }
        assertEquals(Lookup.Outcome.ABSENT, read("a", "never", "e").outcome());
    }

    @Test
    void aMessageLandsOnOneShardInOrder() throws Exception {
        start(1024, 4, 10_000, 10_000);
        for (int i = 0; i < 1_000; i++) {
            offer("a", "m", "e" + i % 5, 1);
        }
        CompletableFuture<Lookup> answer = new CompletableFuture<>();
        assertTrue(ring.reads().message(utf8("a"), utf8("m"), answer::complete));
        assertEquals(5, answer.get(5, TimeUnit.SECONDS).counters().size());
        long shardsWithCounters = ring.shardGauges().stream()
                .filter(gauges -> gauges.counters() > 0).count();
        assertEquals(1, shardsWithCounters);
    }

    @Test
    void positionsGrowOverCutsAndTheFirstIsAfterTheCheckpoint() {
        start(1024, 1, 10_000, 10_000);
        offer("a", "m", "e", 1);
        FrozenCut first = ring.cut();
        assertEquals(new LogPosition(2), first.position());
        assertEquals(1, first.sortedDeltas()[0].firstPosition());
        ring.persisted(first);
        assertEquals(new LogPosition(3), ring.cut().position());
    }

    @Test
    void whatIsNotOpenIsRefusedWithItsReason() {
        start(64, 1, 10_000, 10_000);
        gate.drain();
        assertEquals(Admission.DRAINING, tryOffer("a", "m", "e", 1));
        gate.open();
        assertEquals(Admission.ACCEPTED, tryOffer("a", "m", "e", 1));
        gate.fence();
        gate.open();
        assertEquals(Admission.FENCED, tryOffer("a", "m", "e", 1));
    }

    @Test
    void aBatchBeyondAnEighthOfTheRingIsRefusedWhole() {
        start(64, 1, 10_000, 10_000);
        EventBatch batch = new EventBatch(SEED);
        batch.begin(0);
        for (int i = 0; i < 20 * 9; i++) {
            add(batch, "a", "m" + i, "e", 1);
        }
        assertEquals(Admission.BATCH_TOO_LARGE, ring.intake().offer(batch));
        assertEquals(0, ring.cut().acceptedEvents());
    }

    @Test
    void aFullRingRefusesAndHasRoomAgainWhenTheStagesHaveCaughtUp() {
        // a stage that is busy in a task consumes nothing meanwhile
        start(64, 1, 10_000, 10_000);
        CompletableFuture<Void> busy = new CompletableFuture<>();
        CompletableFuture<Void> release = new CompletableFuture<>();
        assertTrue(ring.reads().counter(utf8("a"), utf8("m"), utf8("e"), answer -> {
            busy.complete(null);
            release.join();
        }));
        await("the stage to be busy", busy::isDone);
        Admission admission = Admission.ACCEPTED;
        int accepted = 0;
        while (admission == Admission.ACCEPTED) {
            admission = tryOffer("a", "m", "e", 1);
            accepted += admission == Admission.ACCEPTED ? 1 : 0;
            assertTrue(accepted <= 64, "more accepted than there are slots");
        }
        assertEquals(Admission.RING_FULL, admission);
        assertTrue(ring.retryAfterSeconds() >= 1);
        assertEquals(64, ring.backlogSlots());
        release.complete(null);
        await("room in the ring", () -> tryOffer("a", "m", "e", 1) == Admission.ACCEPTED);
        assertEquals(accepted + 1, ring.cut().acceptedEvents());
        await("the backlog to be gone", () -> ring.backlogSlots() == 0);
    }

    @Test
    void aFullStoreRefusesNewCountersAndGoesOnCountingKnownOnes() {
        start(64, 2, 10, 10_000);
        for (int i = 0; i < 10; i++) {
            offer("a", "m" + i, "e", 1);
        }
        await("the store to be noticed full", () -> gate.now() == Admission.STORE_FULL);
        assertEquals(Admission.STORE_FULL, tryOffer("a", "new", "e", 1));
        assertEquals(Admission.STORE_FULL, tryOffer("a", "m3", "new", 1));
        assertEquals(Admission.ACCEPTED, tryOffer("a", "m3", "e", 1));
        assertEquals(11, ring.cut().acceptedEvents());
    }

    @Test
    void tooManyUnpersistedCountersCloseTheGateUntilPostgresHasThem() {
        start(64, 1, 10_000, 20);
        for (int i = 0; i < 20; i++) {
            offer("a", "m" + i, "e", 1);
        }
        await("the backlog to be noticed", () -> gate.now() == Admission.BACKLOG_FULL);
        assertEquals(Admission.BACKLOG_FULL, tryOffer("a", "m1", "e", 1));
        FrozenCut cut = ring.cut();
        assertEquals(Admission.BACKLOG_FULL, gate.now(), "frozen changes wait as well");
        ring.persisted(cut);
        await("the gate to open", () -> gate.now() == Admission.ACCEPTED);
    }

    @Test
    void aShardWhoseThreadDiesClosesAdmissionAndNobodyWaitsForIt() {
        RingSettings settings = new RingSettings(64, 1024, 20_000);
        TallySettings tally = new TallySettings(1, 100, settings.eventsMax(), 48, 100);
        start(new RingParts(settings, tally, SEED, new SystemClock()));
        CompletableFuture<Void> reached = new CompletableFuture<>();
        ring.reads().counter(utf8("a"), utf8("m"), utf8("e"), answer -> {
            reached.complete(null);
            throw new StackOverflowError("planted");
        });
        await("the death to be noticed", () -> death.get() != null);
        assertTrue(reached.isDone());
        assertEquals(Admission.FAILED, tryOffer("a", "m", "e", 1));
        assertThrows(StageDiedException.class, () -> ring.cut());
    }

    @Test
    void aReadThatThrowsDoesNotHarmItsShard() throws Exception {
        start(64, 1, 10_000, 10_000);
        offer("a", "m", "e", 1);
        ring.reads().counter(utf8("a"), utf8("m"), utf8("e"), answer -> {
            throw new IllegalStateException("planted");
        });
        assertEquals(1, read("a", "m", "e").counters().get(0).total());
    }

    @Test
    void aStageIsWokenForAReadAndDoesNotPollForIt() throws Exception {
        RingSettings settings = new RingSettings(1024, 1024, 1_000_000);
        TallySettings tally = new TallySettings(1, 100, settings.eventsMax(), 48, 100);
        start(new RingParts(settings, tally, SEED, new SystemClock()));
        read("a", "m", "e");
        long bestMillis = Long.MAX_VALUE;
        for (int round = 1; round <= 3; round++) {
            long begun = System.nanoTime();
            offer("a", "m", "e", 1);
            assertEquals(round, read("a", "m", "e").counters().get(0).total());
            FrozenCut cut = ring.cut();
            assertEquals(1, cut.acceptedEvents());
            bestMillis = Math.min(bestMillis, (System.nanoTime() - begun) / 1_000_000);
            ring.persisted(cut);
        }
        assertTrue(bestMillis < 900, "a sleep of 1 s was not ended early: " + bestMillis + " ms");
    }

    @Test
    void saysOfEveryEventHowLongItWaitedForItsShardAndForPostgres() throws Exception {
        Latencies latencies = new Latencies(new SystemClock());
        RingSettings settings = new RingSettings(256, 1024, 20_000);
        TallySettings tally = new TallySettings(3, 10_000, settings.eventsMax(), 48, 10_000);
        start(new RingParts(settings, tally, SEED, new SystemClock(),
                RingParts.Durable.nothing(settings), TallyShard::offHeap, latencies,
                MockSettings.OFF));
        EventBatch batch = new EventBatch(SEED);
        long accepted = new SystemClock().epochMicros() - 3_000_000;
        batch.begin(accepted);
        for (int i = 0; i < 100; i++) {
            add(batch, "a", "m" + i, "e", 1);
        }
        assertEquals(Admission.ACCEPTED, ring.intake().offer(batch));
        FrozenCut cut = ring.cut();
        assertEquals(100, latencies.tallied().totals().count());
        assertEquals(0, latencies.tallied().totals().countUpTo(2_900_000_000L));
        LatencyWriter persisted = latencies.persisted().newWriter();
        cut.persistedAt(accepted + 7_000_000, persisted);
        ring.persisted(cut);
        assertEquals(100, latencies.persisted().totals().count());
        assertEquals(7_000_000_000L * 100, latencies.persisted().totals().sumNanos(), 1e11 * 0.02);
        FrozenCut next = ring.cut();
        next.persistedAt(accepted + 9_000_000, persisted);
        ring.persisted(next);
        assertEquals(100, latencies.persisted().totals().count());
    }

    @Test
    void messagesSpreadOverAllShards() {
        start(1024, 3, 10_000, 10_000);
        Set<TallyShard> used = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            used.add(ring.shardOf(utf8("a"), utf8("m" + i)));
        }
        assertEquals(3, used.size());
    }

    private void offer(String app, String message, String event, long value) {
        assertEquals(Admission.ACCEPTED, tryOffer(app, message, event, value));
    }

    private Admission tryOffer(String app, String message, String event, long value) {
        EventBatch batch = new EventBatch(SEED);
        batch.begin(1);
        add(batch, app, message, event, value);
        return ring.intake().offer(batch);
    }

    private Lookup read(String app, String message, String event) throws Exception {
        CompletableFuture<Lookup> answer = new CompletableFuture<>();
        assertTrue(ring.reads().counter(utf8(app), utf8(message), utf8(event),
                answer::complete));
        return answer.get(5, TimeUnit.SECONDS);
    }

    private static void add(EventBatch batch, String app, String message, String event,
            long value) {
        byte[] a = utf8(app);
        byte[] m = utf8(message);
        byte[] e = utf8(event);
        batch.accept(new EventDraft().app(a, 0, a.length).message(m, 0, m.length)
                .event(e, 0, e.length).value(value));
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "waited 10 s for " + what);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
