package io.ringtally.http;

import java.time.Duration;

/**
 * The HTTP listener and its limits.
 *
 * @param host address to bind
 * @param port 0 (any free one) to 65535
 * @param ioThreads threads that read, parse and answer, 1 to 256
 * @param head how large heads may be
 * @param bodies how large bodies may be
 * @param maxConnections connections accepted at once, 1 to 1,000,000
 * @param idleTimeout how long a connection may stay without a request
 * @param requestTimeout how long a request may take to arrive
 * @param readTimeout how long a read may wait for its shard
 * @param sse server-sent events
 */
public record HttpSettings(String host, int port, int ioThreads, HeadSettings head,
        BodySettings bodies, int maxConnections, Duration idleTimeout, Duration requestTimeout,
        Duration readTimeout, SseSettings sse) {

    public HttpSettings {
        require(port >= 0 && port <= 65_535, "http.port", port, "0 to 65535");
        require(ioThreads >= 1 && ioThreads <= 256, "http.io-threads", ioThreads, "1 to 256");
        require(maxConnections >= 1 && maxConnections <= 1_000_000, "http.max-connections",
                maxConnections, "1 to 1000000");
        requireSeconds("http.idle-timeout", idleTimeout);
        requireSeconds("http.request-timeout", requestTimeout);
        requireSeconds("http.read-timeout", readTimeout);
    }

    private static void requireSeconds(String key, Duration value) {
        require(value.toMillis() >= 10 && value.toHours() < 1, key + " (ms)", value.toMillis(),
                "10 ms to 1 h");
    }

    private static void require(boolean holds, String key, long value, String range) {
        if (!holds) {
            throw new IllegalArgumentException(key + " = " + value + " is out of range: " + range);
        }
    }
}
