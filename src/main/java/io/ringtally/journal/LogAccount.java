package io.ringtally.journal;

import java.math.BigInteger;

/**
 * What a log holds, over all its runs.
 *
 * <p>Threading: immutable.
 *
 * @param position everything up to here is in it
 * @param events number of events
 * @param sum sum of their values
 */
public record LogAccount(LogPosition position, long events, BigInteger sum) {
}
