package io.ringtally.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Documents in the jar that the service shows to anybody: what it can do, for machines
 * ({@code /openapi.json}), and what its problems mean ({@link ProblemPages}).
 *
 * <p>Threading: stateless.
 */
final class Documents {

    private static final String OPEN_API = "openapi.json";

    private Documents() {
    }

    /** A document that stands beside this class in the jar. */
    static byte[] read(String name) {
        try (InputStream resource = Documents.class.getResourceAsStream(name)) {
            return resource.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException("the jar's " + name + " cannot be read", broken);
        }
    }

    /** Adds the paths of the port for clients. */
    static void addTo(RouteTable table, UnreadBody unread) {
        byte[] openApi = read(OPEN_API);
        table.get("/" + OPEN_API, Access.ANYONE, (exchange, id) ->
                send(exchange, "application/json", openApi));
        ProblemPages.addTo(table, unread);
    }

    static void send(HttpServerExchange exchange, String type, byte[] document) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, type);
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "max-age=3600");
        JsonBody.forBrowsers(exchange.getResponseHeaders());
        exchange.getResponseSender().send(ByteBuffer.wrap(document));
    }
}
