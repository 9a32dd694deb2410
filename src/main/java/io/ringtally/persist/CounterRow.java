package io.ringtally.persist;

/**
 * A counter as Postgres holds it.
 *
 * @param app app id, UTF-8
 * @param message message id, UTF-8
 * @param event event name, UTF-8
 * @param total sum of values
 * @param events number of events
 * @param firstAtMicros microseconds since the epoch
 * @param lastAtMicros microseconds since the epoch
 */
public record CounterRow(byte[] app, byte[] message, byte[] event, long total, long events,
        long firstAtMicros, long lastAtMicros) {
}
