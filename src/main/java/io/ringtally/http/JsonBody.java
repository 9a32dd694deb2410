package io.ringtally.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A JSON answer whose bytes are made once and sent often.
 *
 * <p>Threading: immutable; may be sent by any number of I/O threads.
 */
final class JsonBody {

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

    private static void send(HttpServerExchange exchange, int status, ByteBuffer json) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        exchange.getResponseSender().send(json);
    }
}
