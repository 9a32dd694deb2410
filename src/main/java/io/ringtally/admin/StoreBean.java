package io.ringtally.admin;

import io.ringtally.ring.Ring;
import io.ringtally.tally.ShardGauges;
import io.ringtally.tally.TallySettings;
import java.util.Map;

/**
 * The counters in memory, over all shards.
 *
 * <p>Threading: any thread; as old as each shard's last batch.
 */
final class StoreBean implements StoreMXBean {

    static final Map<String, String> DESCRIPTIONS = Map.of(
            DescribedBean.BEAN, "The counters in memory, over all shards",
            "Counters", "Counters in memory; those that only other instances count are not among"
                    + " them before a restart",
            "MaxCounters", "Counters above which new ones are answered 507; store.max-counters",
            "OffHeapBytes", "Bytes outside the heap, over all shards; grows with use and is not"
                    + " given back. What the process really occupies is its resident size",
            "Refusing", "Whether a shard has found no room for a counter since the start. Such"
                    + " changes reach Postgres all the same, reads of them are answered 503, and"
                    + " new counters 507, until a restart");

    private final Ring ring;
    private final TallySettings settings;

    StoreBean(Ring ring, TallySettings settings) {
        this.ring = ring;
        this.settings = settings;
    }

    @Override
    public long getCounters() {
        return ring.shardGauges().stream().mapToLong(ShardGauges::counters).sum();
    }

    @Override
    public long getMaxCounters() {
        return settings.maxCounters();
    }

    @Override
    public long getOffHeapBytes() {
        return ring.shardGauges().stream().mapToLong(ShardGauges::offHeapBytes).sum();
    }

    @Override
    public boolean isRefusing() {
        return ring.shardGauges().stream().anyMatch(ShardGauges::storeRefused);
    }
}
