package io.ringtally.http;

import java.io.IOException;

/**
 * A body said to be chunked is not; the message says why, without anything a client has sent.
 *
 * <p>Threading: none.
 */
final class MalformedChunkException extends IOException {

    private static final long serialVersionUID = 1;

    MalformedChunkException(String message) {
        super(message);
    }
}
