package io.ringtally.audit;

import java.time.Duration;

/**
 * When the books are compared.
 *
 * @param interval time between two checks the service makes by itself; 0 for none, else 100 ms to
 *     7 days
 * @param timeout longest time to sum up all counters, 1 s to 1 h
 */
public record AuditSettings(Duration interval, Duration timeout) {

    public AuditSettings {
        if (!interval.isZero() && (interval.toMillis() < 100
                || interval.compareTo(Duration.ofDays(7)) > 0)) {
            throw new IllegalArgumentException("audit.interval = " + interval.toMillis()
                    + " ms is out of range: 0 for never, or 100 ms to 7 d");
        }
        if (timeout.toMillis() < 1_000 || timeout.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("audit.timeout = " + timeout.toMillis()
                    + " ms is out of range: 1 s to 1 h");
        }
    }
}
