package io.ringtally.http;

import io.ringtally.ring.Admission;
import io.ringtally.ring.AdmissionGate;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Methods;
import java.io.IOException;

/**
 * The paths that read counters and messages.
 *
 * <p>Threading: called on I/O threads; nothing here blocks.
 */
final class ReadRoutes {

    private static final String COUNTERS = "/v1/counters";
    private static final String MESSAGES = "/v1/messages";

    /** Also the path of a counter's GET. */
    private static final String LOOKUP = COUNTERS + "/lookup";

    private static final String STREAM = "/stream";

    private static final Problem STARTING = new Problem(503, "starting",
            "counters are being read back, ask again in a second");

    private final AdmissionGate gate;
    private final BodyReader bodies;
    private final ReadEndpoint points;
    private final LookupEndpoint lookups;
    private final ListEndpoint lists;
    private final StuckEndpoint stuck;
    private final SseEndpoint streams;

    ReadRoutes(AdmissionGate gate, BodyReader bodies, ReadEndpoint points,
            LookupEndpoint lookups, ListEndpoint lists, StuckEndpoint stuck,
            SseEndpoint streams) {
        this.gate = gate;
        this.bodies = bodies;
        this.points = points;
        this.lookups = lookups;
        this.lists = lists;
        this.stuck = stuck;
        this.streams = streams;
    }

    /**
     * Answers a request.
     *
     * @param path as it came: ids are not decoded
     * @return false if there is nothing at this path
     */
    boolean route(HttpServerExchange exchange, String path, PlainAnswers answers)
            throws IOException {
        if (path.equals(COUNTERS)) {
            if (readable(exchange, answers)) {
                severalOrList(exchange);
            }
            return true;
        }
        if (path.equals(MESSAGES)) {
            if (readable(exchange, answers)) {
                stuck.handle(exchange);
            }
            return true;
        }
        if (path.equals(LOOKUP) && !PlainAnswers.isRead(exchange.getRequestMethod())) {
            lookup(exchange, answers);
            return true;
        }
        if (path.endsWith(STREAM)
                && stream(exchange, path.substring(0, path.length() - STREAM.length()), answers)) {
            return true;
        }
        String counter = idBelow(COUNTERS, path);
        String message = idBelow(MESSAGES, path);
        if (counter == null && message == null) {
            return false;
        }
        if (readable(exchange, answers)) {
            if (counter != null) {
                points.counter(exchange, counter);
            } else {
                points.message(exchange, message);
            }
        }
        return true;
    }

    private boolean stream(HttpServerExchange exchange, String path, PlainAnswers answers) {
        String counter = idBelow(COUNTERS, path);
        String message = idBelow(MESSAGES, path);
        if (counter == null && message == null) {
            return false;
        }
        if (!exchange.getRequestMethod().equals(Methods.GET)) {
            answers.notAllowed(exchange, "GET");
        } else if (readable(exchange, answers)) {
            if (counter != null) {
                streams.counter(exchange, counter);
            } else {
                streams.message(exchange, message);
            }
        }
        return true;
    }

    private void severalOrList(HttpServerExchange exchange) {
        if (exchange.getQueryParameters().containsKey(LookupEndpoint.MESSAGE)) {
            lookups.handle(exchange);
        } else {
            lists.handle(exchange);
        }
    }

    private void lookup(HttpServerExchange exchange, PlainAnswers answers) throws IOException {
        if (!exchange.getRequestMethod().equals(Methods.POST)) {
            // a GET reads the counter that is named so
            answers.notAllowed(exchange, "GET, HEAD, POST");
        } else if (isReady(exchange, answers)) {
            bodies.read(exchange, lookups);
        }
    }

    private boolean readable(HttpServerExchange exchange, PlainAnswers answers) {
        return answers.readable(exchange) && isReady(exchange, answers);
    }

    /** Whether there is something to read; if not, the exchange has been answered. */
    private boolean isReady(HttpServerExchange exchange, PlainAnswers answers) {
        if (gate.phase() == Admission.STARTING) {
            answers.refuse(exchange, STARTING, 1);
            return false;
        }
        return true;
    }

    /** The last segment of a path of one more than these, or null if it is not one. */
    private static String idBelow(String parent, String path) {
        int start = parent.length() + 1;
        return path.startsWith(parent) && path.length() > start && path.charAt(start - 1) == '/'
                && path.indexOf('/', start) < 0 ? path.substring(start) : null;
    }
}
