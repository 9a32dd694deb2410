package io.ringtally.time;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How far a long piece of work has come, and how long the rest takes if it goes on at the mean pace
 * so far. Work that stands still is so given ever longer. Of what was before, it knows the last run
 * and the last trouble.
 *
 * <p>Threading: one thread works, or several that want the same done; any may read, and sees
 * numbers as old as the last step.
 */
public final class WorkProgress {

    /** {@link #leftMillis()} of work of which that cannot be told. */
    public static final long UNKNOWN = -1;

    /** Before that a pace is no pace, nanoseconds. */
    private static final long TELLING_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Clock clock;
    private final String what;
    private final String unit;
    private final LongSupplier left;
    private volatile long begunNanos;
    private volatile long begunMicros;
    private volatile long expected;
    private volatile long done;
    private volatile boolean underWay;
    private volatile boolean troubled;
    private volatile Run last;
    private volatile Trouble lastTrouble;
    private volatile long runs;
    private volatile long nextMicros;
    /** How many want it done; guarded by this. */
    private int wanted;

    /**
     * What was done once.
     *
     * @param done steps
     * @param failed whether it ended in trouble
     */
    public record Run(long begunMicros, long tookNanos, long done, boolean failed) {
    }

    /** What stood in the way. */
    public record Trouble(long atMicros, String message) {
    }

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
     * @param left how many there are to do; any thread may ask
     */
    public WorkProgress(Clock clock, String what, String unit, LongSupplier left) {
        this.clock = clock;
        this.what = what;
        this.unit = unit;
        this.left = left;
    }

    /** Work whose steps are counted by somebody else begins: all that is left is expected. */
    public void begin() {
        begin(left.getAsLong());
    }

    /**
     * It begins; so many steps are expected, 0 if that is unknown. Under way already, it goes on
     * until as many have ended it.
     */
    public synchronized void begin(long steps) {
        if (wanted++ > 0) {
            return;
        }
        done = 0;
        expected = steps;
        troubled = false;
        begunMicros = clock.epochMicros();
        begunNanos = clock.nanoTime();
        underWay = true;
    }

    /** So many steps have been done. */
    public void done(long steps) {
        done = steps;
    }

    /** Something stands in the way, and has ended it unless {@link #recovered} follows. */
    public void trouble(String why) {
        lastTrouble = new Trouble(clock.epochMicros(), why);
        troubled = true;
    }

    /** What stood in the way does no longer. */
    public void recovered() {
        troubled = false;
    }

    /** It is over, whether or not all was done. */
    public synchronized void end() {
        if (wanted == 0 || --wanted > 0) {
            return;
        }
        done = done();
        last = new Run(begunMicros, elapsedNanos(), done, troubled);
        runs++;
        underWay = false;
    }

    /** The next one begins by itself after this time. */
    public void nextIn(Duration time) {
        nextMicros = clock.epochMicros() + time.toMillis() * 1_000;
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

    /** Whether something stands in the way of what is under way. */
    public boolean isTroubled() {
        return underWay && troubled;
    }

    /** How often it has ended. */
    public long runs() {
        return runs;
    }

    /** What was done last, or null. */
    public Run last() {
        return last;
    }

    /** What stood in the way last, or null. */
    public Trouble lastTrouble() {
        return lastTrouble;
    }

    /** When the next one begins by itself; 0 if it does not. */
    public long nextMicros() {
        return nextMicros;
    }

    /** Steps done so far. */
    public long done() {
        if (left == null || !underWay) {
            return done;
        }
        long now = left.getAsLong();
        if (now > expected) {
            expected = now; // more has come up than was known at its beginning
        }
        return Math.max(0, expected - now);
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
