package io.ringtally.inspect;

import java.math.BigInteger;

/**
 * How many events there are up to a place of the log, and the exact sum of their values.
 *
 * <p>Threading: none; its reader's.
 */
public final class Totals {

    private long events;
    private BigInteger sum = BigInteger.ZERO;
    /** Not yet in the sum: most additions stay within a long. */
    private long recent;

    Totals() {
    }

    /** Totals as the log writes them: 128 bits in two halves. */
    Totals(long events, long sumHigh, long sumLow) {
        this.events = events;
        this.sum = BigInteger.valueOf(sumHigh).shiftLeft(Long.SIZE)
                .add(new BigInteger(Long.toUnsignedString(sumLow)));
    }

    void set(Totals other) {
        events = other.events;
        sum = other.sum();
        recent = 0;
    }

    void add(long value) {
        events++;
        long together = recent + value;
        if (((recent ^ together) & (value ^ together)) < 0) {
            sum = sum().add(BigInteger.valueOf(value));
            recent = 0;
        } else {
            recent = together;
        }
    }

    public long events() {
        return events;
    }

    /** The sum of all values. */
    public BigInteger sum() {
        return recent == 0 ? sum : sum.add(BigInteger.valueOf(recent));
    }

    boolean sameAs(Totals other) {
        return events == other.events && sum().equals(other.sum());
    }

    @Override
    public String toString() {
        return events + " events with the sum " + sum();
    }
}
