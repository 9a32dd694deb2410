package io.ringtally.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.journal.LogPosition;
import io.ringtally.tally.FrozenCut;
import io.ringtally.tally.ShardGauges;
import io.ringtally.tally.TallyShard;
import java.math.BigInteger;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Another number of shards while events come: each is counted once, and found where it is. */
class ShardChangeTest {

    private static final int KEYS = 500;

    @Test
    void everyCounterGoesWithItsValueToTheShardThatOwnsItFromThenOn() throws Exception {
        try (RunningRing running = RunningRing.ofShards(1).startAt(LogPosition.START)) {
            for (int key = 0; key < KEYS; key++) {
                running.add("\u00e4-" + key, key);
            }
            for (int shards : new int[] {3, 2, 4, 1, 2}) {
                ShardChange change = running.ring().changeShards(shards);
                FrozenCut cut = running.ring().cut();
                assertTrue(change.await(0));
                running.ring().persisted(cut);
                assertEquals(shards, running.ring().shards());
                assertEquals(KEYS, running.ring().shardGauges().stream()
                        .mapToLong(ShardGauges::counters).sum());
                for (int key = 0; key < KEYS; key++) {
                    running.add("\u00e4-" + key, 1);
                }
                assertNull(running.read("absent"));
            }
            for (int key = 0; key < KEYS; key++) {
                assertEquals(key + 5, running.read("\u00e4-" + key).total());
                assertEquals(6, running.read("\u00e4-" + key).events());
            }
            assertEquals(6 * KEYS, running.ring().appliedEvents());
            assertEquals(KEYS, running.ring().unpersistedEvents());
        }
    }

    @Test
    void underLoadNothingIsLostAndNothingIsCountedTwice() throws Exception {
        try (RunningRing running = RunningRing.ofShards(2).startAt(LogPosition.START)) {
            AtomicBoolean stopping = new AtomicBoolean();
            AtomicLong sent = new AtomicLong();
            CompletableFuture<Void> producer = CompletableFuture.runAsync(() -> {
                while (!stopping.get()) {
                    if (running.add("k" + sent.get() % KEYS, 3) == Admission.ACCEPTED) {
                        sent.incrementAndGet();
                    } else {
                        Thread.onSpinWait();
                    }
                }
            });
            BigInteger sum = BigInteger.ZERO;
            long events = 0;
            for (int round = 0; round < 60; round++) {
                ShardChange change = running.ring().changeShards(1 + round % 4);
                FrozenCut cut = running.ring().cut();
                assertTrue(change.await(0));
                sum = sum.add(cut.acceptedSum());
                events += cut.acceptedEvents();
                running.ring().persisted(cut);
            }
            stopping.set(true);
            producer.get();
            FrozenCut cut = running.ring().cut();
            assertEquals(sent.get(), events + cut.acceptedEvents());
            assertEquals(BigInteger.valueOf(3 * sent.get()), sum.add(cut.acceptedSum()));
            long total = 0;
            for (int key = 0; key < KEYS; key++) {
                total += running.read("k" + key).total();
            }
            assertEquals(3 * sent.get(), total);
            // a shard shows its figures before it answers, and after it hands over
            assertEquals(sent.get(), running.ring().appliedEvents());
            assertNull(running.diedOf());
        }
    }

    @Test
    void readsThatWaitMeanwhileAreAnswered() throws Exception {
        try (RunningRing running = RunningRing.ofShards(1).startAt(LogPosition.START)) {
            running.add("k", 1);
            AtomicBoolean stopping = new AtomicBoolean();
            AtomicLong answered = new AtomicLong();
            CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
                while (!stopping.get()) {
                    CompletableFuture<Long> found = new CompletableFuture<>();
                    boolean taken = running.ring().reads().counter(new byte[0],
                            "k".getBytes(), "increment".getBytes(), answer ->
                                    found.complete(answer.counters().get(0).total()));
                    if (taken) {
                        assertEquals(1, found.join());
                        answered.incrementAndGet();
                    }
                }
            });
            for (int round = 0; round < 40; round++) {
                running.ring().changeShards(1 + round % 3);
                running.ring().persisted(running.ring().cut());
            }
            stopping.set(true);
            reader.get(10, TimeUnit.SECONDS);
            assertTrue(answered.get() > 0, "no read was answered");
        }
    }

    @Test
    void whatCannotBeMadeLeavesTheShardsAsTheyWere() throws Exception {
        AtomicBoolean full = new AtomicBoolean();
        RingParts.ShardMaker maker = (number, settings, memory) -> {
            if (full.get()) {
                throw new OutOfMemoryError("no room for a store");
            }
            return TallyShard.offHeap(number, settings, memory);
        };
        try (RunningRing running = RunningRing.ofShards(2, maker).startAt(LogPosition.START)) {
            running.add("k", 1);
            full.set(true);
            ShardChange change = running.ring().changeShards(3);
            running.ring().persisted(running.ring().cut());
            IllegalStateException failed = assertThrows(IllegalStateException.class, () ->
                    change.await(0));
            assertTrue(failed.getMessage().contains("those from before go on"));
            assertEquals(2, running.ring().shards());
            running.add("k", 1);
            assertEquals(2, running.read("k").total());
        }
    }

    @Test
    void oneGivenUpIsNotMadeAndMakesRoomForAnother() throws Exception {
        try (RunningRing running = RunningRing.ofShards(2).startAt(LogPosition.START)) {
            ShardChange change = running.ring().changeShards(3);
            assertThrows(IllegalStateException.class, () -> running.ring().changeShards(4));
            assertFalse(change.await(1));
            ShardChange another = running.ring().changeShards(4);
            running.ring().persisted(running.ring().cut());
            assertTrue(another.await(0));
            assertEquals(4, running.ring().shards());
        }
    }
}
