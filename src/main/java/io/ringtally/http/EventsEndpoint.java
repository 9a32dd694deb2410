package io.ringtally.http;

import io.ringtally.event.EventBatch;
import io.ringtally.event.FieldError;
import io.ringtally.event.Mapping;
import io.ringtally.time.Clock;
import io.undertow.server.HttpServerExchange;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.Map;

/**
 * {@code POST /v1/events}: one event, an array of them, NDJSON, or CloudEvents 1.0; with
 * {@code ?mapping=} records of another make. All or none.
 *
 * <p>Threading: any I/O thread; the state is in the thread's {@link EdgeContext}.
 */
final class EventsEndpoint implements BodyEndpoint {

    static final String MAPPING = "mapping";

    private static final String TAKEN = "application/json, application/x-ndjson,"
            + " application/cloudevents+json or application/cloudevents-batch+json, or any type"
            + " with ce- headers";
    private static final String MAPPED = "application/json or application/x-ndjson with mapping";

    private final IngestFlow flow;
    private final Clock clock;
    private final int bodyBytesMax;
    private final Map<String, Mapping> mappings;

    EventsEndpoint(IngestFlow flow, Clock clock, int bodyBytesMax,
            Map<String, Mapping> mappings) {
        this.flow = flow;
        this.clock = clock;
        this.bodyBytesMax = bodyBytesMax;
        this.mappings = mappings;
    }

    @Override
    public int bodyBytesMax() {
        return bodyBytesMax;
    }

    @Override
    public void handle(HttpServerExchange exchange, EdgeContext context, byte[] body,
            int length) {
        MediaType type = MediaType.of(exchange.getRequestHeaders());
        boolean binary = CloudEventHeaders.present(exchange.getRequestHeaders());
        boolean mapped = isMapped(exchange);
        boolean taken = mapped ? type == MediaType.JSON || type == MediaType.NDJSON
                : binary || type.isEvents();
        if (!taken) {
            MediaType.unsupported(exchange.getRequestHeaders(), mapped ? MAPPED : TAKEN)
                    .send(exchange);
            return;
        }
        EventBatch batch = context.batch;
        batch.begin(clock.epochMicros());
        boolean good = IdempotencyKey.use(exchange, context) && (mapped
                ? readMapped(exchange, type, context, body, length) : binary
                ? CloudEventHeaders.read(exchange.getRequestHeaders(), context, body, length)
                : read(type, context, body, length));
        if (!good) {
            flow.invalid(exchange, context);
            return;
        }
        int sent = batch.count();
        flow.accept(exchange, context, (accepted, level) -> {
            String duplicates = accepted.getResponseHeaders().getFirst(IngestFlow.DUPLICATES);
            int repeated = duplicates == null ? 0 : Integer.parseInt(duplicates);
            String report = "{\"accepted\":" + (sent - repeated) + ",\"duplicates\":" + repeated
                    + ",\"rejected\":[],\"ack\":\"" + level.word() + "\"}";
            JsonBody.sendOnce(accepted, 202, report.getBytes(StandardCharsets.US_ASCII));
        });
    }

    static boolean isMapped(HttpServerExchange exchange) {
        return !exchange.getQueryString().isEmpty()
                && exchange.getQueryParameters().containsKey(MAPPING);
    }

    private boolean readMapped(HttpServerExchange exchange, MediaType type, EdgeContext context,
            byte[] body, int length) {
        Deque<String> given = exchange.getQueryParameters().get(MAPPING);
        Mapping mapping = given.size() == 1 ? mappings.get(given.getFirst()) : null;
        if (mapping != null) {
            return context.parser.readMapped(mapping, type == MediaType.NDJSON, body, 0, length,
                    context.batch, context.errors);
        }
        context.errors.clear();
        context.errors.add(new FieldError(MAPPING, given.size() > 1
                ? "mapping is given more than once" : mappings.isEmpty()
                ? "mapping is given, and this service has none: add mappings.NAME to its"
                        + " configuration"
                : "mapping is none of those of this service: give one of "
                        + String.join(", ", mappings.keySet())));
        return false;
    }

    private static boolean read(MediaType type, EdgeContext context, byte[] body, int length) {
        return switch (type) {
            case NDJSON -> context.parser.readLines(body, 0, length, context.batch,
                    context.errors);
            case CLOUD_EVENT, CLOUD_EVENTS -> context.parser.readCloudEvents(body, 0, length,
                    context.batch, context.errors);
            default -> context.parser.readItems(body, 0, length, context.batch,
                    context.errors);
        };
    }
}
