package io.ringtally.persist;

import java.math.BigInteger;

/**
 * What of a log is folded into the counters, dead letters included.
 *
 * <p>Threading: immutable.
 *
 * @param events number of events
 * @param sum of their values
 */
public record FoldedTotals(BigInteger events, BigInteger sum) {
}
