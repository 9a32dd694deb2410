package io.ringtally.http;

import java.time.Duration;

/**
 * Server-sent events.
 *
 * @param max streams open at once, 0 (none) to 100,000
 * @param heartbeat time between two signs of life on a quiet stream, 100 ms to 10 min
 */
public record SseSettings(int max, Duration heartbeat) {

    public SseSettings {
        if (max < 0 || max > 100_000) {
            throw new IllegalArgumentException("http.sse.max = " + max
                    + " is out of range: 0 to 100000");
        }
        if (heartbeat.toMillis() < 100 || heartbeat.toMillis() > 600_000) {
            throw new IllegalArgumentException("http.sse.heartbeat = " + heartbeat.toMillis()
                    + " ms is out of range: 100 ms to 10 min");
        }
    }
}
