package io.ringtally.http;

import java.time.Duration;

/**
 * What answers promise, and how long they may take.
 *
 * @param usual level of a request that asks for none
 * @param timeout how long a request may wait for its level, 10 ms to 10 min
 */
public record AckSettings(AckLevel usual, Duration timeout) {

    /** The settings for configured values. */
    public static AckSettings of(String usual, Duration timeout) {
        AckLevel level = AckLevel.of(usual);
        if (level == null) {
            throw new IllegalArgumentException("ack.default = " + usual
                    + " is no level; journaled, synced and persisted are");
        }
        return new AckSettings(level, timeout);
    }

    public AckSettings {
        if (timeout.toMillis() < 10 || timeout.toMinutes() > 10) {
            throw new IllegalArgumentException("ack.timeout = " + timeout.toMillis()
                    + " ms is out of range: 10 ms to 10 min");
        }
    }
}
