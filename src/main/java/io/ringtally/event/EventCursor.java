package io.ringtally.event;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads encoded events where they lie, without copying them.
 *
 * <p>Threading: each thread has its own cursor; the memory below it may be shared, and is only read
 * between the publication of its slot and the release of that slot to the producers.
 */
public final class EventCursor {

    private final ByteBuffer memory;
    private int at;

    /** A cursor over little-endian memory. */
    public EventCursor(ByteBuffer memory) {
        assert memory.order() == ByteOrder.LITTLE_ENDIAN;
        this.memory = memory;
    }

    /** Moves to the event whose first byte is at {@code address}. */
    public EventCursor at(int address) {
        at = address;
        return this;
    }

    public int address() {
        return at;
    }

    public long value() {
        return memory.getLong(at + EventLayout.VALUE);
    }

    /** Microseconds since the epoch: the client's word, or the time of acceptance. */
    public long createdAtMicros() {
        return memory.getLong(at + EventLayout.CREATED_AT);
    }

    public long acceptedAtMicros() {
        return memory.getLong(at + EventLayout.ACCEPTED_AT);
    }

    public long sliceHash() {
        return memory.getLong(at + EventLayout.SLICE_HASH);
    }

    /** The hash of the whole counter key, made from the slice hash and the event's name. */
    public long keyHash() {
        long name = 0;
        int start = at + EventLayout.TEXT + appLength() + messageLength();
        int end = start + eventLength();
        int i = start;
        for (; i + 8 <= end; i += 8) {
            name = EventHash.mix(name, memory.getLong(i));
        }
        long tail = end - start;
        for (; i < end; i++) {
            tail = (tail << 8) | (memory.get(i) & 0xffL);
        }
        return EventHash.mix(sliceHash() ^ name, tail);
    }

    /** Whether {@link #createdAtMicros()} is the client's word. */
    public boolean createdAtGiven() {
        return (memory.get(at + EventLayout.APP_LENGTH) & EventLayout.CREATED_AT_GIVEN) != 0;
    }

    public int appLength() {
        return memory.get(at + EventLayout.APP_LENGTH) & EventLayout.APP_LENGTH_MASK;
    }

    public int messageLength() {
        return memory.get(at + EventLayout.MESSAGE_LENGTH) & 0xff;
    }

    public int eventLength() {
        return memory.get(at + EventLayout.EVENT_LENGTH) & 0xff;
    }

    public int idLength() {
        return memory.get(at + EventLayout.ID_LENGTH) & 0xff;
    }

    /** Bytes this event takes; the next one of its slot starts there. */
    public int size() {
        return EventLayout.sizeOf(appLength() + messageLength() + eventLength() + idLength());
    }

    /** A hash of app and id: who the event says it is. Only where {@link #idLength()} is not 0. */
    public long identityHash(long seed) {
        int app = at + EventLayout.TEXT;
        int id = app + appLength() + messageLength() + eventLength();
        return EventHash.hash(memory, id, idLength(),
                EventHash.hash(memory, app, appLength(), seed));
    }

    /**
     * A hash of what the event says besides app and id: message, name, value, and the time if the
     * client gave one. A repeat of the same request has the same.
     */
    public long bodyHash(long seed) {
        int message = at + EventLayout.TEXT + appLength();
        long hash = EventHash.hash(memory, message, messageLength(), seed);
        hash = EventHash.hash(memory, message + messageLength(), eventLength(), hash);
        hash = EventHash.mix(hash, value());
        return createdAtGiven() ? EventHash.mix(~hash, createdAtMicros()) : hash;
    }

    /** Whether the event at {@code other}, in the same memory, belongs to the same counter. */
    public boolean sameCounterAs(int other) {
        int lengths = memory.getInt(at + EventLayout.APP_LENGTH);
        int otherLengths = memory.getInt(other + EventLayout.APP_LENGTH);
        // app, message and event; neither the id's nor where the time came from
        if ((lengths & 0xffff7f) != (otherLengths & 0xffff7f)) {
            return false;
        }
        int length = appLength() + messageLength() + eventLength();
        int a = at + EventLayout.TEXT;
        int b = other + EventLayout.TEXT;
        int i = 0;
        for (; i + 8 <= length; i += 8) {
            if (memory.getLong(a + i) != memory.getLong(b + i)) {
                return false;
            }
        }
        for (; i < length; i++) {
            if (memory.get(a + i) != memory.get(b + i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether this is the event's app id, in UTF-8. */
    public boolean isOfApp(byte[] app) {
        if (appLength() != app.length) {
            return false;
        }
        for (int i = 0; i < app.length; i++) {
            if (memory.get(at + EventLayout.TEXT + i) != app[i]) {
                return false;
            }
        }
        return true;
    }

    /** The app id, as a new text. */
    public String app() {
        byte[] app = new byte[appLength()];
        memory.get(at + EventLayout.TEXT, app, 0, app.length);
        return new String(app, StandardCharsets.UTF_8);
    }

    /** Copies app, message and event bytes, without gaps, to {@code to}; returns their length. */
    public int copyKey(byte[] to) {
        int length = appLength() + messageLength() + eventLength();
        memory.get(at + EventLayout.TEXT, to, 0, length);
        return length;
    }
}
