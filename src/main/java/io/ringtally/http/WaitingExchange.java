package io.ringtally.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.xnio.XnioExecutor;

/**
 * An exchange between its question to another thread and the answer, which is sent on the I/O
 * thread again.
 *
 * <p>Threading: made and asked on the exchange's I/O thread; the answer may come on any thread, and
 * one compare-and-set decides between it and the deadline.
 *
 * @param <T> what the other thread answers with
 */
final class WaitingExchange<T> {

    private final HttpServerExchange exchange;
    private final Patience patience;
    private final Consumer<T> send;
    private final AtomicBoolean decided = new AtomicBoolean();
    private XnioExecutor.Key deadline;

    /**
     * How long questions of one kind wait, and what is said when it was too long.
     *
     * @param timeoutMillis longest wait, milliseconds
     * @param refused the 503 where too many wait already
     * @param late what is said when the time is up, unless the question knows better
     */
    record Patience(OpenExchanges open, long timeoutMillis, Problem refused, Problem late) {
    }

    /** Hands a question over; false when too many wait. */
    interface Submission<T> {

        boolean submit(Consumer<T> answer);

        /**
         * The time is up: what is said.
         *
         * @param usual what is said of all questions of this kind
         */
        default Problem late(Problem usual) {
            return usual;
        }
    }

    private WaitingExchange(HttpServerExchange exchange, Patience patience, Consumer<T> send) {
        this.exchange = exchange;
        this.patience = patience;
        this.send = send;
    }

    /** Asks, and sends the answer when it comes: {@code send} is called on the I/O thread. */
    static <T> void ask(HttpServerExchange exchange, Patience patience, Submission<T> question,
            Consumer<T> send) {
        exchange.dispatch(SameThreadExecutor.INSTANCE,
                () -> new WaitingExchange<>(exchange, patience, send).submit(question));
    }

    private void submit(Submission<T> question) {
        patience.open.enter();
        deadline = exchange.getIoThread().executeAfter(() -> tooLate(question),
                patience.timeoutMillis, TimeUnit.MILLISECONDS);
        if (!question.submit(this::answered) && decided.compareAndSet(false, true)) {
            deadline.remove();
            patience.open.leave();
            patience.refused.sendRetryable(exchange, 1);
        }
    }

    /** On the thread that answers. */
    private void answered(T answer) {
        if (decided.compareAndSet(false, true)) {
            try {
                exchange.getIoThread().execute(() -> {
                    deadline.remove();
                    patience.open.leave();
                    sendSafely(answer);
                });
            } catch (RejectedExecutionException down) {
                // the I/O threads have stopped: the connection is closed already
                patience.open.leave();
            }
        }
    }

    private void sendSafely(T answer) {
        try {
            send.accept(answer);
        } catch (RuntimeException | Error unexpected) {
            PlainAnswers.defect(exchange, unexpected);
        }
    }

    private void tooLate(Submission<T> question) {
        if (decided.compareAndSet(false, true)) {
            patience.open.leave();
            question.late(patience.late).sendRetryable(exchange, 1);
        }
    }
}
