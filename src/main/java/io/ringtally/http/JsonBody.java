package io.ringtally.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A JSON answer whose bytes are made once and sent often.
 *
 * <p>Threading: immutable; may be sent by any number of I/O threads.
 */
final class JsonBody {

    private static final HttpString NO_SNIFF = new HttpString("X-Content-Type-Options");

    private final ByteBuffer bytes;

    JsonBody(String text) {
        byte[] json = text.getBytes(StandardCharsets.UTF_8);
        bytes = ByteBuffer.allocateDirect(json.length).put(json).flip().asReadOnlyBuffer();
    }

    void send(HttpServerExchange exchange, int status) {
        send(exchange, status, bytes.duplicate());
    }

    /** Sends JSON made for this one answer. */
    static void sendOnce(HttpServerExchange exchange, int status, byte[] json) {
        send(exchange, status, ByteBuffer.wrap(json));
    }

    /**
     * What a browser is told of an answer with a body: it is what its type says and no page, and,
     * unless its endpoint has said otherwise, true for this moment and this caller only.
     */
    static void forBrowsers(HeaderMap headers) {
        headers.put(NO_SNIFF, "nosniff");
        if (!headers.contains(Headers.CACHE_CONTROL)) {
            headers.put(Headers.CACHE_CONTROL, "no-store");
        }
    }

    private static void send(HttpServerExchange exchange, int status, ByteBuffer json) {
        exchange.setStatusCode(status);
        HeaderMap headers = exchange.getResponseHeaders();
        headers.put(Headers.CONTENT_TYPE, "application/json");
        forBrowsers(headers);
        exchange.getResponseSender().send(json);
    }
}
