package io.ringtally.admin;

import io.ringtally.ring.Ring;
import io.ringtally.tally.ShardGauges;
import io.ringtally.time.Clock;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One shard.
 *
 * <p>Threading: any thread; everything is as old as the shard's last batch.
 */
final class TallyBean implements TallyMXBean {

    static final Map<String, String> DESCRIPTIONS = Map.of(
            DescribedBean.BEAN, "One counting thread with its slice of the messages; everything"
                    + " here is as old as its last batch",
            "AppliedEvents", "Events of this slice applied since the start, dead letters included",
            "Counters", "Counters this shard holds in memory. Uneven shards mean few messages",
            "UnpersistedEvents", "Events applied since the last cut; 0 also while a frozen cut"
                    + " waits for Postgres",
            "PendingCounters", "Counters changed since the last cut, and dead letters; those of a"
                    + " frozen cut that waits for Postgres are not in it",
            "OldestChangeAgeMillis", "Milliseconds since the oldest change after the last cut was"
                    + " applied, 0 if there is none; a frozen cut is older, see the Persister",
            "OffHeapBytes", "Bytes of this shard's store outside the heap; grows with use and is"
                    + " not given back");

    private final Ring ring;
    private final int shard;
    private final Clock clock;

    TallyBean(Ring ring, int shard, Clock clock) {
        this.ring = ring;
        this.shard = shard;
        this.clock = clock;
    }

    private ShardGauges gauges() {
        return ring.shardGauges().get(shard);
    }

    @Override
    public long getAppliedEvents() {
        return gauges().appliedEvents();
    }

    @Override
    public long getCounters() {
        return gauges().counters();
    }

    @Override
    public long getUnpersistedEvents() {
        return gauges().unpersistedEvents();
    }

    @Override
    public long getPendingCounters() {
        return gauges().pendingCounters();
    }

    @Override
    public long getOldestChangeAgeMillis() {
        long oldest = gauges().oldestChangeNanos();
        return oldest == 0 ? 0
                : Math.max(0, TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - oldest));
    }

    @Override
    public long getOffHeapBytes() {
        return gauges().offHeapBytes();
    }
}
