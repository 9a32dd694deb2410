package io.ringtally.tally;

import java.util.Map;

/**
 * How many messages an app may have in memory; 0 is no limit.
 *
 * @param usual of each app that is not named
 * @param apps by app id
 */
public record QuotaSettings(long usual, Map<String, Long> apps) {

    private static final long MAX = 1_000_000_000;

    public QuotaSettings {
        apps = Map.copyOf(apps);
        require("limits.app.max-messages", usual);
        apps.forEach((app, limit) -> require("apps.\"" + app + "\".max-messages", limit));
    }

    private static void require(String key, long value) {
        if (value < 0 || value > MAX) {
            throw new IllegalArgumentException(key + " = " + value
                    + " is out of range: 1 to 1000000000, or 0 for no limit");
        }
    }

    boolean isOff() {
        return usual == 0 && apps.values().stream().allMatch(limit -> limit == 0);
    }

    /** The limit of an app; 0 if it has none. */
    long of(String app) {
        return apps.getOrDefault(app, usual);
    }
}
