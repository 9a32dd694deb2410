package io.ringtally.time;

import java.util.concurrent.TimeUnit;

/**
 * Keeps a line of the log that each of many requests or events could cause to five in ten seconds.
 *
 * <p>Threading: any thread.
 */
public final class Sparingly {

    /** What {@link #say()} answers when the line is to be left out. */
    public static final long SILENT = -1;

    private static final int BURST = 5;
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Clock clock;
    private long begunNanos;
    private int said;
    private long unsaid;

    public Sparingly(Clock clock) {
        this.clock = clock;
        this.begunNanos = clock.nanoTime();
    }

    /**
     * Asks whether to write the line.
     *
     * @return how many were left out before it; {@link #SILENT} if it is to be left out too
     */
    public synchronized long say() {
        long now = clock.nanoTime();
        if (now - begunNanos >= WINDOW_NANOS) {
            begunNanos = now;
            said = 0;
        }
        if (said == BURST) {
            unsaid++;
            return SILENT;
        }
        said++;
        long before = unsaid;
        unsaid = 0;
        return before;
    }
}
