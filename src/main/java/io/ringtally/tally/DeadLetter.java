package io.ringtally.tally;

import java.math.BigInteger;

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
 * @param reason a sentence for the person who looks
 */
public record DeadLetter(long firstPosition, long lastPosition, byte[] app, byte[] message,
        byte[] event, BigInteger delta, long events, String reason) {
}
