package io.ringtally.app;

import io.ringtally.time.WorkProgress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells how far long work has come: every two seconds in the log, and on a terminal by a bar.
 *
 * <p>Threading: a thread of its own calls {@link #tick}, from {@link #start} to {@link #close}; or
 * one thread of somebody else.
 */
final class ProgressTeller implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ProgressTeller.class);

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final List<WorkProgress> works;
    private final StderrBar bar;
    private final Consumer<String> lines;
    private WorkProgress told;
    private long toldNanos;
    private volatile boolean closed;

    /**
     * A teller of works of which one at most is under way at a time.
     *
     * @param bar where it may be drawn, or null
     * @param lines takes what belongs in the log
     */
    ProgressTeller(List<WorkProgress> works, StderrBar bar, Consumer<String> lines) {
        this.works = works;
        this.bar = bar;
        this.lines = lines;
    }

    /** One that tells the log, for whoever calls {@link #tick} himself. */
    static ProgressTeller of(List<WorkProgress> works, StderrBar bar) {
        return new ProgressTeller(works, bar, line -> LOG.info("{}", line));
    }

    /** Begins to look after these. */
    static ProgressTeller start(List<WorkProgress> works, StderrBar bar) {
        ProgressTeller teller = of(works, bar);
        Thread thread = new Thread(teller::run, "progress");
        thread.setDaemon(true);
        thread.start();
        return teller;
    }

    private void run() {
        while (!closed) {
            tick();
            LockSupport.parkNanos(this, TICK_NANOS);
        }
    }

    /** Looks once. */
    synchronized void tick() {
        if (closed) {
            return;
        }
        WorkProgress work = works.stream().filter(WorkProgress::isUnderWay).findFirst()
                .orElse(null);
        if (work == null) {
            told = null;
            clearBar();
            return;
        }
        long elapsed = work.elapsedNanos();
        if (work != told || elapsed < toldNanos) {
            told = work;
            toldNanos = 0;
        }
        if (elapsed - toldNanos >= LINE_NANOS) {
            toldNanos = elapsed;
            lines.accept(work.toString());
        }
        if (bar != null) {
            long left = work.leftMillis();
            int percent = work.percent();
            bar.show(work.what(), percent, (percent >= 0 ? "" : ": " + work.done() + " "
                    + work.unit()) + (left == WorkProgress.UNKNOWN ? ""
                    : ", " + WorkProgress.span(left) + " left"));
        }
    }

    private void clearBar() {
        if (bar != null) {
            bar.clear();
        }
    }

    /** Ends it; takes the bar off. */
    @Override
    public synchronized void close() {
        closed = true;
        clearBar();
    }
}
