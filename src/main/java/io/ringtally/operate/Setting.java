package io.ringtally.operate;

import io.ringtally.persist.PersistSettings;
import io.ringtally.ring.MockSettings;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.ToLongFunction;

/**
 * What can be set while the service runs, under the name it has in the configuration. It holds
 * until the process ends; the configuration is not changed.
 *
 * <p>Threading: immutable.
 */
public enum Setting {

    MAX_UPDATES("persist.max-updates", "events", 1, PersistSettings.UPDATES_MAX,
            values -> values.persist().maxUpdates(),
            (values, to) -> values.with(values.persist().withMaxUpdates(to))),
    /** A longer least interval is lowered to it. */
    MAX_DELAY("persist.max-delay", "ms", PersistSettings.DELAY_MILLIS_MIN,
            PersistSettings.DELAY_MILLIS_MAX,
            values -> values.persist().maxDelay().toMillis(),
            (values, to) -> values.with(values.persist().withMaxDelay(Duration.ofMillis(to)))),
    MIN_INTERVAL("persist.min-interval", "ms", 0, PersistSettings.DELAY_MILLIS_MAX,
            values -> values.persist().minInterval().toMillis(),
            (values, to) -> values.with(
                    values.persist().withMinInterval(Duration.ofMillis(to)))),
    /** 0 is off. */
    MOCK_LATENCY("mock.latency", "ms", 0, MockSettings.LATENCY_MILLIS_MAX,
            values -> values.mock().latencyMillis(),
            (values, to) -> values.with(values.mock().withLatencyMillis(to))),
    MOCK_BATCH("mock.batch", "events", 1, MockSettings.BATCH_MAX,
            values -> values.mock().batch(),
            (values, to) -> values.with(values.mock().withBatch(to))),
    MOCK_CONCURRENCY("mock.concurrency", "calls", 1, MockSettings.CONCURRENCY_MAX,
            values -> values.mock().concurrency(),
            (values, to) -> values.with(values.mock().withConcurrency(to)));

    private final String key;
    private final String unit;
    private final long least;
    private final long most;
    private final ToLongFunction<SettingValues> get;
    private final BiFunction<SettingValues, Long, SettingValues> set;

    Setting(String key, String unit, long least, long most, ToLongFunction<SettingValues> get,
            BiFunction<SettingValues, Long, SettingValues> set) {
        this.key = key;
        this.unit = unit;
        this.least = least;
        this.most = most;
        this.get = get;
        this.set = set;
    }

    /** Its name in the configuration. */
    public String key() {
        return key;
    }

    /** What its values count, for people. */
    public String unit() {
        return unit;
    }

    public long least() {
        return least;
    }

    /** The greatest value there is; another setting may forbid some of those below. */
    public long most() {
        return most;
    }

    public long in(SettingValues values) {
        return get.applyAsLong(values);
    }

    /**
     * The values with another one of this setting.
     *
     * @throws IllegalArgumentException if that cannot be; the message has value and range
     */
    SettingValues set(SettingValues values, long to) {
        return set.apply(values, to);
    }

    /** The setting of that name; null if there is none. */
    public static Setting of(String key) {
        for (Setting setting : values()) {
            if (setting.key.equals(key)) {
                return setting;
            }
        }
        return null;
    }
}
