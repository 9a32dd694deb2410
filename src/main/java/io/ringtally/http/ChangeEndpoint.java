package io.ringtally.http;

import io.ringtally.event.Change;
import io.ringtally.event.Change.Condition;
import io.ringtally.event.Change.Kind;
import io.ringtally.event.FieldError;
import io.ringtally.event.TotalJson;
import io.ringtally.persist.ChangeQueue;
import io.ringtally.persist.ChangeResult;
import io.ringtally.persist.PendingChange;
import io.ringtally.ring.Admission;
import io.ringtally.ring.AdmissionGate;
import io.ringtally.time.Clock;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * {@code PUT} and {@code DELETE /v1/counters/{message_id}}, {@code DELETE
 * /v1/messages/{message_id}}: decided on the rows in Postgres and answered after that commit.
 *
 * <p>Threading: called on the exchange's I/O thread. The answer comes on the flusher's thread,
 * which only passes it on to the I/O thread.
 */
final class ChangeEndpoint {

    private static final int BODY_BYTES_MAX = 1 << 12;
    private static final String NO_KEY = "anonymous";

    private final Parts parts;
    private final WaitingExchange.Patience patience;

    /**
     * What it works with.
     *
     * @param flow refuses what the service's state does not allow
     * @param changes takes what is asked
     * @param timeoutMillis longest wait for the commit
     */
    record Parts(Guard guard, AdmissionGate gate, IngestFlow flow, BodyReader bodies,
            ChangeQueue changes, Clock clock, OpenExchanges open, long timeoutMillis) {
    }

    ChangeEndpoint(Parts parts) {
        this.parts = parts;
        this.patience = new WaitingExchange.Patience(parts.open, parts.timeoutMillis,
                new Problem(ProblemType.TOO_MANY_CHANGES, ChangeQueue.WAITING_MAX + " changes of"
                        + " counters wait for Postgres; nothing was changed, ask again"),
                new Problem(ProblemType.OUTCOME_UNKNOWN, "the change is in the log and will be"
                        + " decided, but that was not done within ack.timeout: read the counter"
                        + " with read=persisted before you ask again"));
    }

    /** Sets a counter. {@code rawId} is the path segment as it came. */
    void set(HttpServerExchange exchange, String rawId) throws IOException {
        parts.bodies.read(exchange, new BodyEndpoint() {

            @Override
            public int bodyBytesMax() {
                return BODY_BYTES_MAX;
            }

            @Override
            public void handle(HttpServerExchange read, EdgeContext context, byte[] body,
                    int length) {
                set(read, rawId, body, length);
            }
        });
    }

    private void set(HttpServerExchange exchange, String rawId, byte[] body, int length) {
        if (!MediaType.isJson(exchange)) {
            return;
        }
        TotalJson asked = new TotalJson();
        List<FieldError> errors = new ArrayList<>();
        asked.read(body, length, errors);
        Request request = new Request(exchange, rawId, errors);
        byte[] event = request.query.eventOrIncrement();
        if (request.good()) {
            submit(exchange, request.change(Kind.SET, text(event), asked.total()));
        }
    }

    /** Removes a counter. {@code rawId} is the path segment as it came. */
    void remove(HttpServerExchange exchange, String rawId) {
        Request request = new Request(exchange, rawId, List.of());
        byte[] event = request.query.eventOrIncrement();
        if (request.good()) {
            submit(exchange, request.change(Kind.REMOVE, text(event), 0));
        }
    }

    /** Removes all counters of a message. {@code rawId} is the path segment as it came. */
    void removeMessage(HttpServerExchange exchange, String rawId) {
        Request request = new Request(exchange, rawId, List.of());
        if (request.condition == Condition.MATCHES) {
            request.query.errors().add(new FieldError("If-Match", "If-Match names a tag, and only"
                    + " single counters have one: send If-Match: * or none"));
        }
        if (request.good()) {
            submit(exchange, request.change(Kind.REMOVE_MESSAGE, "", 0));
        }
    }

    private void submit(HttpServerExchange exchange, Change change) {
        Admission now = parts.gate.now();
        if (now != Admission.ACCEPTED && now != Admission.STORE_FULL) {
            parts.flow.refuse(exchange, parts.flow.refusalBy(now));
            return;
        }
        if (change == null) {
            failed(exchange, null);
            return;
        }
        WaitingExchange.ask(exchange, patience, new Submitted(change),
                result -> answer(exchange, result));
    }

    /** The change once it is queued: as long as it is not in the log it can be taken back. */
    private final class Submitted implements WaitingExchange.Submission<ChangeResult> {

        private final Change change;
        private volatile PendingChange pending;

        Submitted(Change change) {
            this.change = change;
        }

        @Override
        public boolean submit(Consumer<ChangeResult> answer) {
            pending = new PendingChange(change, answer);
            return parts.changes.submit(pending);
        }

        @Override
        public Problem late(Problem usual) {
            return pending.withdraw() ? new Problem(ProblemType.NOT_CHANGED, "Postgres did not get"
                    + " to this change within ack.timeout; it was taken back, nothing was changed,"
                    + " ask again") : usual;
        }
    }

    private static void answer(HttpServerExchange exchange, ChangeResult result) {
        switch (result.outcome()) {
            case MADE, DONE -> {
                if (result.after() == null) {
                    JsonBody.sendOnce(exchange, 200, AnswerJson.object(json ->
                            AnswerJson.writeCounters(json, "removed", result.before())));
                } else {
                    exchange.getResponseHeaders().put(Headers.ETAG,
                            CounterTag.of(result.after()));
                    boolean made = result.outcome() == ChangeResult.Outcome.MADE;
                    JsonBody.sendOnce(exchange, made ? 201 : 200, AnswerJson.object(json ->
                            AnswerJson.writeCounter(json, result.after())));
                }
            }
            case NOTHING_THERE -> ReadEndpoint.absent(exchange);
            case CONDITION_FAILED -> failed(exchange, result);
            case REFUSED -> new Problem(ProblemType.REFUSED_BY_POSTGRES, "Postgres does not take"
                    + " this for its data; nothing was changed, and the service's log has its"
                    + " words").send(exchange);
            default -> throw new IllegalStateException("unknown " + result.outcome());
        }
    }

    /** Says what the counter's tag is, where it is there. */
    private static void failed(HttpServerExchange exchange, ChangeResult result) {
        if (result != null && result.after() != null) {
            exchange.getResponseHeaders().put(Headers.ETAG, CounterTag.of(result.after()));
        }
        new Problem(ProblemType.CONDITION_FAILED, "what is counted is not in the state that the"
                + " request asks for; nothing was changed: read it, and decide again")
                .send(exchange);
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** The parts that all changes have. */
    private final class Request {

        private final HttpServerExchange exchange;
        private final QueryParameters query;
        private final byte[] message;
        private final byte[] app;
        private Condition condition = Condition.NONE;
        /** A tag that no counter has. */
        private boolean hopeless;
        private Change.State expected;

        Request(HttpServerExchange exchange, String rawId, List<FieldError> errors) {
            this.exchange = exchange;
            query = new QueryParameters(exchange);
            query.errors().addAll(errors);
            message = query.pathMessage(rawId);
            app = query.app();
            readConditions(exchange.getRequestHeaders().get(Headers.IF_MATCH),
                    exchange.getRequestHeaders().get(Headers.IF_NONE_MATCH));
        }

        private void readConditions(HeaderValues match, HeaderValues noneMatch) {
            if (match != null && noneMatch != null) {
                query.errors().add(new FieldError("If-None-Match",
                        "If-Match and If-None-Match are both there: send one"));
            } else if (noneMatch != null) {
                condition = Condition.ABSENT;
                if (noneMatch.size() != 1 || !noneMatch.getFirst().strip().equals("*")) {
                    query.errors().add(new FieldError("If-None-Match", "If-None-Match is not *:"
                            + " to change a counter in a known state send If-Match"));
                }
            } else if (match != null) {
                String only = match.getFirst().strip();
                if (match.size() != 1 || only.indexOf(',') >= 0) {
                    query.errors().add(new FieldError("If-Match",
                            "If-Match has more than one tag: send one, or *"));
                    return;
                }
                condition = only.equals("*") ? Condition.EXISTS : Condition.MATCHES;
                expected = condition == Condition.MATCHES ? CounterTag.stateOf(only) : null;
                hopeless = condition == Condition.MATCHES && expected == null;
            }
        }

        boolean good() {
            return query.good();
        }

        /** The change; null if its condition can never hold. */
        Change change(Kind kind, String event, long total) {
            return hopeless ? null : new Change(kind, text(app), text(message), event, total,
                    condition, expected, parts.guard.nameOf(exchange, NO_KEY),
                    parts.clock.epochMicros());
        }
    }
}
