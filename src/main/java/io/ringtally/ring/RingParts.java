package io.ringtally.ring;

import io.ringtally.tally.TallySettings;
import io.ringtally.tally.TallyShard;
import io.ringtally.time.Clock;
import java.nio.ByteBuffer;

/**
 * What a ring is made of.
 *
 * @param ring geometry and pace
 * @param tally number of shards and their sizes
 * @param hashSeed the log's seed
 * @param clock monotonic time for the gauges
 * @param shards makes the shards
 */
public record RingParts(RingSettings ring, TallySettings tally, long hashSeed, Clock clock,
        ShardMaker shards) {

    /** Makes one shard over the ring's memory. */
    public interface ShardMaker {

        TallyShard make(int number, TallySettings settings, ByteBuffer ringMemory);
    }

    /** The usual parts: off-heap shards. */
    public RingParts(RingSettings ring, TallySettings tally, long hashSeed, Clock clock) {
        this(ring, tally, hashSeed, clock, TallyShard::offHeap);
    }
}
