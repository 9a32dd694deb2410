package io.ringtally.tally;

import java.math.BigInteger;

/**
 * What a ledger keeps accounts of: how many events, and the exact sum of their values. Differences
 * may be negative.
 *
 * <p>Threading: immutable.
 *
 * @param events number of events
 * @param sum sum of their values
 */
public record Amount(BigInteger events, BigInteger sum) {

    public static final Amount ZERO = new Amount(BigInteger.ZERO, BigInteger.ZERO);

    public static Amount of(long events, BigInteger sum) {
        return new Amount(BigInteger.valueOf(events), sum);
    }

    public Amount plus(Amount other) {
        return new Amount(events.add(other.events), sum.add(other.sum));
    }

    public Amount minus(Amount other) {
        return new Amount(events.subtract(other.events), sum.subtract(other.sum));
    }

    @Override
    public String toString() {
        return events + " events with the sum " + sum;
    }
}
