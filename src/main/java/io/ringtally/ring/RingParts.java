package io.ringtally.ring;

import io.ringtally.journal.EventLog;
import io.ringtally.journal.Head;
import io.ringtally.metrics.Latencies;
import io.ringtally.tally.TallySettings;
import io.ringtally.tally.TallyShard;
import io.ringtally.time.Clock;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * What a ring is made of.
 *
 * @param ring geometry and pace
 * @param tally number of shards and their sizes
 * @param hashSeed the log's seed
 * @param clock monotonic time for the gauges
 * @param durable the log behind the ring
 * @param shards makes the shards
 * @param latencies where the shards say how long their events took
 * @param mock the slow resource that the shards call
 */
public record RingParts(RingSettings ring, TallySettings tally, long hashSeed, Clock clock,
        Durable durable, ShardMaker shards, Latencies latencies, MockSettings mock) {

    /** Makes one shard over the ring's memory. */
    public interface ShardMaker {

        TallyShard make(int number, TallySettings settings, ByteBuffer ringMemory);
    }

    /**
     * The log behind a ring.
     *
     * @param head its slots
     * @param body where they are appended to; null for a ring in memory only, which forgets
     * @param interval how long records are collected for a write, unless somebody waits
     * @param batchBytesMax largest request in bytes of slots that the body takes whole
     */
    public record Durable(Head head, EventLog body, Duration interval, int batchBytesMax) {

        /** A ring in memory only. */
        static Durable nothing(RingSettings ring) {
            return new Durable(Head.inMemory(ring.slots(), ring.slotBytes()), null,
                    Duration.ofMillis(20), Integer.MAX_VALUE);
        }
    }

    /** Slots of the largest request that is taken whole, by the ring and by the log. */
    int batchSlotsMax() {
        return Math.min(ring.batchSlotsMax(), durable.batchBytesMax / ring.slotBytes());
    }

    /** A ring over a log, with off-heap shards. */
    public RingParts(RingSettings ring, TallySettings tally, long hashSeed, Clock clock,
            Durable durable, Latencies latencies, MockSettings mock) {
        this(ring, tally, hashSeed, clock, durable, TallyShard::offHeap, latencies, mock);
    }

    /** A ring in memory only, with off-heap shards. */
    public RingParts(RingSettings ring, TallySettings tally, long hashSeed, Clock clock) {
        this(ring, tally, hashSeed, clock, TallyShard::offHeap);
    }

    /** A ring in memory only. */
    public RingParts(RingSettings ring, TallySettings tally, long hashSeed, Clock clock,
            ShardMaker shards) {
        this(ring, tally, hashSeed, clock, Durable.nothing(ring), shards, new Latencies(clock),
                MockSettings.OFF);
    }
}
