package io.ringtally.tally;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.journal.LogPosition;
import io.ringtally.ring.Admission;
import io.ringtally.ring.RunningRing;
import io.ringtally.ring.StageDiedException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A shard in trouble: one bad counter does not stop the others, one dead thread stops it all. */
class StageDeathTest {

    @Test
    void aStoreThatThrowsOnOneKeyKeepsCountingTheOthersAndLosesNothing() {
        try (RunningRing ring = failingOn("bad", () -> new IllegalStateException("a bad page"))) {
            for (int i = 1; i <= 100; i++) {
                assertEquals(Admission.ACCEPTED, ring.add("good", i));
                assertEquals(Admission.ACCEPTED, ring.add("bad", i));
            }
            assertEquals(5_050, readTotal(ring, "good"));
            assertEquals(Admission.ACCEPTED, ring.add("new", 7), "new counters are welcome");
            FrozenCut cut = ring.ring().cut();
            Map<String, BigInteger> deltas = new HashMap<>();
            for (CounterDelta delta : cut.sortedDeltas()) {
                deltas.put(delta.messageId(), delta.delta());
            }
            assertEquals(Map.of("good", BigInteger.valueOf(5_050), "bad",
                    BigInteger.valueOf(5_050), "new", BigInteger.valueOf(7)), deltas);
            assertEquals(201, cut.acceptedEvents());
            assertEquals(BigInteger.valueOf(10_107), cut.acceptedSum());
        }
    }

    @Test
    void aStoreThatCannotHoldManyCountersStopsTakingNewOnes() {
        try (RunningRing ring = failingOn("bad", () -> new IllegalStateException("a bad page"))) {
            ring.add("known", 1);
            for (int i = 0; i < 5_000; i++) {
                Admission admission;
                while ((admission = ring.add("bad" + i, 1)) == Admission.RING_FULL) {
                    Thread.onSpinWait();
                }
                if (admission == Admission.STORE_FULL) {
                    break;
                }
            }
            await("new counters are refused", () -> ring.add("bad-new", 1)
                    == Admission.STORE_FULL);
            await("a known one is counted, once the ring has room", () -> ring.add("known", 1)
                    == Admission.ACCEPTED);
        }
    }

    @Test
    void aRebaseThatFailsDoesNotHoldTheFlusherUp() {
        try (RunningRing ring = failingOn("bad", () -> new IllegalStateException("a bad page"))) {
            ring.add("bad", 1);
            FrozenCut cut = ring.ring().cut();
            assertTimeoutPreemptively(Duration.ofSeconds(5),
                    () -> ring.ring().rebase(cut.sortedDeltas()[0], null));
        }
    }

    @Test
    void aShardThatDiesClosesAdmissionAndMakesNoCut() {
        Error fatal = new AssertionError("half applied");
        try (RunningRing ring = failingOn("fatal", () -> fatal)) {
            assertEquals(Admission.ACCEPTED, ring.add("good", 1));
            assertEquals(Admission.ACCEPTED, ring.add("fatal", 1));
            await("the shard dies", () -> ring.gate().now() == Admission.FAILED);
            await("the service is told", () -> ring.diedOf() != null);
            assertSame(fatal, ring.diedOf());
            assertEquals(Admission.FAILED, ring.add("good", 1));
            assertTimeoutPreemptively(Duration.ofSeconds(5), () ->
                    assertThrows(StageDiedException.class, () -> ring.ring().cut()));
            ring.gate().open();
            assertEquals(Admission.FAILED, ring.gate().now(), "nothing opens it again");
        }
    }

    @Test
    void aShardThatDiesWhileACutWaitsEndsTheWait() {
        Error fatal = new AssertionError("half applied");
        try (RunningRing ring = failingOn("fatal", () -> fatal)) {
            assertEquals(Admission.ACCEPTED, ring.add("fatal", 1));
            assertTimeoutPreemptively(Duration.ofSeconds(5), () ->
                    assertThrows(StageDiedException.class, () -> ring.ring().cut()));
            assertFalse(ring.gate().now() == Admission.ACCEPTED);
        }
    }

    private static RunningRing failingOn(String keyPart, Supplier<Throwable> why) {
        return RunningRing.ofShards(2, (number, settings, memory) -> new TallyShard(number,
                settings.shards(), new FailingStore(keyPart, why), memory))
                .startAt(LogPosition.START);
    }

    private static long readTotal(RunningRing ring, String key) {
        try {
            return ring.read(key).total();
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "waited 10 s: " + what);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Counters on the heap; fails on every key with a certain text in it. */
    private static final class FailingStore implements CounterStore {

        private final Map<String, HeapEntry> entries = new HashMap<>();
        private final String keyPart;
        private final Supplier<Throwable> why;

        FailingStore(String keyPart, Supplier<Throwable> why) {
            this.keyPart = keyPart;
            this.why = why;
        }

        private synchronized HeapEntry get(CounterKey key) {
            String name = key.toString();
            if (name.contains(keyPart)) {
                Throwable failure = why.get();
                if (failure instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) failure;
            }
            return entries.get(name);
        }

        @Override
        public CounterEntry find(CounterKey key) {
            return get(key);
        }

        @Override
        public synchronized void each(Visitor visitor) {
            entries.forEach((text, entry) -> visitor.visit(new CounterKey().of(text), entry));
        }

        @Override
        public synchronized CounterEntry create(CounterKey key) {
            get(key);
            return entries.computeIfAbsent(key.toString(), name -> new HeapEntry());
        }

        @Override
        public synchronized boolean contains(CounterKey key) {
            return entries.containsKey(key.toString());
        }

        @Override
        public synchronized void remove(CounterKey key) {
            entries.remove(key.toString());
        }

        @Override
        public synchronized long size() {
            return entries.size();
        }

        @Override
        public long offHeapBytes() {
            return 0;
        }

        @Override
        public void close() {
        }
    }

    private static final class HeapEntry implements CounterEntry {

        private long total;
        private long events;
        private long firstAtMicros;
        private long lastAtMicros;

        @Override
        public long total() {
            return total;
        }

        @Override
        public long events() {
            return events;
        }

        @Override
        public long firstAtMicros() {
            return firstAtMicros;
        }

        @Override
        public long lastAtMicros() {
            return lastAtMicros;
        }

        @Override
        public void set(long newTotal, long newEvents, long first, long last) {
            total = newTotal;
            events = newEvents;
            firstAtMicros = first;
            lastAtMicros = last;
        }
    }
}
