package io.ringtally.http;

import io.ringtally.time.Clock;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;

/**
 * {@code POST /increment}: one increment, as JSON, form or multipart.
 *
 * <p>Threading: any I/O thread; the state is in the thread's {@link EdgeContext}.
 */
final class IncrementEndpoint implements BodyEndpoint {

    private static final Acks.Success ACCEPTED = (exchange, level) -> {
        exchange.setStatusCode(202);
        exchange.endExchange();
    };

    private final IngestFlow flow;
    private final Clock clock;
    private final int bodyBytesMax;

    IncrementEndpoint(IngestFlow flow, Clock clock, int bodyBytesMax) {
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
        context.errors.clear();
        boolean valid = switch (MediaType.of(exchange.getRequestHeaders())) {
            case JSON -> context.parser.readIncrement(body, 0, length, context.draft,
                    context.errors);
            case FORM -> context.parser.readIncrementForm(body, 0, length, context.draft,
                    context.errors);
            case MULTIPART -> {
                MultipartFields fields = MultipartFields.read(
                        exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE), body, length);
                yield fields.complete(context.errors) && context.parser.readIncrementFields(
                        fields.values(), context.draft, context.errors);
            }
            default -> {
                MediaType.unsupported(exchange.getRequestHeaders(), "application/json,"
                        + " application/x-www-form-urlencoded or multipart/form-data")
                        .send(exchange);
                yield false;
            }
        };
        if (valid) {
            context.batch.begin(clock.epochMicros());
            valid = IdempotencyKey.use(exchange, context);
        }
        if (valid) {
            context.batch.accept(context.draft);
            flow.accept(exchange, context, ACCEPTED);
        } else if (!context.errors.isEmpty()) {
            flow.invalid(exchange, context);
        }
    }
}
