package io.ringtally.http;

import io.undertow.server.HttpServerExchange;

/**
 * An endpoint that wants the whole body.
 *
 * <p>Threading: called on the exchange's I/O thread; must not block.
 */
interface BodyEndpoint {

    /** Largest body it takes, bytes. */
    int bodyBytesMax();

    /** Handles a request whose body is {@code body[0]} to {@code body[length - 1]}. */
    void handle(HttpServerExchange exchange, EdgeContext context, byte[] body, int length);
}
