package io.ringtally.admin;

import io.ringtally.ring.Ring;
import java.util.Map;

/**
 * The ring between the edge and the shards.
 *
 * <p>Threading: any thread.
 */
final class RingBean implements RingMXBean {

    static final Map<String, String> DESCRIPTIONS = Map.of(
            DescribedBean.BEAN, "The ring between the edge and the shards",
            "Slots", "Slots of the ring; a slot holds one or several events of one request",
            "BacklogSlots", "Slots the slowest shard has not applied yet; slots, not events."
                    + " Shards sleep up to ring.park on purpose, so under load a few always wait",
            "DrainSlotsPerSecond", "Slots freed per second in the best of the last windows of"
                    + " 200 ms. Not the load: it decays slowly, and is 0 before the first window",
            "RetryAfterSeconds", "Seconds that a request refused by a full ring would now be told"
                    + " to stay away, 1 to 60");

    private final Ring ring;

    RingBean(Ring ring) {
        this.ring = ring;
    }

    @Override
    public int getSlots() {
        return ring.slots();
    }

    @Override
    public long getBacklogSlots() {
        return ring.backlogSlots();
    }

    @Override
    public double getDrainSlotsPerSecond() {
        return ring.drainSlotsPerSecond();
    }

    @Override
    public int getRetryAfterSeconds() {
        return ring.retryAfterSeconds();
    }
}
