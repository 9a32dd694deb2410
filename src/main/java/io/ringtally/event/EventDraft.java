package io.ringtally.event;

import java.nio.charset.StandardCharsets;

/**
 * One event as it was read from a request: where its fields' bytes lie, not copies of them. The
 * parser has checked every limit before it hands a draft on, so whoever receives one may encode it
 * as it is.
 *
 * <p>Text fields are slices of byte arrays owned by somebody else (the request body, or an array
 * the slow parser made); they are valid until that array is reused.
 *
 * <p>Threading: none; one draft belongs to one thread.
 */
public final class EventDraft {

    static final byte[] NO_BYTES = {};
    static final byte[] INCREMENT = "increment".getBytes(StandardCharsets.US_ASCII);

    byte[] appBytes = NO_BYTES;
    int appOffset;
    int appLength;

    byte[] messageBytes = NO_BYTES;
    int messageOffset;
    int messageLength;

    byte[] eventBytes = INCREMENT;
    int eventOffset;
    int eventLength = INCREMENT.length;

    byte[] idBytes = NO_BYTES;
    int idOffset;
    int idLength;

    long value = 1;

    /** Whether the client sent {@code created_at}; if not, the time of acceptance stands in. */
    boolean createdAtGiven;
    long createdAtMicros;

    /** Back to the defaults: app {@code ""}, event {@code increment}, value 1, no id, no time. */
    public EventDraft clear() {
        app(NO_BYTES, 0, 0);
        message(NO_BYTES, 0, 0);
        event(INCREMENT, 0, INCREMENT.length);
        id(NO_BYTES, 0, 0);
        value = 1;
        createdAtGiven = false;
        createdAtMicros = 0;
        return this;
    }

    public EventDraft app(byte[] source, int offset, int length) {
        assert length <= EventLimits.APP_BYTES_MAX;
        appBytes = source;
        appOffset = offset;
        appLength = length;
        return this;
    }

    public EventDraft message(byte[] source, int offset, int length) {
        assert length <= EventLimits.MESSAGE_BYTES_MAX;
        messageBytes = source;
        messageOffset = offset;
        messageLength = length;
        return this;
    }

    public EventDraft event(byte[] source, int offset, int length) {
        assert length <= EventLimits.EVENT_BYTES_MAX;
        eventBytes = source;
        eventOffset = offset;
        eventLength = length;
        return this;
    }

    public EventDraft id(byte[] source, int offset, int length) {
        assert length <= EventLimits.ID_BYTES_MAX;
        idBytes = source;
        idOffset = offset;
        idLength = length;
        return this;
    }

    public EventDraft value(long weight) {
        value = weight;
        return this;
    }

    /** Microseconds since the epoch, within the years 1 to 9999. */
    public EventDraft createdAt(long micros) {
        assert micros >= EventLimits.TIME_MICROS_MIN && micros <= EventLimits.TIME_MICROS_MAX;
        createdAtGiven = true;
        createdAtMicros = micros;
        return this;
    }

    /** The id; empty if there is none. */
    public String id() {
        return new String(idBytes, idOffset, idLength, StandardCharsets.UTF_8);
    }
}
