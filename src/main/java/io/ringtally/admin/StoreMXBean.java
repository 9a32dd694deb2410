package io.ringtally.admin;

/** {@code ringtally:type=Store}: the counters in memory, over all shards. */
public interface StoreMXBean {

    /** Counters in memory. Other instances' new counters are not among them until a restart. */
    long getCounters();

    /** Counters above which new ones are answered 507, {@code store.max-counters}. */
    long getMaxCounters();

    /** Bytes outside the heap. Grows with use; the process's resident size says more. */
    long getOffHeapBytes();

    /**
     * Whether a shard has ever found no room for a counter. Its changes reach Postgres all the
     * same, reads of it are answered 503, and new counters 507, until a restart.
     */
    boolean isRefusing();
}
