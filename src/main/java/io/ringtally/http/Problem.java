package io.ringtally.http;

import io.ringtally.event.FieldError;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * An answer that says what is wrong, as {@code application/problem+json} (RFC 9457).
 *
 * <p>Threading: immutable; {@link #send} runs on the exchange's I/O thread.
 *
 * @param type what kind of problem, the same for every occurrence
 * @param detail a sentence for this occurrence: value, limit, what to do
 * @param errors what is wrong field by field; may be empty
 */
record Problem(ProblemType type, String detail, List<FieldError> errors) {

    Problem(ProblemType type, String detail) {
        this(type, detail, List.of());
    }

    /** Answers the exchange with this problem. */
    void send(HttpServerExchange exchange) {
        exchange.setStatusCode(type.status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/problem+json");
        JsonBody.forBrowsers(exchange.getResponseHeaders());
        exchange.getResponseSender().send(ByteBuffer.wrap(toJson()));
    }

    /** Answers with this problem, which passes: the client may ask again after so many seconds. */
    void sendRetryable(HttpServerExchange exchange, int retrySeconds) {
        exchange.getResponseHeaders().put(Headers.RETRY_AFTER, retrySeconds);
        send(exchange);
    }

    private byte[] toJson() {
        return AnswerJson.object(json -> {
            json.writeStringField("type", type.uri);
            json.writeStringField("title", StatusCodes.getReason(type.status));
            json.writeNumberField("status", type.status);
            json.writeStringField("detail", detail);
            if (!errors.isEmpty()) {
                json.writeArrayFieldStart("errors");
                for (FieldError error : errors) {
                    json.writeStartObject();
                    json.writeStringField("field", error.field());
                    json.writeStringField("reason", error.reason());
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
        });
    }
}
