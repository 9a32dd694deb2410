package io.ringtally.app;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does some small things once a second, on a thread of its own: a second that was missed, because
 * the process stood still, is not made up for.
 *
 * <p>Threading: made and closed by the service; what is to be done runs on the thread {@code
 * seconds}.
 */
final class EverySecond implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EverySecond.class);

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<Runnable> tasks;
    private final Thread thread = new Thread(this::run, "seconds");
    private volatile boolean closed;

    private EverySecond(List<Runnable> tasks) {
        this.tasks = tasks;
    }

    /** Begins; the tasks must not block, and are done in this order. */
    static EverySecond start(Runnable... tasks) {
        EverySecond made = new EverySecond(List.of(tasks));
        made.thread.setDaemon(true);
        made.thread.start();
        return made;
    }

    private void run() {
        long due = System.nanoTime() + SECOND_NANOS;
        while (!closed) {
            long rest = due - System.nanoTime();
            if (rest > 0) {
                LockSupport.parkNanos(this, rest);
                continue;
            }
            tasks.forEach(EverySecond::runSafely);
            due = Math.max(due + SECOND_NANOS, System.nanoTime() + SECOND_NANOS / 2);
        }
    }

    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException failing) {
            LOG.error("something done every second failed", failing);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
