package io.ringtally.tally;

/**
 * A shard's state after its last batch, for other threads.
 *
 * <p>Threading: immutable; published by the shard after each batch.
 *
 * @param unpersistedEvents events applied since the last cut
 * @param pendingCounters counters changed since the last cut, and dead letters
 * @param oldestChangeNanos monotonic time of the oldest change since the last cut; 0 if none
 * @param counters counters in memory
 * @param storeRefused whether the store has refused a new counter
 * @param appliedEvents events applied since the start
 * @param offHeapBytes memory outside the heap
 */
public record ShardGauges(long unpersistedEvents, long pendingCounters, long oldestChangeNanos,
        long counters, boolean storeRefused, long appliedEvents, long offHeapBytes) {

    static final ShardGauges EMPTY = new ShardGauges(0, 0, 0, 0, false, 0, 0);
}
