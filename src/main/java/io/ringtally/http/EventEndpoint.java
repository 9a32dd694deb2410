package io.ringtally.http;

import io.ringtally.time.Clock;
import io.undertow.server.HttpServerExchange;

/**
 * {@code POST /api/event} and its older name {@code /api/create_event}: one event.
 *
 * <p>Threading: any I/O thread; the state is in the thread's {@link EdgeContext}.
 */
final class EventEndpoint implements BodyEndpoint {

    private static final JsonBody SUCCESS = new JsonBody("{\"success\":true}");
    private static final Acks.Success ACCEPTED = (exchange, level) -> SUCCESS.send(exchange, 202);

    private final IngestFlow flow;
    private final Clock clock;
    private final int bodyBytesMax;

    EventEndpoint(IngestFlow flow, Clock clock, int bodyBytesMax) {
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
        if (!MediaType.isJson(exchange)) {
            return;
        }
        if (!context.parser.readEvent(body, 0, length, context.draft, context.errors)) {
            flow.invalid(exchange, context);
            return;
        }
        context.batch.begin(clock.epochMicros());
        if (!IdempotencyKey.use(exchange, context)) {
            flow.invalid(exchange, context);
            return;
        }
        context.batch.accept(context.draft);
        flow.accept(exchange, context, ACCEPTED);
    }
}
