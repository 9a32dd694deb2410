package io.ringtally.tally;

/**
 * How the tally is laid out.
 *
 * @param shards number of shards, 1 to 64; may change between two starts
 * @param maxCounters counters in memory above which new ones are refused (507)
 * @param headroomCounters room beyond {@code maxCounters}: as many new counters as a full ring can
 *     hold, so that what was accepted before the limit was noticed always fits
 * @param averageKeyBytes expected bytes of app, message id and event name together; sizes memory
 * @param maxPendingCounters changed counters waiting for Postgres above which ingest is refused
 */
public record TallySettings(int shards, long maxCounters, long headroomCounters,
        int averageKeyBytes, long maxPendingCounters) {

    public TallySettings {
        require(shards >= 1 && shards <= 64, "tally.shards", shards, "1 to 64");
        require(maxCounters >= 1 && maxCounters <= 2_000_000_000L, "store.max-counters",
                maxCounters, "1 to 2000000000");
        require(averageKeyBytes >= 4 && averageKeyBytes <= CounterKey.LENGTH_MAX,
                "store.average-key-bytes", averageKeyBytes, "4 to " + CounterKey.LENGTH_MAX);
        require(maxPendingCounters >= 1 && maxPendingCounters <= 100_000_000L,
                "persist.max-pending-counters", maxPendingCounters, "1 to 100000000");
    }

    /** The same with another number of shards. */
    public TallySettings withShards(int number) {
        return new TallySettings(number, maxCounters, headroomCounters, averageKeyBytes,
                maxPendingCounters);
    }

    private static void require(boolean holds, String key, long value, String range) {
        if (!holds) {
            throw new IllegalArgumentException(key + " = " + value + " is out of range: " + range);
        }
    }

    /**
     * Bytes of off-heap memory that all counters take when there are as many as may be: what is
     * measured for keys of 48 bytes, 130 a counter, and longer or shorter with the key.
     */
    public long offHeapBytesMax() {
        return maxCounters * (averageKeyBytes + 82L);
    }

    /** Entries to allocate per shard; hashing spreads unevenly, hence the eighth on top. */
    long entriesPerShard() {
        long even = (maxCounters + headroomCounters) / shards + 1;
        return shards == 1 ? even : even + even / 8 + 1024;
    }
}
