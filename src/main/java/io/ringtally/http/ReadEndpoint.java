package io.ringtally.http;

import io.ringtally.event.Lifecycle;
import io.ringtally.ring.PointReads;
import io.ringtally.tally.CounterSnapshot;
import io.ringtally.tally.Lookup;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * {@code GET /v1/counters/{message_id}} and {@code GET /v1/messages/{message_id}}: point reads,
 * answered by the shard that owns the message after everything acknowledged before; from Postgres
 * where the request says so.
 *
 * <p>Threading: called on the exchange's I/O thread. The answer comes on the shard's thread, which
 * only passes it on to the I/O thread.
 */
final class ReadEndpoint {

    /** Tells of an answer where it comes from: {@code memory} or {@code persisted}. */
    static final HttpString READ = new HttpString("Ringtally-Read");
    static final String MEMORY = "memory";

    private static final Problem ABSENT =
            new Problem(ProblemType.NOT_FOUND, "nothing has been counted under this id");
    private static final Problem NOT_IN_MEMORY = new Problem(ProblemType.NOT_IN_MEMORY,
            "memory does not"
            + " hold all of this; ask with read=persisted");
    private static final int NOT_IN_MEMORY_RETRY_SECONDS = 60;

    private final PointReads reads;
    private final PersistedReads persisted;
    private final WaitingExchange.Patience patience;
    private final Map<String, Lifecycle> lifecycles;

    ReadEndpoint(PointReads reads, PersistedReads persisted, WaitingExchange.Patience patience,
            Map<String, Lifecycle> lifecycles) {
        this.reads = reads;
        this.persisted = persisted;
        this.patience = patience;
        this.lifecycles = lifecycles;
    }

    /** How long reads wait for their shard. */
    static WaitingExchange.Patience patienceOf(OpenExchanges open, long timeoutMillis) {
        return new WaitingExchange.Patience(open, timeoutMillis,
                new Problem(ProblemType.TOO_MANY_READS, "too many reads are waiting for this shard;"
                        + " ask again"),
                new Problem(ProblemType.READ_TIMEOUT, "the shard did not get to this read within "
                        + timeoutMillis + " ms; ask again"));
    }

    /** One counter. {@code rawId} is the path segment as it came. */
    void counter(HttpServerExchange exchange, String rawId) {
        QueryParameters query = new QueryParameters(exchange);
        byte[] message = query.pathMessage(rawId);
        byte[] app = query.app();
        byte[] event = query.eventOrIncrement();
        boolean fromMemory = query.readsMemory();
        if (!query.good()) {
            return;
        }
        if (fromMemory) {
            fromMemory(exchange, answer -> reads.counter(app, message, event, answer),
                    found -> sendCounter(exchange, found.get(0)));
        } else {
            persisted.answer(exchange, reader -> {
                List<CounterSnapshot> found =
                        reader.counters(text(app), text(event), List.of(text(message)));
                return found.isEmpty() ? null : new PersistedReads.OneCounter(found.get(0));
            });
        }
    }

    /** All counters of a message. {@code rawId} is the path segment as it came. */
    void message(HttpServerExchange exchange, String rawId) {
        QueryParameters query = new QueryParameters(exchange);
        byte[] message = query.pathMessage(rawId);
        byte[] app = query.app();
        boolean fromMemory = query.readsMemory();
        if (!query.good()) {
            return;
        }
        if (fromMemory) {
            fromMemory(exchange, answer -> reads.message(app, message, answer),
                    found -> JsonBody.sendOnce(exchange, 200, AnswerJson.object(json ->
                            AnswerJson.writeMessage(json, found, lifecycles))));
        } else {
            persisted.answer(exchange, reader -> {
                List<CounterSnapshot> found = reader.message(text(app), text(message));
                return found.isEmpty() ? null
                        : json -> AnswerJson.writeMessage(json, found, lifecycles);
            });
        }
    }

    private void fromMemory(HttpServerExchange exchange,
            WaitingExchange.Submission<Lookup> question, Consumer<List<CounterSnapshot>> send) {
        WaitingExchange.ask(exchange, patience, question, lookup -> {
            switch (lookup.outcome()) {
                case FOUND -> {
                    exchange.getResponseHeaders().put(READ, MEMORY);
                    send.accept(lookup.counters());
                }
                case ABSENT -> absent(exchange);
                case NOT_IN_MEMORY -> notInMemory(exchange);
                default -> throw new IllegalStateException("unknown " + lookup.outcome());
            }
        });
    }

    /** 304 to a client that has this state already. */
    private static void sendCounter(HttpServerExchange exchange, CounterSnapshot counter) {
        String tag = CounterTag.of(counter);
        exchange.getResponseHeaders().put(Headers.ETAG, tag);
        // who keeps it asks each time whether it still holds
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-cache");
        if (CounterTag.isAmong(exchange.getRequestHeaders().get(Headers.IF_NONE_MATCH), tag)) {
            exchange.setStatusCode(304);
            exchange.endExchange();
            return;
        }
        JsonBody.sendOnce(exchange, 200,
                AnswerJson.object(json -> AnswerJson.writeCounter(json, counter)));
    }

    static void absent(HttpServerExchange exchange) {
        ABSENT.send(exchange);
    }

    static void notInMemory(HttpServerExchange exchange) {
        NOT_IN_MEMORY.sendRetryable(exchange, NOT_IN_MEMORY_RETRY_SECONDS);
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
