package io.ringtally.tally;

import io.ringtally.event.EventHash;
import java.util.List;

/**
 * Moves the counters of some shards to others, of another number: each to the one that owns its
 * slice from now on.
 *
 * <p>Threading: the caller's, while none of the shards runs.
 */
public final class ShardMove {

    private final List<TallyShard> to;
    private final long hashSeed;

    /**
     * Prepares a move.
     *
     * @param to all shards from now on, by number; empty
     */
    public ShardMove(List<TallyShard> to, long hashSeed) {
        this.to = to;
        this.hashSeed = hashSeed;
    }

    /**
     * Copies what a shard holds, which has handed over all it had changed.
     *
     * @throws IllegalStateException if an owner has no room
     */
    public void from(TallyShard shard) {
        shard.store().each((key, counter) -> {
            TallyShard owner = ownerOf(key);
            if (!owner.load(key, counter.total(), counter.events(), counter.firstAtMicros(),
                    counter.lastAtMicros())) {
                throw new IllegalStateException("shard " + owner.number() + " of " + to.size()
                        + " has no room for its counters");
            }
        });
        CounterKey key = new CounterKey();
        shard.withoutBase().forEach(stored -> ownerOf(key.of(stored)).giveUpBase(key));
    }

    /** The move is over: that shard has nothing any more. */
    public static void over(TallyShard shard) {
        shard.store().movedAway();
    }

    private TallyShard ownerOf(CounterKey key) {
        return to.get(EventHash.shardOf(key.slice(hashSeed), to.size()));
    }
}
