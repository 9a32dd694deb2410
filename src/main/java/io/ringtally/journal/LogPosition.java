package io.ringtally.journal;

/**
 * A place in the log. Positions of one log only grow, over all its runs; a place has one record.
 *
 * <p>Opaque: nobody computes with it. The number is for the slot header and the checkpoint row.
 *
 * <p>Threading: immutable.
 *
 * @param number 0 for the place before the first record, then 1 and up
 */
public record LogPosition(long number) implements Comparable<LogPosition> {

    /** The place before the first record. */
    public static final LogPosition START = new LogPosition(0);

    public LogPosition {
        if (number < 0) {
            throw new IllegalArgumentException("a log position is not negative: " + number);
        }
    }

    @Override
    public int compareTo(LogPosition other) {
        return Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return Long.toString(number);
    }
}
