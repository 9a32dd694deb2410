package io.ringtally.journal;

import io.ringtally.fault.FaultPoint;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that forces what was written: at most once in an interval, or at once when somebody
 * waits for it. Who comes while a force is under way wakes nobody: when it is done, this thread
 * asks the writer for all of them together, and one more force serves them all.
 *
 * <p>Threading: {@link #run} is a thread of its own; the rest is for any.
 *
 * <p>Ordering: a waiter raises {@code wanted}, and the writer the position written, before they
 * look at {@code forcing}; this thread clears {@code forcing} before it looks at both. All are
 * volatile, so either they see it cleared and wake whom it takes, or this thread sees what they
 * did.
 */
final class Forcer implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Forcer.class);

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Body body;
    private final long intervalNanos;
    private final Consumer<Throwable> died;
    private final Object monitor = new Object();
    private final LongConsumer listener;
    private final Runnable hurryWriter;
    private final AtomicLong wanted = new AtomicLong();
    private volatile boolean forcing;
    private volatile boolean stopping;
    private volatile Thread thread;
    private volatile long forces;
    private volatile long forceNanos;
    private long lastForceNanos;

    /**
     * A forcer that does not run yet.
     *
     * @param hurryWriter makes the writer write at once what it has
     * @param listener called after each force, on its thread, with the position reached
     * @param died told when nothing can be forced any more
     */
    Forcer(Body body, JournalSettings settings, Runnable hurryWriter, LongConsumer listener,
            Consumer<Throwable> died) {
        this.body = body;
        this.intervalNanos = settings.syncInterval().toNanos();
        this.hurryWriter = hurryWriter;
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
        if (wanted.get() > body.written()) {
            hurryWriter.run();
        }
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
        return stopping || wanted.get() > body.forced() ? 0 : intervalNanos - sinceNanos;
    }

    private void force() throws IOException {
        long begun = System.nanoTime();
        lastForceNanos = begun;
        forcing = true;
        long position = body.force();
        forcing = false;
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
        if (!forcing) {
            LockSupport.unpark(thread);
        }
    }

    /** Somebody waits for this position: it is written and forced as soon as may be. */
    void want(long position) {
        wanted.accumulateAndGet(position, Math::max);
        if (forcing) {
            return;
        }
        if (position > body.written()) {
            hurryWriter.run();
        } else {
            LockSupport.unpark(thread);
        }
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
