package io.ringtally.http;

import io.ringtally.ring.Admission;
import io.ringtally.ring.AdmissionGate;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every path and method there is.
 *
 * <p>Threading: called on I/O threads; nothing here blocks.
 */
final class Routes implements HttpHandler {

    private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

    private static final String COUNTERS = "/v1/counters/";
    private static final String MESSAGES = "/v1/messages/";

    private final AdmissionGate gate;
    private final BodyReader bodies;
    private final BodyEndpoint increment;
    private final BodyEndpoint event;
    private final BodyEndpoint bulk;
    private final GeneratorEndpoint generator;
    private final ReadEndpoint reads;
    private final StatusReport status;
    private volatile long lastRequestNanos;

    /** Routes to these endpoints; {@code generator} may be null. */
    Routes(Endpoints endpoints) {
        this.gate = endpoints.gate();
        this.bodies = endpoints.bodies();
        this.increment = endpoints.increment();
        this.event = endpoints.event();
        this.bulk = endpoints.bulk();
        this.generator = endpoints.generator();
        this.reads = endpoints.reads();
        this.status = endpoints.status();
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        if (gate.now() == Admission.DRAINING) {
            // tell clients to go elsewhere, and know when they have
            exchange.setPersistent(false);
            lastRequestNanos = System.nanoTime();
        }
        try {
            route(exchange, exchange.getRequestPath(), exchange.getRequestMethod());
        } catch (IOException gone) {
            BodyReader.brokenOff(exchange, gone);
        } catch (RuntimeException | Error unexpected) {
            LOG.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestPath(),
                    unexpected);
            if (exchange.isResponseStarted()) {
                exchange.endExchange();
            } else {
                new Problem(500, "internal", "this is a defect of the service; its log says more")
                        .send(exchange);
            }
        }
    }

    private void route(HttpServerExchange exchange, String path, HttpString method)
            throws IOException {
        switch (path) {
            case "/increment" -> post(exchange, method, increment);
            case "/api/event" -> post(exchange, method, event);
            case "/api/create_event" -> {
                if (generator != null && method.equals(Methods.GET)) {
                    bodies.drop(exchange);
                    generator.handle(exchange);
                } else if (generator == null && isRead(method)) {
                    notFound(exchange, path);
                } else {
                    post(exchange, method, event);
                }
            }
            case "/api/event/bulk" -> post(exchange, method, bulk);
            case "/status" -> {
                if (readable(exchange, method)) {
                    JsonBody.sendOnce(exchange, status.httpStatus(),
                            AnswerJson.object(status::writeStatus));
                }
            }
            case "/api/q/stats" -> {
                if (readable(exchange, method)) {
                    JsonBody.sendOnce(exchange, 200, AnswerJson.object(status::writeStats));
                }
            }
            default -> routeById(exchange, method, rawPath(exchange));
        }
    }

    private void routeById(HttpServerExchange exchange, HttpString method, String path) {
        if (hasId(path, COUNTERS)) {
            if (readable(exchange, method)) {
                reads.counter(exchange, path.substring(COUNTERS.length()));
            }
        } else if (hasId(path, MESSAGES)) {
            if (readable(exchange, method)) {
                reads.message(exchange, path.substring(MESSAGES.length()));
            }
        } else {
            notFound(exchange, path);
        }
    }

    private static boolean hasId(String path, String prefix) {
        return path.startsWith(prefix) && path.length() > prefix.length()
                && path.indexOf('/', prefix.length()) < 0;
    }

    /** The path as it came: Undertow cuts {@code ;parameters} off, but ids may have them. */
    private static String rawPath(HttpServerExchange exchange) {
        String uri = exchange.getRequestURI();
        if (!exchange.isHostIncludedInRequestURI()) {
            return uri;
        }
        int host = uri.indexOf("://");
        int path = host < 0 ? -1 : uri.indexOf('/', host + 3);
        return path < 0 ? "/" : uri.substring(path);
    }

    private void post(HttpServerExchange exchange, HttpString method, BodyEndpoint endpoint)
            throws IOException {
        if (method.equals(Methods.POST)) {
            bodies.read(exchange, endpoint);
        } else {
            boolean alsoGet = endpoint == event && generator != null
                    && exchange.getRequestPath().equals("/api/create_event");
            notAllowed(exchange, method, alsoGet ? "GET, POST" : "POST");
        }
    }

    private static boolean isRead(HttpString method) {
        return method.equals(Methods.GET) || method.equals(Methods.HEAD);
    }

    private boolean readable(HttpServerExchange exchange, HttpString method) {
        if (isRead(method)) {
            bodies.drop(exchange);
            return true;
        }
        notAllowed(exchange, method, "GET, HEAD");
        return false;
    }

    private void notAllowed(HttpServerExchange exchange, HttpString method, String allow) {
        bodies.drop(exchange);
        exchange.getResponseHeaders().put(Headers.ALLOW, allow);
        new Problem(405, "method-not-allowed", method + " is not possible on "
                + exchange.getRequestPath() + "; " + allow + " is").send(exchange);
    }

    private void notFound(HttpServerExchange exchange, String path) {
        bodies.drop(exchange);
        String shown = path.length() > 100 ? path.substring(0, 100) + "..." : path;
        new Problem(404, "no-such-path", "there is nothing at " + shown).send(exchange);
    }

    /** Monotonic time of the last request seen while draining; 0 if there was none. */
    long lastRequestWhileDrainingNanos() {
        return lastRequestNanos;
    }

    /** What the routes lead to. */
    record Endpoints(AdmissionGate gate, BodyReader bodies, BodyEndpoint increment,
            BodyEndpoint event, BodyEndpoint bulk, GeneratorEndpoint generator,
            ReadEndpoint reads, StatusReport status) {
    }
}
