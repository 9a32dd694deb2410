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
 * @param status HTTP status
 * @param code short name of the problem, the same for every occurrence
 * @param detail a sentence for this occurrence: value, limit, what to do
 * @param errors what is wrong field by field; may be empty
 */
record Problem(int status, String code, String detail, List<FieldError> errors) {

    Problem(int status, String code, String detail) {
        this(status, code, detail, List.of());
    }

    /** Answers the exchange with this problem. */
    void send(HttpServerExchange exchange) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/problem+json");
        JsonBody.forBrowsers(exchange.getResponseHeaders());
        exchange.getResponseSender().send(ByteBuffer.wrap(toJson()));
    }

    /** Its URI. */
    String type() {
        return "urn:ringtally:problem:" + code;
    }

    /** Answers with this problem, which passes: the client may ask again after so many seconds. */
    void sendRetryable(HttpServerExchange exchange, int retrySeconds) {
        exchange.getResponseHeaders().put(Headers.RETRY_AFTER, retrySeconds);
        send(exchange);
    }

    private byte[] toJson() {
        return AnswerJson.object(json -> {
            json.writeStringField("type", type());
            json.writeStringField("title", StatusCodes.getReason(status));
            json.writeNumberField("status", status);
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
