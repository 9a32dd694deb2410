package io.ringtally.tally;

import java.math.BigInteger;

/**
 * An exact sum of signed 64-bit values: 128 bits, so no number of events can overflow it.
 *
 * <p>Threading: none; handed from a shard to the flusher with the cut it belongs to.
 */
public final class Sum128 {

    private long high;
    private long low;

    /** Adds a value. */
    public void add(long value) {
        long sum = low + value;
        high += highAfterAdding(value, sum);
        low = sum;
    }

    /** Adds another sum. */
    public void add(Sum128 other) {
        long sum = low + other.low;
        high += other.high + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
        low = sum;
    }

    /** What the upper half gains when adding {@code value} made the lower half {@code sum}. */
    static long highAfterAdding(long value, long sum) {
        return (value >> 63) + (Long.compareUnsigned(sum, value) < 0 ? 1 : 0);
    }

    public void clear() {
        high = 0;
        low = 0;
    }

    public BigInteger toBigInteger() {
        return toBigInteger(high, low);
    }

    static BigInteger toBigInteger(long high, long low) {
        BigInteger value = BigInteger.valueOf(high).shiftLeft(64);
        BigInteger unsignedLow = BigInteger.valueOf(low);
        return value.add(low < 0 ? unsignedLow.add(BigInteger.ONE.shiftLeft(64)) : unsignedLow);
    }
}
