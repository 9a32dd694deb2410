package io.ringtally.tally;

import java.util.Comparator;

/**
 * A counter as it stood at one moment.
 *
 * @param total sum of values
 * @param events number of events, at least 1
 * @param firstAtMicros least {@code created_at}, microseconds since the epoch
 * @param lastAtMicros greatest {@code created_at}, microseconds since the epoch
 */
public record CounterSnapshot(String appId, String messageId, String event, long total,
        long events, long firstAtMicros, long lastAtMicros) {

    /** In the order of their first events. */
    static final Comparator<CounterSnapshot> BY_TIME = Comparator
            .comparingLong(CounterSnapshot::firstAtMicros)
            .thenComparing(CounterSnapshot::event);

    static CounterSnapshot of(CounterKey key, CounterEntry counter) {
        return new CounterSnapshot(key.app(), key.message(), key.event(), counter.total(),
                counter.events(), counter.firstAtMicros(), counter.lastAtMicros());
    }
}
