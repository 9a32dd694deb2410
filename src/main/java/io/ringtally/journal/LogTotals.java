package io.ringtally.journal;

import java.math.BigInteger;

/**
 * How many events the log holds up to a place, since its beginning, and the sum of their values:
 * 128 bits, exact.
 *
 * <p>Threading: none; whoever counts has its own.
 */
public final class LogTotals {

    private long events;
    private long sumHigh;
    private long sumLow;

    public LogTotals() {
    }

    LogTotals(long events, long sumHigh, long sumLow) {
        this.events = events;
        this.sumHigh = sumHigh;
        this.sumLow = sumLow;
    }

    /** The same totals, apart from these from now on. */
    public LogTotals copy() {
        return new LogTotals(events, sumHigh, sumLow);
    }

    void set(LogTotals other) {
        events = other.events;
        sumHigh = other.sumHigh;
        sumLow = other.sumLow;
    }

    /** Counts one event. */
    void add(long value) {
        events++;
        long low = sumLow + value;
        // the carry of an addition without sign, and the sign of what was added
        sumHigh += (Long.compareUnsigned(low, sumLow) < 0 ? 1 : 0) + (value >> 63);
        sumLow = low;
    }

    public long events() {
        return events;
    }

    long sumHigh() {
        return sumHigh;
    }

    long sumLow() {
        return sumLow;
    }

    /** The sum of all values. */
    public BigInteger sum() {
        BigInteger low = BigInteger.valueOf(sumLow >>> 1).shiftLeft(1)
                .add(BigInteger.valueOf(sumLow & 1));
        return BigInteger.valueOf(sumHigh).shiftLeft(Long.SIZE).add(low);
    }

    boolean sameAs(LogTotals other) {
        return events == other.events && sumHigh == other.sumHigh && sumLow == other.sumLow;
    }

    @Override
    public String toString() {
        return events + " events with the sum " + sum();
    }
}
