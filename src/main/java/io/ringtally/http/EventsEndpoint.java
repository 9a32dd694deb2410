package io.ringtally.http;

import io.ringtally.event.EventBatch;
import io.ringtally.time.Clock;
import io.undertow.server.HttpServerExchange;
import java.nio.charset.StandardCharsets;

/**
 * {@code POST /v1/events}: one event, an array of them, NDJSON, or CloudEvents 1.0; all or none.
 *
 * <p>Threading: any I/O thread; the state is in the thread's {@link EdgeContext}.
 */
final class EventsEndpoint implements BodyEndpoint {

    private static final String TAKEN = "application/json, application/x-ndjson,"
            + " application/cloudevents+json or application/cloudevents-batch+json, or any type"
            + " with ce- headers";

    private final IngestFlow flow;
    private final Clock clock;
    private final int bodyBytesMax;

    EventsEndpoint(IngestFlow flow, Clock clock, int bodyBytesMax) {
        this.flow = flow;
        this.clock = clock;
        this.bodyBytesMax = bodyBytesMax;
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
        if (!binary && !type.isEvents()) {
            MediaType.unsupported(exchange.getRequestHeaders(), TAKEN).send(exchange);
            return;
        }
        EventBatch batch = context.batch;
        batch.begin(clock.epochMicros());
        boolean good = IdempotencyKey.use(exchange, context) && (binary
                ? CloudEventHeaders.read(exchange.getRequestHeaders(), context, body, length)
                : read(type, context, body, length));
        if (!good) {
            flow.invalid(exchange, context);
            return;
        }
        int sent = batch.count();
        flow.accept(exchange, context, (taken, level) -> {
            String duplicates = taken.getResponseHeaders().getFirst(IngestFlow.DUPLICATES);
            int repeated = duplicates == null ? 0 : Integer.parseInt(duplicates);
            String report = "{\"accepted\":" + (sent - repeated) + ",\"duplicates\":" + repeated
                    + ",\"rejected\":[],\"ack\":\"" + level.word() + "\"}";
            JsonBody.sendOnce(taken, 202, report.getBytes(StandardCharsets.US_ASCII));
        });
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
