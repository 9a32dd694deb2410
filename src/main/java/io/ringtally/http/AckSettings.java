package io.ringtally.http;

import java.time.Duration;

/**
 * What answers promise, and how long they may take.
 *
 * @param usual level of a request that asks for none
 * @param timeout how long a request may wait for its level, 10 ms to 10 min
 * @param waitingMax how many may wait at once, 1 to 1,000,000
 */
public record AckSettings(AckLevel usual, Duration timeout, int waitingMax) {

    /** The settings for configured values. */
    public static AckSettings of(String usual, Duration timeout, int waitingMax) {
        AckLevel level = AckLevel.of(usual);
        if (level == null) {
            throw new IllegalArgumentException("ack.default = " + usual
                    + " is no level; journaled, synced and persisted are");
        }
        return new AckSettings(level, timeout, waitingMax);
    }

    public AckSettings {
        if (timeout.toMillis() < 10 || timeout.toMinutes() > 10) {
            throw new IllegalArgumentException("ack.timeout = " + timeout.toMillis()
                    + " ms is out of range: 10 ms to 10 min");
        }
        if (waitingMax < 1 || waitingMax > 1_000_000) {
            throw new IllegalArgumentException("ack.max-waiting = " + waitingMax
                    + " is out of range: 1 to 1000000");
        }
    }
}
