package io.ringtally.http;

import io.ringtally.ring.PointReads;
import io.ringtally.tally.Lookup;
import io.undertow.server.HttpServerExchange;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * {@code GET /v1/counters/{message_id}} and {@code GET /v1/messages/{message_id}}: point reads,
 * answered by the shard that owns the message after everything acknowledged before.
 *
 * <p>Threading: called on the exchange's I/O thread. The answer comes on the shard's thread, which
 * only passes it on to the I/O thread.
 */
final class ReadEndpoint {

    static final Problem ABSENT =
            new Problem(404, "not-found", "nothing has been counted under this id");

    private static final Problem NOT_IN_MEMORY = new Problem(503, "not-in-memory", "memory does not"
            + " hold all of this; query the view ringtally.counters in Postgres");
    private static final int NOT_IN_MEMORY_RETRY_SECONDS = 60;

    private final PointReads reads;
    private final WaitingExchange.Patience patience;

    ReadEndpoint(PointReads reads, OpenExchanges open, long timeoutMillis) {
        this.reads = reads;
        this.patience = patienceOf(open, timeoutMillis);
    }

    /** How long reads wait for their shard. */
    static WaitingExchange.Patience patienceOf(OpenExchanges open, long timeoutMillis) {
        return new WaitingExchange.Patience(open, timeoutMillis,
                new Problem(503, "too-many-reads", "too many reads are waiting for this shard;"
                        + " ask again"),
                new Problem(503, "read-timeout", "the shard did not get to this read within "
                        + timeoutMillis + " ms; ask again"));
    }

    /** One counter. {@code rawId} is the path segment as it came. */
    void counter(HttpServerExchange exchange, String rawId) {
        QueryParameters query = new QueryParameters(exchange);
        byte[] message = query.pathMessage(rawId);
        byte[] app = query.app();
        byte[] event = query.eventOrIncrement();
        if (query.good()) {
            WaitingExchange.<Lookup>ask(exchange, patience,
                    answer -> reads.counter(app, message, event, answer),
                    found -> send(exchange, found, json ->
                            AnswerJson.writeCounter(json, found.counters().get(0))));
        }
    }

    /** All counters of a message. {@code rawId} is the path segment as it came. */
    void message(HttpServerExchange exchange, String rawId) {
        QueryParameters query = new QueryParameters(exchange);
        byte[] message = query.pathMessage(rawId);
        byte[] app = query.app();
        if (query.good()) {
            WaitingExchange.<Lookup>ask(exchange, patience,
                    answer -> reads.message(app, message, answer),
                    found -> send(exchange, found, json ->
                            AnswerJson.writeMessage(json, found.counters())));
        }
    }

    private static void send(HttpServerExchange exchange, Lookup found,
            AnswerJson.Fields fields) {
        switch (found.outcome()) {
            case FOUND -> JsonBody.sendOnce(exchange, 200, AnswerJson.object(fields));
            case ABSENT -> ABSENT.send(exchange);
            case NOT_IN_MEMORY ->
                    NOT_IN_MEMORY.sendRetryable(exchange, NOT_IN_MEMORY_RETRY_SECONDS);
            default -> throw new IllegalStateException("unknown " + found.outcome());
        }
    }
}
