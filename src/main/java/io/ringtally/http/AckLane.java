package io.ringtally.http;

import io.undertow.server.HttpServerExchange;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/**
 * The requests of one I/O thread that wait for one level, in the order they came.
 *
 * <p>Threading: the I/O thread's, except {@link #reached}, which the component calls that owns the
 * level: it hands one task to the I/O thread, however many requests are waiting.
 *
 * <p>Ordering: a waiter is queued and {@code occupied} set (volatile) before the level is looked at
 * again; the component publishes the level before it looks at {@code occupied}. So one of them sees
 * the other.
 */
final class AckLane {

    private final XnioIoThread thread;
    private final LongSupplier reached;
    private final OpenExchanges open;
    private final long timeoutMillis;
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile boolean occupied;
    private XnioExecutor.Key deadline;

    /** One request. */
    private record Waiter(HttpServerExchange exchange, long position, long sinceNanos,
            Outcome outcome) {
    }

    /** How a request is answered in the end, on its I/O thread. */
    interface Outcome {

        void reached(HttpServerExchange exchange);

        void tooLate(HttpServerExchange exchange);
    }

    AckLane(XnioIoThread thread, LongSupplier reached, OpenExchanges open, long timeoutMillis) {
        this.thread = thread;
        this.reached = reached;
        this.open = open;
        this.timeoutMillis = timeoutMillis;
    }

    /** Lets a dispatched exchange wait for a position. */
    void await(HttpServerExchange exchange, long position, Outcome outcome) {
        open.enter();
        waiters.addLast(new Waiter(exchange, position, System.nanoTime(), outcome));
        occupied = true;
        if (deadline == null) {
            deadline = thread.executeAfter(this::timeOut, timeoutMillis, TimeUnit.MILLISECONDS);
        }
        if (reached.getAsLong() >= waiters.peekFirst().position) {
            complete();
        }
    }

    /** The level has got further. */
    void reached() {
        if (occupied && scheduled.compareAndSet(false, true)) {
            try {
                thread.execute(this::complete);
            } catch (RejectedExecutionException down) {
                // the I/O threads have stopped: the connections are closed already
                scheduled.set(false);
            }
        }
    }

    private void complete() {
        scheduled.set(false);
        long position = reached.getAsLong();
        Waiter waiter;
        while ((waiter = waiters.peekFirst()) != null && waiter.position <= position) {
            waiters.removeFirst();
            open.leave();
            waiter.outcome.reached(waiter.exchange);
        }
        if (waiters.isEmpty()) {
            occupied = false;
            if (deadline != null) {
                deadline.remove();
                deadline = null;
            }
        }
    }

    private void timeOut() {
        deadline = null;
        complete();
        long now = System.nanoTime();
        long limit = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        Waiter waiter;
        while ((waiter = waiters.peekFirst()) != null && now - waiter.sinceNanos >= limit) {
            waiters.removeFirst();
            open.leave();
            waiter.outcome.tooLate(waiter.exchange);
        }
        if (waiter != null) {
            long rest = TimeUnit.NANOSECONDS.toMillis(limit - (now - waiter.sinceNanos)) + 1;
            deadline = thread.executeAfter(this::timeOut, rest, TimeUnit.MILLISECONDS);
        } else {
            occupied = false;
        }
    }
}
