package io.ringtally.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/**
 * Gets rid of a body that nobody reads.
 *
 * <p>Threading: on the exchange's I/O thread.
 */
final class UnreadBody {

    private final long requestTimeoutMillis;

    UnreadBody(long requestTimeoutMillis) {
        this.requestTimeoutMillis = requestTimeoutMillis;
    }

    /**
     * To be called before a request is answered whose body nobody reads. The client gets its answer
     * at once, and what it still sends is read and dropped: else one that reads only after it has
     * sent everything would find a broken connection and no answer. It has as long for that as for
     * any body, and Undertow drops no more than the largest entity.
     */
    void drop(HttpServerExchange exchange) {
        if (exchange.isRequestComplete()) {
            return;
        }
        if (HttpContinue.requiresContinueResponse(exchange)) {
            exchange.setPersistent(false); // it was not told to send, so nothing is dropped
            return;
        }
        XnioExecutor.Key deadline = exchange.getIoThread().executeAfter(
                () -> IoUtils.safeClose(exchange.getConnection()), requestTimeoutMillis,
                TimeUnit.MILLISECONDS);
        boolean persistent = exchange.isPersistent();
        exchange.addDefaultResponseListener(answered -> {
            // Undertow drops bodies of persistent connections only; the headers are out already
            if (answered.isResponseStarted()) {
                answered.setPersistent(true);
            }
            return false;
        });
        exchange.addExchangeCompleteListener((complete, next) -> {
            deadline.remove();
            complete.setPersistent(persistent);
            next.proceed();
        });
    }
}
