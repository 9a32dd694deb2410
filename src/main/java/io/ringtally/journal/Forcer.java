package io.ringtally.journal;

import io.ringtally.fault.FaultPoint;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that forces what was written: at most once in an interval, or at once when somebody
 * waits for it. So one force serves all who came while the one before was under way.
 *
 * <p>Threading: {@link #run} is a thread of its own; the rest is for any.
 *
 * <p>Ordering: a waiter raises {@code wanted} (volatile) before it unparks; the writer unparks
 * after it has written. So the thread sees one of them last, and with it both.
 */
final class Forcer implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Forcer.class);

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Body body;
    private final long intervalNanos;
    private final Consumer<Throwable> died;
    private final Object monitor = new Object();
    private final LongConsumer listener;
    private volatile long wanted;
    private volatile boolean stopping;
    private volatile Thread thread;
    private volatile long forces;
    private volatile long forceNanos;
    private long lastForceNanos;

    /**
     * A forcer that does not run yet.
     *
     * @param listener called after each force, on its thread, with the position reached
     * @param died told when nothing can be forced any more
     */
    Forcer(Body body, JournalSettings settings, LongConsumer listener,
            Consumer<Throwable> died) {
        this.body = body;
        this.intervalNanos = settings.syncInterval().toNanos();
        this.listener = listener;
        this.died = died;
        this.lastForceNanos = System.nanoTime() - intervalNanos;
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        try {
            while (!stopping || body.forced() < body.written()) {
                long rest = restNanos();
                if (rest <= 0) {
                    force();
                } else {
                    LockSupport.parkNanos(this, rest);
                }
            }
            body.writeMark();
        } catch (IOException | RuntimeException | Error fatal) {
            LOG.error("the log cannot be forced; the service cannot go on", fatal);
            died.accept(fatal);
        } finally {
            synchronized (monitor) {
                monitor.notifyAll();
            }
        }
    }

    /** How long to sleep before the next force; writes a mark when there is nothing to force. */
    private long restNanos() throws IOException {
        long sinceNanos = System.nanoTime() - lastForceNanos;
        if (body.forced() == body.written()) {
            if (body.hasMark()) {
                return IDLE_NANOS;
            }
            if (sinceNanos >= intervalNanos) {
                body.writeMark();
                return IDLE_NANOS;
            }
            return intervalNanos - sinceNanos;
        }
        return stopping || wanted > body.forced() ? 0 : intervalNanos - sinceNanos;
    }

    private void force() throws IOException {
        long begun = System.nanoTime();
        lastForceNanos = begun;
        long position = body.force();
        forceNanos += System.nanoTime() - begun;
        forces++;
        synchronized (monitor) {
            monitor.notifyAll();
        }
        listener.accept(position);
        FaultPoint.BODY_FORCE_REPORTED.passed();
    }

    /** Something was written. */
    void written() {
        LockSupport.unpark(thread);
    }

    /** Somebody waits for this position: it is forced as soon as it is written. */
    void want(long position) {
        if (position > wanted) {
            // several may write: the greatest is not lost for long, each waiter asks again
            wanted = position;
        }
        LockSupport.unpark(thread);
    }

    /**
     * Waits until a position is forced.
     *
     * @return false if the time is up
     */
    boolean await(long position, long timeoutMillis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        synchronized (monitor) {
            while (body.forced() < position) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    return false;
                }
                want(position);
                monitor.wait(Math.min(left, 100));
            }
        }
        return true;
    }

    /** Ends the thread once everything written is forced. */
    void stop() {
        stopping = true;
        LockSupport.unpark(thread);
    }

    long forces() {
        return forces;
    }

    long forceNanos() {
        return forceNanos;
    }
}
