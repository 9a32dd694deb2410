package io.ringtally.ring;

/**
 * A slow resource that the shards call, for exercises.
 *
 * @param latencyMillis how long it takes to answer, 0 (off) to 1,000 ms
 * @param batch events that a shard brings with one call, 1 to 100,000
 * @param concurrency calls it answers at a time, 1 to 64
 */
public record MockSettings(long latencyMillis, int batch, int concurrency) {

    /** None. */
    public static final MockSettings OFF = new MockSettings(0, 100, 64);
    /** Longest latency, milliseconds. */
    public static final long LATENCY_MILLIS_MAX = 1_000;
    /** Most events of a call. */
    public static final long BATCH_MAX = 100_000;
    /** Most calls at a time: as many as there can be shards. */
    public static final long CONCURRENCY_MAX = 64;

    public MockSettings {
        require("mock.latency (ms)", latencyMillis, 0, LATENCY_MILLIS_MAX);
        require("mock.batch", batch, 1, BATCH_MAX);
        require("mock.concurrency", concurrency, 1, CONCURRENCY_MAX);
    }

    private static void require(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(key + " = " + value + " is out of range: " + least
                    + " to " + most);
        }
    }

    /** Whether there is anything to wait for. */
    public boolean isOn() {
        return latencyMillis > 0;
    }

    public MockSettings withLatencyMillis(long millis) {
        return new MockSettings(millis, batch, concurrency);
    }

    public MockSettings withBatch(long events) {
        return new MockSettings(latencyMillis, (int) Math.min(Integer.MAX_VALUE, events),
                concurrency);
    }

    public MockSettings withConcurrency(long calls) {
        return new MockSettings(latencyMillis, batch, (int) Math.min(Integer.MAX_VALUE, calls));
    }
}
