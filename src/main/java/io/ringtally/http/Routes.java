package io.ringtally.http;

import io.ringtally.ring.Admission;
import io.ringtally.ring.AdmissionGate;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;

/**
 * Every path and method there is, and who may use them.
 *
 * <p>Threading: called on I/O threads; nothing here blocks.
 */
final class Routes implements HttpHandler {

    private final AdmissionGate gate;
    private final RouteTable table;
    private volatile long lastRequestNanos;

    /** Routes to these endpoints; {@code generator} may be null. */
    Routes(Endpoints endpoints) {
        this.gate = endpoints.gate;
        this.table = tableOf(endpoints);
    }

    /** The table. Whoever adds a route says what it asks of its caller. */
    static RouteTable tableOf(Endpoints to) {
        RouteTable table = new RouteTable(to.guard, to.unread);
        BodyReader bodies = to.bodies;
        if (to.generator != null) {
            // no HEAD, which must not count anything
            table.getOnly("/api/create_event", Access.WRITE, (exchange, id) ->
                    to.generator.handle(exchange));
        } else {
            table.absent("/api/create_event");
        }
        table.post("/increment", Access.WRITE, (exchange, id) ->
                        bodies.read(exchange, to.increment))
                .post("/api/event", Access.WRITE, (exchange, id) ->
                        bodies.read(exchange, to.event))
                .post("/api/create_event", Access.WRITE, (exchange, id) ->
                        bodies.read(exchange, to.event))
                .post("/api/event/bulk", Access.WRITE, (exchange, id) ->
                        bodies.read(exchange, to.bulk))
                .post("/v1/events", Access.WRITE, (exchange, id) -> {
                    if (!to.partial.handle(exchange)) {
                        bodies.read(exchange, to.events);
                    }
                })
                .get("/status", Access.ANYONE, (exchange, id) ->
                        PlainAnswers.status(exchange, to.status, to.guard))
                .get("/api/q/stats", Access.READ, (exchange, id) ->
                        JsonBody.sendOnce(exchange, 200,
                                AnswerJson.object(to.status::writeStats)));
        to.reads.addTo(table);
        table.put("/v1/counters/{id}", Access.ADMIN_OF_APP, (exchange, id) ->
                        to.changes.set(exchange, id))
                .delete("/v1/counters/{id}", Access.ADMIN_OF_APP, (exchange, id) ->
                        to.changes.remove(exchange, id))
                .delete("/v1/messages/{id}", Access.ADMIN_OF_APP, (exchange, id) ->
                        to.changes.removeMessage(exchange, id));
        Documents.addTo(table, to.unread);
        return table;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        if (gate.now() == Admission.DRAINING) {
            // tell clients to go elsewhere, and know when they have
            exchange.setPersistent(false);
            lastRequestNanos = System.nanoTime();
        }
        try {
            table.handle(exchange);
        } catch (IOException gone) {
            BodyReader.brokenOff(exchange, gone);
        } catch (RuntimeException | Error unexpected) {
            PlainAnswers.defect(exchange, unexpected);
        }
    }

    /** Monotonic time of the last request seen while draining; 0 if there was none. */
    long lastRequestWhileDrainingNanos() {
        return lastRequestNanos;
    }

    /** What the routes lead to, and who lets callers in. */
    record Endpoints(AdmissionGate gate, Guard guard, BodyReader bodies, UnreadBody unread,
            BodyEndpoint increment, BodyEndpoint event, BodyEndpoint bulk, BodyEndpoint events,
            PartialEvents partial, GeneratorEndpoint generator, ReadRoutes reads,
            ChangeEndpoint changes, StatusReport status) {
    }
}
