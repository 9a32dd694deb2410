package io.ringtally.query;

import java.time.Duration;

/**
 * How much reading may ask of Postgres.
 *
 * @param timeout longest time for one query, and for waiting until it begins, 10 ms to 10 min
 * @param connections queries answered at once, 1 to 32
 * @param waitingMax queries that may wait for those, 1 to 100,000
 */
public record QuerySettings(Duration timeout, int connections, int waitingMax) {

    public QuerySettings {
        require(timeout.toMillis() >= 10 && timeout.toMillis() <= 600_000, "query.timeout (ms)",
                timeout.toMillis(), "10 ms to 10 min");
        require(connections >= 1 && connections <= 32, "query.connections", connections,
                "1 to 32");
        require(waitingMax >= 1 && waitingMax <= 100_000, "query.max-waiting", waitingMax,
                "1 to 100000");
    }

    private static void require(boolean holds, String key, long value, String range) {
        if (!holds) {
            throw new IllegalArgumentException(key + " = " + value + " is out of range: " + range);
        }
    }
}
