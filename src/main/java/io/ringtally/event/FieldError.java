package io.ringtally.event;

/**
 * One thing wrong with a request.
 *
 * @param field the place, as the client named it: {@code value}, {@code events[3].message_id}, or
 *     empty for the body as a whole
 * @param reason a sentence that names the value found, the limit, and what to send instead
 */
public record FieldError(String field, String reason) {
}
