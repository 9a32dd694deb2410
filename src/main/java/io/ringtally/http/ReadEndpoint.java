package io.ringtally.http;

import io.ringtally.event.EventLimits;
import io.ringtally.event.FieldError;
import io.ringtally.event.PercentDecoder;
import io.ringtally.ring.Admission;
import io.ringtally.ring.AdmissionGate;
import io.ringtally.ring.PointReads;
import io.ringtally.tally.Lookup;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.xnio.XnioExecutor;

/**
 * {@code GET /v1/counters/{message_id}} and {@code GET /v1/messages/{message_id}}: point reads,
 * answered by the shard that owns the message after everything acknowledged before.
 *
 * <p>Threading: called on the exchange's I/O thread. The answer comes on the shard's thread, which
 * only passes it on to the I/O thread; one compare-and-set decides between it and the deadline.
 */
final class ReadEndpoint {

    private static final byte[] INCREMENT = {'i', 'n', 'c', 'r', 'e', 'm', 'e', 'n', 't'};

    private final PointReads reads;
    private final AdmissionGate gate;
    private final OpenExchanges open;
    private final long timeoutMillis;

    ReadEndpoint(PointReads reads, AdmissionGate gate, OpenExchanges open, long timeoutMillis) {
        this.reads = reads;
        this.gate = gate;
        this.open = open;
        this.timeoutMillis = timeoutMillis;
    }

    /** One counter. {@code rawId} is the path segment as it came. */
    void counter(HttpServerExchange exchange, String rawId) {
        Question asked = new Question(exchange, rawId);
        byte[] event = asked.query("event", EventLimits.EVENT_BYTES_MAX);
        byte[] name = event == null || event.length == 0 ? INCREMENT : event;
        ask(asked, answer -> reads.counter(asked.app, asked.message, name, answer),
                found -> AnswerJson.counter(found.counters().get(0)));
    }

    /** All counters of a message. {@code rawId} is the path segment as it came. */
    void message(HttpServerExchange exchange, String rawId) {
        Question asked = new Question(exchange, rawId);
        ask(asked, answer -> reads.message(asked.app, asked.message, answer),
                found -> AnswerJson.message(found.counters()));
    }

    private void ask(Question asked, Submission submission, Rendering rendering) {
        HttpServerExchange exchange = asked.exchange;
        if (!asked.errors.isEmpty()) {
            new Problem(400, "invalid-request", "the request cannot be answered",
                    asked.errors).send(exchange);
            return;
        }
        if (gate.phase() == Admission.STARTING) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, 1);
            new Problem(503, "starting", "counters are being read back, ask again in a second")
                    .send(exchange);
            return;
        }
        exchange.dispatch(SameThreadExecutor.INSTANCE,
                () -> new WaitingRead(exchange, rendering).submit(submission));
    }

    /** Queues the question with its shard; false when too many wait. */
    private interface Submission {

        boolean submit(Consumer<Lookup> answer);
    }

    /** Makes the body of a 200. */
    private interface Rendering {

        byte[] render(Lookup found);
    }

    /** The parts of a read request, decoded and checked. */
    private static final class Question {

        private final HttpServerExchange exchange;
        private final PercentDecoder decoder = new PercentDecoder();
        private final List<FieldError> errors = new ArrayList<>();
        private final byte[] message;
        private final byte[] app;

        Question(HttpServerExchange exchange, String rawId) {
            this.exchange = exchange;
            this.message = checked("message_id", decoder.decodeSegment(rawId),
                    EventLimits.MESSAGE_BYTES_MAX);
            byte[] given = query("app_id", EventLimits.APP_BYTES_MAX);
            this.app = given == null ? new byte[0] : given;
        }

        byte[] query(String name, int bytesMax) {
            Deque<String> values = exchange.getQueryParameters().get(name);
            if (values == null) {
                return null;
            }
            if (values.size() > 1) {
                errors.add(new FieldError(name, name + " is given " + values.size()
                        + " times; give it once"));
                return null;
            }
            return checked(name, decoder.decodeQuery(values.getFirst()), bytesMax);
        }

        private byte[] checked(String name, boolean decoded, int bytesMax) {
            if (!decoded) {
                errors.add(decoder.error(name));
                return new byte[0];
            }
            if (decoder.length() > bytesMax) {
                errors.add(new FieldError(name, name + " has " + decoder.length()
                        + " bytes of UTF-8, the limit is " + bytesMax));
                return new byte[0];
            }
            return Arrays.copyOfRange(decoder.bytes(), decoder.offset(),
                    decoder.offset() + decoder.length());
        }
    }

    /** A read between its question and its answer. */
    private final class WaitingRead {

        private final HttpServerExchange exchange;
        private final Rendering rendering;
        private final AtomicBoolean decided = new AtomicBoolean();
        private XnioExecutor.Key deadline;

        WaitingRead(HttpServerExchange exchange, Rendering rendering) {
            this.exchange = exchange;
            this.rendering = rendering;
        }

        void submit(Submission submission) {
            open.enter();
            deadline = exchange.getIoThread().executeAfter(this::tooLate, timeoutMillis,
                    TimeUnit.MILLISECONDS);
            if (!submission.submit(this::answered) && decided.compareAndSet(false, true)) {
                deadline.remove();
                open.leave();
                unavailable("too-many-reads", "too many reads are waiting for this shard");
            }
        }

        /** On the shard's thread. */
        private void answered(Lookup lookup) {
            if (decided.compareAndSet(false, true)) {
                try {
                    exchange.getIoThread().execute(() -> {
                        deadline.remove();
                        open.leave();
                        send(lookup);
                    });
                } catch (RejectedExecutionException down) {
                    // the I/O threads have stopped: the connection is closed already
                    open.leave();
                }
            }
        }

        private void tooLate() {
            if (decided.compareAndSet(false, true)) {
                open.leave();
                unavailable("read-timeout", "the shard did not get to this read within "
                        + timeoutMillis + " ms");
            }
        }

        private void unavailable(String code, String detail) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, 1);
            new Problem(503, code, detail + "; ask again").send(exchange);
        }

        private void send(Lookup lookup) {
            switch (lookup.outcome()) {
                case FOUND -> JsonBody.sendOnce(exchange, 200, rendering.render(lookup));
                case ABSENT -> new Problem(404, "not-found",
                        "nothing has been counted under this id").send(exchange);
                case NOT_IN_MEMORY -> {
                    exchange.getResponseHeaders().put(Headers.RETRY_AFTER, 60);
                    new Problem(503, "not-in-memory", "memory does not hold all of this;"
                            + " query the view ringtally.counters in Postgres").send(exchange);
                }
                default -> throw new IllegalStateException("unknown " + lookup.outcome());
            }
        }
    }
}
