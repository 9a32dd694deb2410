package io.ringtally.tally;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * Something accepted that could not be counted, kept for a person to look at.
 *
 * @param firstPosition the log position of the event, or of the first of several
 * @param lastPosition the log position of the last of them
 * @param app bytes of the app id as received
 * @param message bytes of the message id as received
 * @param event bytes of the event name as received
 * @param delta the sum of the values that were not counted
 * @param events how many events
 * @param firstAtMicros time of the earliest, microseconds since the epoch
 * @param lastAtMicros time of the latest
 * @param reason a sentence for the person who looks
 */
public record DeadLetter(long firstPosition, long lastPosition, byte[] app, byte[] message,
        byte[] event, BigInteger delta, long events, long firstAtMicros, long lastAtMicros,
        String reason) {

    private static final byte[] NOTHING = {};

    /** An event that could not even be read. */
    static DeadLetter unreadable(long position, RuntimeException why) {
        return new DeadLetter(position, position, NOTHING, NOTHING, NOTHING, BigInteger.ZERO, 1, 0,
                0, "the event could not be applied: " + why);
    }

    /** An event that would push its counter's total beyond 64 bits. */
    static DeadLetter overflow(long position, CounterKey key, long value, long atMicros,
            long total) {
        return new DeadLetter(position, position, utf8(key.app()), utf8(key.message()),
                utf8(key.event()), BigInteger.valueOf(value), 1, atMicros, atMicros,
                "value " + value + " takes the total " + total + " beyond 64 bits");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
