package io.ringtally.time;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How far a long piece of work has come, and how long the rest takes if it goes on at the mean pace
 * so far. Work that stands still is so given ever longer.
 *
 * <p>Threading: one thread works; any may read, and sees numbers as old as the last step.
 */
public final class WorkProgress {

    /** {@link #leftMillis()} of work of which that cannot be told. */
    public static final long UNKNOWN = -1;

    /** Before that a pace is no pace, nanoseconds. */
    private static final long TELLING_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Clock clock;
    private final String what;
    private final String unit;
    private final LongSupplier elsewhere;
    private volatile long begunNanos;
    private volatile long expected;
    private volatile long done;
    private volatile boolean underWay;

    /**
     * Work that tells of its steps by {@link #done(long)}.
     *
     * @param what what is being done: "replaying the log"
     * @param unit what is counted, in the plural
     */
    public WorkProgress(Clock clock, String what, String unit) {
        this(clock, what, unit, null);
    }

    /**
     * Work whose steps are counted by somebody else.
     *
     * @param done how many there have been; any thread may ask
     */
    public WorkProgress(Clock clock, String what, String unit, LongSupplier done) {
        this.clock = clock;
        this.what = what;
        this.unit = unit;
        this.elsewhere = done;
    }

    /** It begins, again perhaps; so many steps are expected, 0 if that is unknown. */
    public void begin(long steps) {
        done = 0;
        expected = steps;
        begunNanos = clock.nanoTime();
        underWay = true;
    }

    /** So many steps have been done. */
    public void done(long steps) {
        done = steps;
    }

    /** It is over, whether or not all was done. */
    public void end() {
        underWay = false;
    }

    public boolean isUnderWay() {
        return underWay;
    }

    public String what() {
        return what;
    }

    public String unit() {
        return unit;
    }

    /** Steps done so far. */
    public long done() {
        return elsewhere == null ? done : elsewhere.getAsLong();
    }

    /** Steps in all, an estimate perhaps; 0 if unknown. */
    public long expected() {
        return expected;
    }

    /** How long it has been going on, nanoseconds. */
    public long elapsedNanos() {
        return clock.nanoTime() - begunNanos;
    }

    /** Whole hundredths done, 0 to 99; {@link #UNKNOWN} where the end is not known. */
    public int percent() {
        long now = done();
        return expected <= 0 || now > expected ? (int) UNKNOWN
                : (int) Math.min(99, Math.max(0, (long) (100.0 * now / expected)));
    }

    /** How long the rest should take, milliseconds; {@link #UNKNOWN} if that cannot be told. */
    public long leftMillis() {
        long now = done();
        long elapsed = elapsedNanos();
        if (now <= 0 || expected <= 0 || now > expected || elapsed < TELLING_NANOS) {
            return UNKNOWN;
        }
        return (long) ((double) elapsed / now * (expected - now) / 1e6);
    }

    /** All of it, for people. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(what).append(": ").append(done());
        if (percent() != UNKNOWN) {
            text.append(" of ").append(expected);
        }
        text.append(' ').append(unit);
        if (percent() != UNKNOWN) {
            text.append(", ").append(percent()).append(" %");
        }
        long left = leftMillis();
        if (left != UNKNOWN) {
            text.append(", about ").append(span(left)).append(" left");
        }
        return text.toString();
    }

    /** A time span for people: {@code 8 s}, {@code 3 min 20 s}, {@code 2 h 5 min}. */
    public static String span(long millis) {
        long seconds = (millis + 999) / 1_000;
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3_600) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        return seconds / 3_600 + " h " + seconds / 60 % 60 + " min";
    }
}
