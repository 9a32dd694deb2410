package io.ringtally.admin;

/** {@code ringtally:type=Tally,shard=n}: one shard; as old as its last batch. */
public interface TallyMXBean {

    /** Events of this shard's slice applied since the start, dead letters included. */
    long getAppliedEvents();

    /** Counters this shard holds in memory. Uneven shards mean few or very busy messages. */
    long getCounters();

    /** Events applied since the last cut; 0 also while a frozen cut waits for Postgres. */
    long getUnpersistedEvents();

    /** Counters changed since the last cut, and dead letters; without the frozen cut. */
    long getPendingCounters();

    /**
     * Milliseconds since this shard's oldest change after the last cut was applied; 0 if there is
     * none. Without the frozen cut: the persister's lag includes it.
     */
    long getOldestChangeAgeMillis();

    /** Bytes this shard's store has outside the heap. Grows with use, is not given back. */
    long getOffHeapBytes();
}
