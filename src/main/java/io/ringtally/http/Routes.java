package io.ringtally.http;

import io.ringtally.ring.Admission;
import io.ringtally.ring.AdmissionGate;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.io.IOException;

/**
 * Every path and method there is.
 *
 * <p>Threading: called on I/O threads; nothing here blocks.
 */
final class Routes implements HttpHandler {

    private final AdmissionGate gate;
    private final BodyReader bodies;
    private final UnreadBody unread;
    private final PlainAnswers answers;
    private final BodyEndpoint increment;
    private final BodyEndpoint event;
    private final BodyEndpoint bulk;
    private final BodyEndpoint events;
    private final PartialEvents partial;
    private final GeneratorEndpoint generator;
    private final ReadRoutes reads;
    private final StatusReport status;
    private volatile long lastRequestNanos;

    /** Routes to these endpoints; {@code generator} may be null. */
    Routes(Endpoints endpoints) {
        this.gate = endpoints.gate();
        this.bodies = endpoints.bodies();
        this.unread = endpoints.unread();
        this.answers = new PlainAnswers(unread);
        this.increment = endpoints.increment();
        this.event = endpoints.event();
        this.bulk = endpoints.bulk();
        this.events = endpoints.events();
        this.partial = endpoints.partial();
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
            route(exchange, PlainAnswers.rawPath(exchange), exchange.getRequestMethod());
        } catch (IOException gone) {
            BodyReader.brokenOff(exchange, gone);
        } catch (RuntimeException | Error unexpected) {
            PlainAnswers.defect(exchange, unexpected);
        }
    }

    private void route(HttpServerExchange exchange, String path, HttpString method)
            throws IOException {
        switch (path) {
            case "/increment" -> post(exchange, method, increment);
            case "/api/event" -> post(exchange, method, event);
            case "/api/create_event" -> {
                if (generator != null && method.equals(Methods.GET)) {
                    unread.drop(exchange);
                    generator.handle(exchange);
                } else if (generator == null && PlainAnswers.isRead(method)) {
                    answers.notFound(exchange, path);
                } else {
                    post(exchange, method, event);
                }
            }
            case "/v1/events" -> {
                if (!method.equals(Methods.POST) || !partial.handle(exchange)) {
                    post(exchange, method, events);
                }
            }
            case "/api/event/bulk" -> post(exchange, method, bulk);
            case "/status" -> {
                if (answers.readable(exchange)) {
                    PlainAnswers.status(exchange, status);
                }
            }
            case "/api/q/stats" -> {
                if (answers.readable(exchange)) {
                    JsonBody.sendOnce(exchange, 200, AnswerJson.object(status::writeStats));
                }
            }
            default -> {
                if (!reads.route(exchange, path, answers)) {
                    answers.notFound(exchange, path);
                }
            }
        }
    }

    private void post(HttpServerExchange exchange, HttpString method, BodyEndpoint endpoint)
            throws IOException {
        if (method.equals(Methods.POST)) {
            bodies.read(exchange, endpoint);
        } else {
            boolean alsoGet = endpoint == event && generator != null
                    && PlainAnswers.rawPath(exchange).equals("/api/create_event");
            answers.notAllowed(exchange, alsoGet ? "GET, POST" : "POST");
        }
    }

    /** Monotonic time of the last request seen while draining; 0 if there was none. */
    long lastRequestWhileDrainingNanos() {
        return lastRequestNanos;
    }

    /** What the routes lead to. */
    record Endpoints(AdmissionGate gate, BodyReader bodies, UnreadBody unread,
            BodyEndpoint increment, BodyEndpoint event, BodyEndpoint bulk, BodyEndpoint events,
            PartialEvents partial, GeneratorEndpoint generator, ReadRoutes reads,
            StatusReport status) {
    }
}
