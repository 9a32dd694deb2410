package io.ringtally.persist;

import java.time.Duration;
import java.util.Map;

/**
 * How long messages are kept that nobody counts any more.
 *
 * @param messages time without an event after which a message goes; 0 for never
 * @param interval time between two looks for such messages, 100 ms to 7 days
 * @param apps the same time for single apps, by app id, instead of {@code messages}
 */
public record RetentionSettings(Duration messages, Duration interval, Map<String, Duration> apps) {

    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofDays(36_500);

    public RetentionSettings {
        check("retention.messages", messages);
        apps.forEach((app, time) -> check("apps.\"" + app + "\".retention", time));
        if (interval.toMillis() < 100 || interval.compareTo(Duration.ofDays(7)) > 0) {
            throw new IllegalArgumentException("retention.interval = " + interval.toMillis()
                    + " ms is out of range: 100 ms to 7 d");
        }
        apps = Map.copyOf(apps);
    }

    private static void check(String key, Duration time) {
        if (!time.isZero() && (time.compareTo(LEAST) < 0 || time.compareTo(MOST) > 0)) {
            throw new IllegalArgumentException(key + " = " + time.toMillis() + " ms is out of"
                    + " range: 0 for never, or 1 s to 36500 d");
        }
    }

    /** Time without an event after which a message of that app goes; 0 for never. */
    Duration of(String app) {
        return apps.getOrDefault(app, messages);
    }

    /** Whether messages of any app ever go. */
    public boolean isOn() {
        return !messages.isZero() || apps.values().stream().anyMatch(time -> !time.isZero());
    }
}
