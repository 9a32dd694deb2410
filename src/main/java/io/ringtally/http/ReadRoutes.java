package io.ringtally.http;

import io.ringtally.ring.AdmissionGate;
import io.undertow.server.HttpServerExchange;

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

    private static final Problem STARTING = new Problem(ProblemType.STARTING,
            "counters are being read back, ask again in a second");

    private final AdmissionGate gate;
    private final BodyReader bodies;
    private final PlainAnswers answers;
    private final ReadEndpoint points;
    private final LookupEndpoint lookups;
    private final ListEndpoint lists;
    private final StuckEndpoint stuck;
    private final SseEndpoint streams;

    ReadRoutes(AdmissionGate gate, BodyReader bodies, PlainAnswers answers, ReadEndpoint points,
            LookupEndpoint lookups, ListEndpoint lists, StuckEndpoint stuck,
            SseEndpoint streams) {
        this.answers = answers;
        this.gate = gate;
        this.bodies = bodies;
        this.points = points;
        this.lookups = lookups;
        this.lists = lists;
        this.stuck = stuck;
        this.streams = streams;
    }

    /** Adds them. App ids are checked by {@link QueryParameters#good}, which all of them ask. */
    void addTo(RouteTable table) {
        table.get(COUNTERS, Access.READ_OF_APP, ready((exchange, id) -> severalOrList(exchange)))
                .get(MESSAGES, Access.READ_OF_APP, ready((exchange, id) -> stuck.handle(exchange)))
                // a GET reads the counter that is named so
                .post(LOOKUP, Access.READ_OF_APP, ready((exchange, id) ->
                        bodies.read(exchange, lookups)))
                .getOnly(COUNTERS + "/{id}/stream", Access.READ_OF_APP, ready(
                        (exchange, id) -> streams.counter(exchange, id)))
                .getOnly(MESSAGES + "/{id}/stream", Access.READ_OF_APP, ready(
                        (exchange, id) -> streams.message(exchange, id)))
                .get(COUNTERS + "/{id}", Access.READ_OF_APP, ready(
                        (exchange, id) -> points.counter(exchange, id)))
                .get(MESSAGES + "/{id}", Access.READ_OF_APP, ready(
                        (exchange, id) -> points.message(exchange, id)));
    }

    private void severalOrList(HttpServerExchange exchange) {
        if (exchange.getQueryParameters().containsKey(LookupEndpoint.MESSAGE)) {
            lookups.handle(exchange);
        } else {
            lists.handle(exchange);
        }
    }

    /** Answers once there is something to read. */
    private RouteTable.Answer ready(RouteTable.Answer answer) {
        return (exchange, id) -> {
            if (!gate.hasOpened()) {
                answers.refuse(exchange, STARTING, 1);
            } else {
                answer.to(exchange, id);
            }
        };
    }
}
