package io.ringtally.http;

import io.ringtally.time.Clock;
import io.undertow.server.HttpServerExchange;
import java.nio.charset.StandardCharsets;

/**
 * {@code POST /api/event/bulk}: many events, all or none.
 *
 * <p>Threading: any I/O thread; the state is in the thread's {@link EdgeContext}.
 */
final class BulkEndpoint implements BodyEndpoint {

    private final IngestFlow flow;
    private final Clock clock;
    private final int bodyBytesMax;

    BulkEndpoint(IngestFlow flow, Clock clock, int bodyBytesMax) {
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
        context.batch.begin(clock.epochMicros());
        if (!IdempotencyKey.use(exchange, context) || !context.parser.readBulk(body, 0, length,
                context.batch, context.errors)) {
            flow.invalid(exchange, context);
            return;
        }
        // also those counted before: a repeat is answered like the first
        int accepted = context.batch.count();
        flow.accept(exchange, context, (taken, level) -> {
            String answer = "{\"success\":true,\"accepted\":" + accepted + "}";
            JsonBody.sendOnce(taken, 202, answer.getBytes(StandardCharsets.US_ASCII));
        });
    }
}
