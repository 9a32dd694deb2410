package io.ringtally.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every listener says alike: of paths and methods that are not there, and of its own defects.
 *
 * <p>Threading: on the exchange's I/O thread, except {@link #defect}.
 */
final class PlainAnswers {

    private static final Logger LOG = LoggerFactory.getLogger(PlainAnswers.class);

    private final UnreadBody unread;

    PlainAnswers(UnreadBody unread) {
        this.unread = unread;
    }

    /**
     * The path as it came. Undertow cuts {@code ;parameters} off, but ids may have them, and a
     * proxy that guards a path takes one with parameters for another.
     */
    static String rawPath(HttpServerExchange exchange) {
        String uri = exchange.getRequestURI();
        if (!exchange.isHostIncludedInRequestURI()) {
            return uri;
        }
        int host = uri.indexOf("://");
        int path = host < 0 ? -1 : uri.indexOf('/', host + 3);
        return path < 0 ? "/" : uri.substring(path);
    }

    void notAllowed(HttpServerExchange exchange, String allow) {
        unread.drop(exchange);
        exchange.getResponseHeaders().put(Headers.ALLOW, allow);
        new Problem(ProblemType.METHOD_NOT_ALLOWED,
                exchange.getRequestMethod() + " is not possible on "
                + rawPath(exchange) + "; " + allow + " is").send(exchange);
    }

    /** Refuses for good a request whose body nobody has read. */
    void refuse(HttpServerExchange exchange, Problem problem) {
        unread.drop(exchange);
        problem.send(exchange);
    }

    /** Refuses for so many seconds a request whose body nobody has read. */
    void refuse(HttpServerExchange exchange, Problem problem, int retrySeconds) {
        unread.drop(exchange);
        problem.sendRetryable(exchange, retrySeconds);
    }

    void notFound(HttpServerExchange exchange, String path) {
        unread.drop(exchange);
        String shown = path.length() > 100 ? path.substring(0, 100) + "..." : path;
        new Problem(ProblemType.NO_SUCH_PATH, "there is nothing at " + shown).send(exchange);
    }

    /** All there is to tell, to who may see it; to others one word, for a load balancer. */
    static void status(HttpServerExchange exchange, StatusReport status, Guard guard) {
        JsonBody.sendOnce(exchange, status.httpStatus(), AnswerJson.object(
                guard.maySeeAll(exchange) ? status::writeStatus
                        : json -> json.writeStringField("status", status.word())));
    }

    /** The handler has thrown something: a defect of ours. */
    static void defect(HttpServerExchange exchange, Throwable unexpected) {
        LOG.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestPath(),
                unexpected);
        if (exchange.isResponseStarted()) {
            exchange.endExchange();
        } else {
            new Problem(ProblemType.INTERNAL, "this is a defect of the service; its log says more")
                    .send(exchange);
        }
    }
}
