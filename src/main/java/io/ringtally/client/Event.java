package io.ringtally.client;

import java.time.Instant;
import java.util.Objects;

/**
 * Something to be counted.
 *
 * <p>Threading: immutable.
 *
 * @param appId at most 64 bytes of UTF-8; may be empty
 * @param messageId 1 to 255 bytes
 * @param name of the event, 1 to 128 bytes
 * @param value what is added to the counter's total
 * @param createdAt when it happened; null: when the service takes it
 * @param id tells it from all others of its app within the service's {@code dedupe.window}, so that
 *     it counts once however often it is sent, at most 128 bytes; null: the client makes one
 */
public record Event(String appId, String messageId, String name, long value, Instant createdAt,
        String id) {

    public Event {
        Objects.requireNonNull(appId, "appId");
        Objects.requireNonNull(messageId, "messageId");
        Objects.requireNonNull(name, "name");
    }

    /** One occurrence of an event of a message. */
    public static Event of(String appId, String messageId, String name) {
        return new Event(appId, messageId, name, 1, null, null);
    }

    /** What {@code POST /increment} does: the event {@code increment} of app {@code ""}. */
    public static Event increment(String key, long value) {
        return new Event("", key, "increment", value, null, null);
    }

    public Event withValue(long given) {
        return new Event(appId, messageId, name, given, createdAt, id);
    }

    public Event withCreatedAt(Instant given) {
        return new Event(appId, messageId, name, value, given, id);
    }

    public Event withId(String given) {
        return new Event(appId, messageId, name, value, createdAt, given);
    }
}
