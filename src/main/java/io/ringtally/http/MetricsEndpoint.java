package io.ringtally.http;

import io.ringtally.metrics.Exposition;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.nio.ByteBuffer;

/**
 * {@code GET /metrics}: what Prometheus scrapes, as OpenMetrics where that is asked for.
 *
 * <p>Threading: on a worker's thread; some figures of the JVM take it a while to find.
 */
final class MetricsEndpoint implements HttpHandler {

    private final Exposition exposition;

    MetricsEndpoint(Exposition exposition) {
        this.exposition = exposition;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        try {
            Exposition.Page page = exposition.scrape(
                    exchange.getRequestHeaders().getFirst(Headers.ACCEPT));
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, page.contentType());
            JsonBody.forBrowsers(exchange.getResponseHeaders());
            exchange.getResponseSender().send(ByteBuffer.wrap(page.body()));
        } catch (RuntimeException | Error unexpected) {
            PlainAnswers.defect(exchange, unexpected);
        }
    }
}
