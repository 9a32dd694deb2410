package io.ringtally.inspect;

import io.ringtally.event.EventLayout;
import io.ringtally.event.EventLimits;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * One event where it lies in a record.
 *
 * <p>Threading: none; a reader has one and moves it from event to event.
 */
public final class LoggedEvent {

    private ByteBuffer memory;
    private int at;
    private long position;

    LoggedEvent() {
    }

    LoggedEvent at(ByteBuffer newMemory, int newAt, long newPosition) {
        memory = newMemory;
        at = newAt;
        position = newPosition;
        return this;
    }

    /** Position of the record it came in; events of one record share it. */
    public long position() {
        return position;
    }

    public long value() {
        return memory.getLong(at + EventLayout.VALUE);
    }

    public long createdAtMicros() {
        return memory.getLong(at + EventLayout.CREATED_AT);
    }

    public long acceptedAtMicros() {
        return memory.getLong(at + EventLayout.ACCEPTED_AT);
    }

    public String appId() {
        return text(0, appLength());
    }

    public String messageId() {
        return text(appLength(), messageLength());
    }

    public String event() {
        return text(appLength() + messageLength(), eventLength());
    }

    /** The client's id; empty if it gave none. */
    public String id() {
        return text(appLength() + messageLength() + eventLength(), idLength());
    }

    private int appLength() {
        return memory.get(at + EventLayout.APP_LENGTH) & EventLayout.APP_LENGTH_MASK;
    }

    private int messageLength() {
        return memory.get(at + EventLayout.MESSAGE_LENGTH) & 0xff;
    }

    private int eventLength() {
        return memory.get(at + EventLayout.EVENT_LENGTH) & 0xff;
    }

    private int idLength() {
        return memory.get(at + EventLayout.ID_LENGTH) & 0xff;
    }

    private int textLength() {
        return appLength() + messageLength() + eventLength() + idLength();
    }

    private String text(int from, int length) {
        byte[] bytes = new byte[length];
        memory.get(at + EventLayout.TEXT + from, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Bytes it takes with its padding. */
    int size() {
        return EventLayout.TEXT + textLength() + 7 & -8;
    }

    /**
     * What is wrong with an event, or null.
     *
     * @param room bytes there are for it
     */
    String fault(int room) {
        if (room < EventLayout.TEXT || room < size()) {
            return "an event is longer than its record";
        }
        if (appLength() > EventLimits.APP_BYTES_MAX
                || messageLength() < 1 || messageLength() > EventLimits.MESSAGE_BYTES_MAX
                || eventLength() < 1 || eventLength() > EventLimits.EVENT_BYTES_MAX
                || idLength() > EventLimits.ID_BYTES_MAX) {
            return "an event has a field longer or shorter than there are";
        }
        if (isNoTime(createdAtMicros()) || isNoTime(acceptedAtMicros())) {
            return "an event has a time outside the years 1 to 9999";
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(
                    memory.duplicate().position(at + EventLayout.TEXT)
                            .limit(at + EventLayout.TEXT + textLength()));
            return null;
        } catch (CharacterCodingException malformed) {
            return "an event's text is not UTF-8";
        }
    }

    private static boolean isNoTime(long micros) {
        return micros < EventLimits.TIME_MICROS_MIN || micros > EventLimits.TIME_MICROS_MAX;
    }
}
