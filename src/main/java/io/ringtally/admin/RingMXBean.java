package io.ringtally.admin;

/** {@code ringtally:type=Ring}: the ring between the edge and the shards. */
public interface RingMXBean {

    /** Slots of the ring; one slot holds one or several events of one request. */
    int getSlots();

    /**
     * Slots that the slowest shard has not applied yet. Shards sleep up to {@code ring.park} on
     * purpose, so a little is always waiting under load; it is a count of slots, not of events.
     */
    long getBacklogSlots();

    /**
     * Slots freed per second, as seen in the last busy windows of 200 ms. Not the load: it decays
     * slowly from the best seen lately, and is 0 before the first window.
     */
    double getDrainSlotsPerSecond();

    /** Seconds that a request refused by a full ring would be told to stay away, 1 to 60. */
    int getRetryAfterSeconds();
}
