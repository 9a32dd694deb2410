package io.ringtally.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.util.concurrent.Semaphore;

/**
 * Runs what operators ask for and what may wait, on the admin listener's workers, a few at a time.
 *
 * <p>Threading: asked on the I/O thread; verbs run on workers.
 */
final class OperatorVerbs {

    /** Operators who may wait at once; the listener has more workers. */
    static final int WAITING_MAX = 3;

    private final UnreadBody unread;
    private final Semaphore waiting = new Semaphore(WAITING_MAX);

    OperatorVerbs(UnreadBody unread) {
        this.unread = unread;
    }

    /** What is done, and answers. */
    interface Verb {

        /**
         * Does it.
         *
         * @throws IllegalStateException if it is not possible now; the message says why
         */
        void run(HttpServerExchange exchange) throws InterruptedException;
    }

    /** Runs a verb whose body, if there is one, nobody reads. */
    void bodiless(HttpServerExchange exchange, Verb verb) {
        if (declaresJson(exchange, false)) {
            unread.drop(exchange);
            run(exchange, verb);
        }
    }

    /** Runs a verb; the body has been read or dropped. */
    void run(HttpServerExchange exchange, Verb verb) {
        if (!waiting.tryAcquire()) {
            new Problem(ProblemType.OPERATORS_BUSY, WAITING_MAX + " operators wait for what they"
                    + " asked for already, as many as may; ask again in a second")
                    .sendRetryable(exchange, 1);
            return;
        }
        exchange.dispatch(waits -> {
            try {
                verb.run(waits);
            } catch (IllegalStateException notNow) {
                notNow(waits, notNow);
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
                notNow(waits, new IllegalStateException("the service is stopping", stopping));
            } catch (RuntimeException | Error unexpected) {
                PlainAnswers.defect(waits, unexpected);
            } finally {
                waiting.release();
            }
        });
    }

    static void notNow(HttpServerExchange exchange, IllegalStateException why) {
        new Problem(ProblemType.NOT_NOW, why.getMessage()).sendRetryable(exchange, 1);
    }

    /**
     * Whether a body, if there is one, is said to be JSON, which a form of another page cannot say;
     * if not, the exchange has been answered.
     *
     * @param wanted whether there must be one
     */
    boolean declaresJson(HttpServerExchange exchange, boolean wanted) {
        boolean declared = exchange.getRequestHeaders().contains(Headers.CONTENT_TYPE);
        if (declared ? MediaType.of(exchange.getRequestHeaders()) == MediaType.JSON : !wanted) {
            return true;
        }
        unread.drop(exchange);
        MediaType.unsupported(exchange.getRequestHeaders(), "application/json").send(exchange);
        return false;
    }
}
