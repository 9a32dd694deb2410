package io.ringtally.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A named place in the code where a fault can be injected:
 * {@code -Dringtally.fault=NAME[:PASS[:ACTION]]} acts at the PASS-th time (default 1) the place is
 * passed. With {@code -Dringtally.fault.file=PATH} the same text can be given while the process
 * runs: what the file says is in force, counted from then on, once the file is gone; an empty one
 * disarms.
 *
 * <p>Actions: {@code halt} (default) ends the process there and then, as {@code kill -9} would;
 * {@code throw} throws a {@link FaultInjected}; {@code stall} keeps the thread for five seconds;
 * {@code hang} keeps it for ever.
 *
 * <p>Without either property {@link #passed} looks at a constant, which the compiler removes.
 *
 * <p>Threading: any thread; the passes are counted over all of them.
 */
public enum FaultPoint {

    // accepting, in order
    INTAKE_CLAIMED, INTAKE_SLOT_COPIED, INTAKE_SLOT_COMMITTED, INTAKE_PUBLISHED, EDGE_ANSWERED,
    // the journal: writing, forcing, changing segments
    BODY_BLOCK_BUILT, BODY_BLOCK_WRITTEN, BODY_WRITE_REPORTED, BODY_FORCE_BEGINS, BODY_FORCED,
    BODY_FORCE_REPORTED, BODY_MARK_WRITTEN, SEGMENT_ROLL_BEGINS, SEGMENT_HEADER_WRITTEN,
    SEGMENT_ROLLED, SEGMENT_MADE, SEGMENT_MADE_SYNCED, SEGMENT_MADE_RENAMED, SEGMENT_RETIRE_BEGINS,
    SEGMENT_RETIRED,
    // healing a failed write or sync
    HEAL_BEGINS, HEAL_COPIED, HEAL_COPY_FORCED, HEAL_HEADER_FORCED,
    // the tally
    TALLY_BATCH_BEGINS, TALLY_BATCH_APPLIED, TALLY_HANDED_OVER,
    // a flush
    FLUSH_BEGINS, FLUSH_CUT_TAKEN, FLUSH_CUT_FORCED, FLUSH_CHECKPOINT_MOVED, FLUSH_ROWS_ADDED,
    FLUSH_MESSAGES_WRITTEN, FLUSH_IDS_WRITTEN, FLUSH_BEFORE_COMMIT, FLUSH_COMMITTED,
    FLUSH_REPORTED,
    // changes of counters: within the flush, and behind it
    CHANGE_DECIDED, CHANGE_TAKEN_OVER,
    // a start
    START_LOCKED, START_IDENTITY_WRITTEN, RECOVERY_BODY_READ, RECOVERY_HEAD_READ,
    RECOVERY_COPY_BEGINS, RECOVERY_COPIED, RECOVERY_COPY_FORCED, RECOVERY_HEADER_FORCED,
    START_EPOCH_RAISED, START_REHYDRATED, HEAD_RESET_BEGINS, HEAD_ZEROED, HEAD_RESET,
    HEAD_MADE, HEAD_MADE_RENAMED, REPLAY_BEGINS, REPLAY_HALFWAY, REPLAY_ENDED, START_OPENED,
    // a stop
    STOP_BEGINS, STOP_FLUSHED, STOP_FORCED;

    /** The system property that arms one point. */
    public static final String PROPERTY = "ringtally.fault";
    /** The system property that names a file by which points are armed later. */
    public static final String FILE_PROPERTY = "ringtally.fault.file";

    private static final long STALL_NANOS = 5_000_000_000L;
    private static final long LOOK_NANOS = 5_000_000L;
    private static final boolean POSSIBLE = System.getProperty(PROPERTY) != null
            || System.getProperty(FILE_PROPERTY) != null;
    private static volatile Plan plan = Plan.of(System.getProperty(PROPERTY));

    static {
        String file = System.getProperty(FILE_PROPERTY);
        if (file != null) {
            Thread thread = new Thread(() -> follow(Path.of(file)), "fault-file");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Passes the point: where the fault happens, if this is the one that is armed. */
    public void passed() {
        if (POSSIBLE) {
            Plan armed = plan;
            if (armed != null && armed.point == this) {
                armed.pass();
            }
        }
    }

    /** Puts in force what the file says, whenever there is one. */
    private static void follow(Path file) {
        while (true) {
            try {
                if (Files.exists(file)) {
                    String text = Files.readString(file).strip();
                    plan = Plan.of(text.isEmpty() ? null : text);
                    Files.delete(file);
                }
            } catch (IOException | IllegalArgumentException unusable) {
                System.err.println(FILE_PROPERTY + ": " + unusable);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** The name used in the property: {@code intake-claimed}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What a process says on standard error when it acts at a point. */
    public static String notice(FaultPoint point) {
        return PROPERTY + ": at " + point.label();
    }

    /** What to do, when. */
    private static final class Plan {

        private final FaultPoint point;
        private final long at;
        private final String action;
        private final AtomicLong passes = new AtomicLong();

        private Plan(FaultPoint point, long at, String action) {
            this.point = point;
            this.at = at;
            this.action = action;
        }

        static Plan of(String text) {
            if (text == null) {
                return null;
            }
            String[] parts = text.split(":");
            FaultPoint point = Arrays.stream(values())
                    .filter(one -> one.label().equals(parts[0])).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            PROPERTY + " = " + text + ": there is no such point"));
            return new Plan(point, parts.length > 1 ? Long.parseLong(parts[1]) : 1,
                    parts.length > 2 ? parts[2] : "halt");
        }

        void pass() {
            if (passes.incrementAndGet() != at) {
                return;
            }
            System.err.println(notice(point) + ": " + action);
            switch (action) {
                case "halt" -> Runtime.getRuntime().halt(137);
                case "throw" -> throw new FaultInjected(point.label());
                case "stall" -> stay(STALL_NANOS);
                case "hang" -> stay(Long.MAX_VALUE);
                default -> throw new IllegalArgumentException(
                        PROPERTY + ": " + action + " is no action; halt, throw, stall, hang are");
            }
        }

        private void stay(long nanos) {
            long begun = System.nanoTime();
            while (System.nanoTime() - begun < nanos) {
                LockSupport.parkNanos(this, nanos);
            }
        }
    }

    /** Thrown at a point that is armed with {@code throw}. */
    public static final class FaultInjected extends RuntimeException {

        private static final long serialVersionUID = 1L;

        FaultInjected(String point) {
            super("the fault injected at " + point);
        }
    }
}
