package io.ringtally.persist;

import java.util.concurrent.TimeUnit;

/**
 * People and tests that want a flush now and wait for it.
 *
 * <p>Threading: guarded by its own monitor.
 */
final class FlushRequests {

    private long asked;
    private long done;
    private boolean ended;

    synchronized long ask() {
        return ++asked;
    }

    synchronized long latest() {
        return asked;
    }

    synchronized boolean isNew(long ticket) {
        return ticket > done;
    }

    /** All requests up to {@code ticket} have been served. */
    synchronized void done(long ticket) {
        done = Math.max(done, ticket);
        notifyAll();
    }

    /** No request will be served any more. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Waits until {@code ticket} has been served; false when the time is up or it never will. */
    synchronized boolean await(long ticket, long timeoutMillis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        while (done < ticket && !ended) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return done >= ticket;
    }
}
