package io.ringtally.tally;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.event.EventBatch;
import io.ringtally.event.EventCursor;
import io.ringtally.event.EventDraft;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A shard against exact arithmetic, event by event. */
class TallyShardTest {

    private static final long SEED = 42;
    private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);
    private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);

    private final ByteBuffer memory =
            ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    private final EventBatch batch = new EventBatch(SEED);
    private final EventCursor cursor = new EventCursor(memory);
    private TallyShard shard = shardOver(new OffHeapCounters(0, 10_000, 48));
    private long position;

    private TallyShard shardOver(CounterStore store) {
        return new TallyShard(0, 1, store, memory);
    }

    @AfterEach
    void close() {
        shard.close();
    }

    @Test
    void sumsEventsAndKeepsTheBoundsOfTheirTimes() {
        begin();
        event("a", "m", "e", 5, 300);
        event("a", "m", "e", -2, 100);
        event("a", "m", "e", 4, 200);
        apply();
        CounterSnapshot counter = counter("a", "m", "e");
        assertEquals(new CounterSnapshot("a", "m", "e", 7, 3, 100, 300), counter);
    }

    @Test
    void anEventBeyond64BitsBecomesADeadLetterAndTheNextOneIsJudgedOnItsOwn() {
        begin();
        event("a", "m", "e", Long.MAX_VALUE, 1);
        event("a", "m", "e", 1, 2);
        event("a", "m", "e", -1, 3);
        apply();
        CounterSnapshot counter = counter("a", "m", "e");
        assertEquals(Long.MAX_VALUE - 1, counter.total());
        assertEquals(2, counter.events());
        FrozenCut cut = cut();
        assertEquals(1, cut.deadLetters().size());
        DeadLetter letter = cut.deadLetters().get(0);
        assertEquals(BigInteger.ONE, letter.delta());
        assertTrue(letter.reason().contains("beyond 64 bits"), letter.reason());
        assertEquals(BigInteger.valueOf(Long.MAX_VALUE - 1), cut.sortedDeltas()[0].delta());
        assertEquals(MAX, cut.acceptedSum());
    }

    @Test
    void theOutcomeDoesNotDependOnHowEventsFallIntoBatches() {
        long[] values = {Long.MAX_VALUE - 1, 3, -5, 4, Long.MAX_VALUE, -2, Long.MIN_VALUE, -1};
        for (int size = 1; size <= values.length; size++) {
            shard.close();
            shard = shardOver(new OffHeapCounters(0, 100, 48));
            for (int from = 0; from < values.length; from += size) {
                begin();
                for (int i = from; i < Math.min(values.length, from + size); i++) {
                    event("", "k", "increment", values[i], i);
                }
                apply();
            }
            BigInteger total = BigInteger.ZERO;
            long counted = 0;
            for (long value : values) {
                BigInteger sum = total.add(BigInteger.valueOf(value));
                if (fits(sum)) {
                    total = sum;
                    counted++;
                }
            }
            assertEquals(total.longValue(), counter("", "k", "increment").total());
            assertEquals(counted, counter("", "k", "increment").events());
        }
    }

    @Test
    void agreesWithExactArithmeticOnRandomEventsBatchesAndCuts() {
        Random random = new Random(7);
        Map<String, BigInteger> totals = new HashMap<>();
        Map<String, BigInteger> persisted = new HashMap<>();
        BigInteger accepted = BigInteger.ZERO;
        BigInteger dead = BigInteger.ZERO;
        BigInteger deadWritten = BigInteger.ZERO;
        BigInteger acceptedWritten = BigInteger.ZERO;
        for (int round = 0; round < 2_000; round++) {
            begin();
            int events = 1 + random.nextInt(30);
            for (int i = 0; i < events; i++) {
                String message = "m" + random.nextInt(1 + random.nextInt(50));
                long value = random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(9) - 4;
                event("app", message, "e", value, round);
                accepted = accepted.add(BigInteger.valueOf(value));
                BigInteger sum = totals.getOrDefault(message, BigInteger.ZERO)
                        .add(BigInteger.valueOf(value));
                if (fits(sum)) {
                    totals.put(message, sum);
                } else {
                    dead = dead.add(BigInteger.valueOf(value));
                }
            }
            apply();
            if (random.nextInt(10) == 0 || round == 1_999) {
                FrozenCut cut = cut();
                for (CounterDelta delta : cut.sortedDeltas()) {
                    persisted.merge(delta.messageId(), delta.delta(), BigInteger::add);
                }
                for (DeadLetter letter : cut.deadLetters()) {
                    deadWritten = deadWritten.add(letter.delta());
                }
                acceptedWritten = acceptedWritten.add(cut.acceptedSum());
                cut.release();
            }
        }
        assertEquals(totals, persisted);
        assertEquals(dead, deadWritten);
        assertEquals(accepted, acceptedWritten);
        totals.forEach((message, total) ->
                assertEquals(total.longValue(), counter("app", message, "e").total()));
    }

    @Test
    void rememberedPlacesLeaveWhatLookingUpEveryTimeDoes() {
        for (int seed = 0; seed < 30; seed++) {
            int keys = 1 + new Random(seed).nextInt(20_000);
            int capacity = seed % 3 == 0 ? 1 + keys / 2 : keys;
            assertSame(outcome(seed, keys, new HeapCounters(capacity, false)),
                    outcome(seed, keys, new HeapCounters(capacity, true)), seed);
            if (capacity == keys) {
                assertSame(outcome(seed, keys, new HeapCounters(capacity, false)),
                        outcome(seed, keys, new OffHeapCounters(0, keys, 48)), seed);
            }
        }
    }

    private static void assertSame(List<Object> expected, List<Object> outcome, int seed) {
        assertEquals(expected.size(), outcome.size(), "seed " + seed);
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i), outcome.get(i), "seed " + seed);
        }
    }

    /** Counters, changes, dead letters and gauges after random events on random totals. */
    private List<Object> outcome(int seed, int keys, CounterStore store) {
        Random random = new Random(seed);
        long[] extremes = {Long.MAX_VALUE, Long.MIN_VALUE, 0, Long.MAX_VALUE / 2};
        position = 0;
        shard.close();
        shard = shardOver(store);
        for (int known = 0; known < keys / 4; known++) {
            shard.load(CounterStoreContract.key("app", "m" + known, "e"),
                    extremes[known % 4] - known % 4 + 1, 1 + known, 500, 600);
        }
        shard.loaded();
        int rounds = 1 + random.nextInt(120);
        for (int round = 0; round < rounds; round++) {
            begin();
            int events = 1 + random.nextInt(200);
            for (int i = 0; i < events; i++) {
                event("app", "m" + random.nextInt(1 + random.nextInt(keys)), "e",
                        random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(9) - 4,
                        random.nextInt(1_000));
            }
            apply();
        }
        List<Object> outcome = new ArrayList<>();
        ShardGauges gauges = shard.gauges();
        outcome.add(List.of(gauges.counters(), gauges.pendingCounters(), gauges.storeRefused(),
                gauges.appliedEvents(), gauges.unpersistedEvents()));
        FrozenCut cut = cut();
        for (CounterDelta delta : cut.sortedDeltas()) {
            outcome.add(List.of(delta.messageId(), delta.delta(), delta.events(),
                    delta.firstAtMicros(), delta.lastAtMicros(), delta.firstPosition(),
                    delta.lastPosition()));
        }
        for (DeadLetter letter : cut.deadLetters()) {
            outcome.add(List.of(letter.firstPosition(), letter.delta(), letter.reason()));
        }
        for (int known = 0; known < keys; known++) {
            outcome.add(shard.counter(utf8("app"), utf8("m" + known), utf8("e")));
        }
        return outcome;
    }

    @Test
    void aBatchOfMoreCountersThanTheCollapseTableHoldsIsSettledInBetween() {
        int counters = 3 * CollapseTable.ENTRIES_MAX;
        shard.close();
        shard = shardOver(new OffHeapCounters(0, counters, 48));
        for (int round = 0; round < 2; round++) {
            int done = 0;
            while (done < counters) {
                begin();
                while (shard.hasRoomFor(1 + batch.count()) && done < counters) {
                    event("", "key-" + done++, "increment", 1, 0);
                }
                apply();
            }
        }
        FrozenCut cut = cut();
        assertEquals(counters, cut.sortedDeltas().length);
        assertEquals(2L * counters, cut.acceptedEvents());
        assertEquals(2, counter("", "key-17", "increment").total());
    }

    @Test
    void deltasComeSortedByBytesAndUnique() {
        begin();
        event("b", "m", "e", 1, 0);
        event("a", "z", "e", 1, 0);
        event("a", "m\u00e9", "e", 1, 0);
        event("a", "m", "f", 1, 0);
        event("a", "m", "e", 1, 0);
        event("a", "m", "e", 1, 0);
        apply();
        List<String> order = new ArrayList<>();
        for (CounterDelta delta : cut().sortedDeltas()) {
            order.add(delta.appId() + "/" + delta.messageId() + "/" + delta.event());
        }
        assertEquals(List.of("a/m/e", "a/m/f", "a/m\u00e9/e", "a/z/e", "b/m/e"), order);
    }

    @Test
    void aFullStoreLosesNothingItOnlyCannotAnswer() {
        shard.close();
        shard = shardOver(new HeapCounters(1));
        begin();
        event("", "first", "e", 1, 0);
        event("", "second", "e", 2, 0);
        apply();
        begin();
        event("", "second", "e", 3, 0);
        apply();
        assertEquals(Lookup.Outcome.NOT_IN_MEMORY,
                shard.counter(utf8(""), utf8("second"), utf8("e")).outcome());
        assertEquals(1, counter("", "first", "e").total());
        FrozenCut cut = cut();
        assertEquals(5, cut.sortedDeltas()[1].deltaAsLong());
        assertTrue(shard.gauges().storeRefused());
    }

    @Test
    void aStoreThatThrowsOnOneKeyKeepsCountingTheOthers() {
        shard.close();
        shard = shardOver(new ThrowingStore("poison"));
        begin();
        event("", "good", "e", 1, 0);
        event("", "poison", "e", 2, 0);
        event("", "better", "e", 3, 0);
        apply();
        assertEquals(1, counter("", "good", "e").total());
        assertEquals(3, counter("", "better", "e").total());
        assertEquals(3, cut().sortedDeltas().length);
    }

    @Test
    void aCounterWithoutABaseIsSummedBeyond64BitsToo() {
        shard.close();
        shard = shardOver(new HeapCounters(1));
        begin();
        event("", "first", "e", 1, 0);
        event("", "second", "e", Long.MAX_VALUE, 4);
        event("", "second", "e", Long.MAX_VALUE, 2);
        event("", "second", "e", 5, 3);
        apply();
        FrozenCut cut = cut();
        CounterDelta second = cut.sortedDeltas()[1];
        assertEquals(MAX.add(MAX).add(BigInteger.valueOf(5)), second.delta());
        assertEquals(3, second.events());
        assertEquals(2, second.firstAtMicros());
        assertEquals(4, second.lastAtMicros());
        assertEquals(second.delta().add(BigInteger.ONE), cut.acceptedSum());
    }

    @Test
    void aRefusedChangeIsTakenOutOfMemoryButNotWhatCameSince() {
        begin();
        event("", "k", "e", 10, 5);
        apply();
        FrozenCut refused = cut();
        begin();
        event("", "k", "e", 3, 9);
        apply();
        shard.rebase(CounterBase.of(new CounterSnapshot("", "k", "e", 100, 2, 1, 2)), SEED);
        assertEquals(new CounterSnapshot("", "k", "e", 103, 3, 1, 9), counter("", "k", "e"));
        refused.release();
        cut();
        shard.rebase(new CounterBase("", "k", "e", null), SEED);
        assertNull(counter("", "k", "e"));
    }

    @Test
    void aMessageIsAllItsCountersInTheOrderOfTheirFirstEvents() {
        begin();
        event("a", "m", "LATER", 1, 30);
        event("a", "m", "FIRST", 1, 10);
        event("a", "other", "FIRST", 1, 1);
        event("b", "m", "FIRST", 1, 2);
        event("a", "m", "NEXT", 1, 20);
        apply();
        List<String> names = shard.message(utf8("a"), utf8("m")).counters().stream()
                .map(CounterSnapshot::event).toList();
        assertEquals(List.of("FIRST", "NEXT", "LATER"), names);
        assertEquals(Lookup.Outcome.ABSENT, shard.message(utf8("a"), utf8("x")).outcome());
        assertEquals(Lookup.Outcome.ABSENT, shard.message(utf8("x"), utf8("m")).outcome());
    }

    private static final class ThrowingStore implements CounterStore {

        private final HeapCounters heap = new HeapCounters(1_000);
        private final String poison;

        ThrowingStore(String poison) {
            this.poison = poison;
        }

        @Override
        public CounterEntry find(CounterKey key) {
            if (key.message().equals(poison)) {
                throw new IllegalArgumentException("planted");
            }
            return heap.find(key);
        }

        @Override
        public CounterEntry create(CounterKey key) {
            return heap.create(key);
        }

        @Override
        public boolean contains(CounterKey key) {
            return heap.contains(key);
        }

        @Override
        public void remove(CounterKey key) {
            heap.remove(key);
        }

        @Override
        public void each(Visitor visitor) {
            heap.each(visitor);
        }

        @Override
        public long size() {
            return heap.size();
        }

        @Override
        public long offHeapBytes() {
            return 0;
        }

        @Override
        public void close() {
            heap.close();
        }
    }

    private void begin() {
        batch.begin(0);
    }

    private void event(String app, String message, String name, long value, long micros) {
        byte[] a = utf8(app);
        byte[] m = utf8(message);
        byte[] e = utf8(name);
        batch.accept(new EventDraft().app(a, 0, a.length).message(m, 0, m.length)
                .event(e, 0, e.length).value(value).createdAt(micros));
    }

    private void apply() {
        batch.copyTo(memory, 0, 0, batch.usedBytes());
        long here = ++position;
        each((event, at) -> shard.collapse(event, at), here);
        shard.settle(visitor -> each(visitor, here));
        shard.publishGauges(1);
    }

    private void each(EventWalk.Visitor visitor, long here) {
        for (int at = 0; at < batch.usedBytes(); at += cursor.at(at).size()) {
            visitor.visit(cursor.at(at), here);
        }
    }

    private FrozenCut cut() {
        return new FrozenCut(new io.ringtally.journal.LogPosition(++position),
                List.of(shard.freeze()), List.of());
    }

    private CounterSnapshot counter(String app, String message, String event) {
        Lookup found = shard.counter(utf8(app), utf8(message), utf8(event));
        return found.outcome() == Lookup.Outcome.FOUND ? found.counters().get(0) : null;
    }

    private static boolean fits(BigInteger sum) {
        return sum.compareTo(MAX) <= 0 && sum.compareTo(MIN) >= 0;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
