package io.ringtally.http;

import io.ringtally.event.FieldError;
import io.ringtally.ring.AdmissionGate;
import io.ringtally.time.Clock;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.xnio.IoUtils;

/**
 * {@code POST /v1/events?mode=partial}: NDJSON of any length, counted while it arrives, each item
 * for itself. Begins an {@link EventStream} for each request.
 *
 * <p>Threading: any I/O thread.
 */
final class PartialEvents {

    private static final String MODE = "mode";

    private final Parts parts;
    private final UnreadBody unread;

    /** What streams need of the service. */
    record Parts(IngestFlow flow, ThreadLocal<EdgeContext> contexts, AdmissionGate gate,
            Clock clock, OpenExchanges open, BodyMemory memory, BodySettings settings,
            long requestTimeoutMillis) {
    }

    PartialEvents(Parts parts) {
        this.parts = parts;
        this.unread = new UnreadBody(parts.requestTimeoutMillis());
    }

    /** What a request says of itself, checked. */
    record Request(AckLevel level, String key, boolean gzip) {
    }

    /** Whether this request has been dealt with here; if not, it is to be taken whole. */
    boolean handle(HttpServerExchange exchange) {
        if (exchange.getQueryString().isEmpty()) {
            return false;
        }
        Deque<String> mode = exchange.getQueryParameters().get(MODE);
        if (mode == null || mode.size() == 1 && mode.getFirst().equals("atomic")) {
            return false;
        }
        List<FieldError> errors = new ArrayList<>();
        if (mode.size() > 1 || !mode.getFirst().equals("partial")) {
            errors.add(new FieldError(MODE, "mode is " + (mode.size() > 1 ? "given more than once"
                    : "neither atomic nor partial")));
        }
        if (EventsEndpoint.isMapped(exchange)) {
            errors.add(new FieldError(EventsEndpoint.MAPPING, "mapping does not go with mode:"
                    + " send at most http.max-bulk-bytes at once, without it"));
        }
        Problem problem = null;
        Request request = new Request(parts.flow.levelOf(exchange, errors),
                IdempotencyKey.of(exchange, errors), BodyReader.isGzip(exchange));
        if (!errors.isEmpty()) {
            problem = new Problem(ProblemType.INVALID_REQUEST, "nothing was counted", errors);
        } else if (MediaType.of(exchange.getRequestHeaders()) != MediaType.NDJSON) {
            problem = MediaType.unsupported(exchange.getRequestHeaders(),
                    "application/x-ndjson, as mode=partial takes nothing else,");
        } else if (!request.gzip && !BodyReader.isPlain(exchange)) {
            problem = BodyReader.unknownCoding(exchange);
        } else if (exchange.getRequestContentLength() > parts.settings.maxStreamBytes()) {
            problem = tooLarge(parts.settings.maxStreamBytes());
        }
        if (problem != null) {
            unread.drop(exchange);
            parts.flow.refuse(exchange, Refusal.invalid(problem, ""));
        } else {
            begin(exchange, request);
        }
        return true;
    }

    static Problem tooLarge(long limit) {
        return new Problem(ProblemType.BODY_TOO_LARGE, "the body has more than " + limit + " bytes,"
                + " which is http.max-stream-bytes; send it in several requests");
    }

    private void begin(HttpServerExchange exchange, Request request) {
        int bytes = EventStream.memory(parts, request);
        if (!parts.memory.grow(0, bytes)) {
            unread.drop(exchange);
            parts.flow.refuse(exchange, new Refusal(parts.memory.problem(), "", 1,
                    Refusal.Scope.SERVICE, false));
            return;
        }
        // its own limit, which knows what is inflated
        exchange.setMaxEntitySize(-1);
        EventStream stream = new EventStream(parts, unread, exchange, request);
        if (HttpContinue.requiresContinueResponse(exchange)) {
            exchange.dispatch(SameThreadExecutor.INSTANCE,
                    () -> HttpContinue.sendContinueResponse(exchange, new IoCallback() {
                        @Override
                        public void onComplete(HttpServerExchange continued, Sender sender) {
                            stream.start();
                        }

                        @Override
                        public void onException(HttpServerExchange broken, Sender sender,
                                IOException failure) {
                            parts.memory.free(bytes);
                            IoUtils.safeClose(broken.getConnection());
                        }
                    }));
        } else {
            exchange.dispatch(SameThreadExecutor.INSTANCE, stream::start);
        }
    }
}
