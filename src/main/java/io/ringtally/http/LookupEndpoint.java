package io.ringtally.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringtally.event.EventLimits;
import io.ringtally.event.FieldError;
import io.ringtally.event.LookupJson;
import io.ringtally.ring.PointReads;
import io.ringtally.tally.CounterSnapshot;
import io.ringtally.tally.Lookup;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code POST /v1/counters/lookup} and {@code GET /v1/counters?message_id=a&message_id=b}: one
 * counter of each of several messages, answered like single ones.
 *
 * <p>Threading: called on the exchange's I/O thread. The last shard to answer passes the answer on
 * to it.
 */
final class LookupEndpoint implements BodyEndpoint {

    static final String MESSAGE = "message_id";

    private final PointReads reads;
    private final PersistedReads persisted;
    private final WaitingExchange.Patience patience;
    private final int bodyBytesMax;

    LookupEndpoint(PointReads reads, PersistedReads persisted, WaitingExchange.Patience patience,
            int bodyBytesMax) {
        this.reads = reads;
        this.persisted = persisted;
        this.patience = patience;
        this.bodyBytesMax = bodyBytesMax;
    }

    @Override
    public int bodyBytesMax() {
        return bodyBytesMax;
    }

    @Override
    public void handle(HttpServerExchange exchange, EdgeContext context, byte[] body,
            int length) {
        if (!MediaType.isJson(exchange)) {
            return;
        }
        QueryParameters query = new QueryParameters(exchange);
        boolean fromMemory = query.readsMemory();
        LookupJson asked = new LookupJson();
        List<FieldError> errors = new ArrayList<>();
        if (asked.read(body, length, errors)) {
            query.ofApp(asked.app().getBytes(StandardCharsets.UTF_8));
        } else {
            query.errors().addAll(errors);
        }
        if (query.good()) {
            answer(exchange, fromMemory,
                    new Question(asked.app(), asked.event(), asked.messages()));
        }
    }

    /** The form of a GET. */
    void handle(HttpServerExchange exchange) {
        QueryParameters query = new QueryParameters(exchange);
        boolean fromMemory = query.readsMemory();
        Set<String> messages = new LinkedHashSet<>();
        for (byte[] message : query.all(MESSAGE, LookupJson.MESSAGES_MAX,
                EventLimits.MESSAGE_BYTES_MAX)) {
            messages.add(text(message));
        }
        Question question = new Question(text(query.app()), text(query.eventOrIncrement()),
                messages);
        if (query.good()) {
            answer(exchange, fromMemory, question);
        }
    }

    private void answer(HttpServerExchange exchange, boolean fromMemory, Question question) {
        if (fromMemory) {
            WaitingExchange.<List<Lookup>>ask(exchange, patience,
                    answer -> reads.all(question.targets(), answer),
                    found -> sendFromMemory(exchange, question, found));
        } else {
            persisted.answer(exchange, reader -> {
                List<CounterSnapshot> found = reader.counters(question.app, question.event,
                        question.messages);
                return json -> question.writeAnswer(json, found);
            });
        }
    }

    private static void sendFromMemory(HttpServerExchange exchange, Question question,
            List<Lookup> found) {
        List<CounterSnapshot> counters = new ArrayList<>(found.size());
        for (Lookup one : found) {
            if (one.outcome() == Lookup.Outcome.NOT_IN_MEMORY) {
                ReadEndpoint.notInMemory(exchange);
                return;
            }
            counters.addAll(one.counters());
        }
        exchange.getResponseHeaders().put(ReadEndpoint.READ, ReadEndpoint.MEMORY);
        JsonBody.sendOnce(exchange, 200, AnswerJson.object(json -> {
            json.writeStringField("read", ReadEndpoint.MEMORY);
            question.writeAnswer(json, counters);
        }));
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** Which counters are asked for: messages are different ones, in the order of the request. */
    private record Question(String app, String event, Set<String> messages) {

        List<PointReads.Target> targets() {
            byte[] appBytes = app.getBytes(StandardCharsets.UTF_8);
            byte[] eventBytes = event.getBytes(StandardCharsets.UTF_8);
            List<PointReads.Target> targets = new ArrayList<>(messages.size());
            for (String message : messages) {
                targets.add(new PointReads.Target(appBytes,
                        message.getBytes(StandardCharsets.UTF_8), eventBytes));
            }
            return targets;
        }

        /** Counters in the order asked for, then the messages that have none. */
        void writeAnswer(JsonGenerator json, List<CounterSnapshot> found) throws IOException {
            Map<String, CounterSnapshot> byMessage = new HashMap<>();
            found.forEach(counter -> byMessage.put(counter.messageId(), counter));
            List<CounterSnapshot> counters = new ArrayList<>(found.size());
            List<String> absent = new ArrayList<>();
            for (String message : messages) {
                CounterSnapshot counter = byMessage.get(message);
                if (counter == null) {
                    absent.add(message);
                } else {
                    counters.add(counter);
                }
            }
            AnswerJson.writeCounters(json, counters);
            json.writeArrayFieldStart("absent");
            for (String message : absent) {
                json.writeString(message);
            }
            json.writeEndArray();
        }
    }
}
