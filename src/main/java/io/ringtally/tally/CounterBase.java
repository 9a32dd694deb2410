package io.ringtally.tally;

import java.nio.charset.StandardCharsets;

/**
 * What Postgres holds of a counter: what memory is to go on from.
 *
 * <p>Threading: immutable.
 *
 * @param row its row, or null if it has none
 */
public record CounterBase(String appId, String messageId, String name, CounterSnapshot row) {

    /** A counter that has a row. */
    public static CounterBase of(CounterSnapshot row) {
        return new CounterBase(row.appId(), row.messageId(), row.event(), row);
    }

    /** The app id, UTF-8. */
    public byte[] app() {
        return appId.getBytes(StandardCharsets.UTF_8);
    }

    /** The message id, UTF-8. */
    public byte[] message() {
        return messageId.getBytes(StandardCharsets.UTF_8);
    }

    /** The event name, UTF-8. */
    public byte[] event() {
        return name.getBytes(StandardCharsets.UTF_8);
    }
}
