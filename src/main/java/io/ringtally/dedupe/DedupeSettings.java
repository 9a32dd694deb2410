package io.ringtally.dedupe;

import java.time.Duration;

/**
 * How long and how many ids are remembered.
 *
 * @param window for how long an id counts once, 1 s to 7 days
 * @param maxIds ids held at once, above which events with new ids are refused, 1 to 100,000,000
 */
public record DedupeSettings(Duration window, long maxIds) {

    public DedupeSettings {
        if (window.toSeconds() < 1 || window.compareTo(Duration.ofDays(7)) > 0) {
            throw new IllegalArgumentException("dedupe.window = " + window.toSeconds()
                    + " s is out of range: 1 s to 7 days");
        }
        if (maxIds < 1 || maxIds > 100_000_000) {
            throw new IllegalArgumentException("dedupe.max-ids = " + maxIds
                    + " is out of range: 1 to 100000000");
        }
    }

    /** The window in microseconds. */
    public long windowMicros() {
        return window.toMillis() * 1_000;
    }
}
