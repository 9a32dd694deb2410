package io.ringtally.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The events of one request, encoded and complete, ready to be copied into ring slots: defaults,
 * the time of acceptance and the slice hash are filled in here, before anything is claimed.
 *
 * <p>The buffer grows with the largest request seen and is kept, up to {@link #KEPT_BYTES}.
 *
 * <p>Threading: none; one batch belongs to one I/O thread and is reused for its next request.
 */
public final class EventBatch implements EventSink {

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int KEPT_BYTES = 1 << 20;

    private final long hashSeed;
    private byte[] bytes = new byte[4 * EventLayout.EVENT_SIZE_MAX];
    private int used;
    private int count;
    private int withId;
    private long acceptedAtMicros;
    private long publishedAt;
    private EventCursor cursor;

    /** {@code K/}, and room for the digits of an event's index. */
    private final byte[] madeId = new byte[EventLimits.ID_BYTES_MAX];
    private int keyLength;
    private long place;

    /**
     * Creates an empty batch.
     *
     * @param hashSeed the log's seed: the same seed sends a message to the same slice for ever
     */
    public EventBatch(long hashSeed) {
        this.hashSeed = hashSeed;
    }

    /** Empties the batch; events added from now on are accepted at {@code micros}. */
    public void begin(long micros) {
        acceptedAtMicros = micros;
        publishedAt = 0;
        keyLength = 0;
        if (bytes.length > KEPT_BYTES) {
            replace(new byte[4 * EventLayout.EVENT_SIZE_MAX]);
        }
        reset();
    }

    /**
     * The next event is item {@code place} of its request, from 0; those behind it follow on. Items
     * that are refused have places, too.
     */
    public void place(long next) {
        place = next;
    }

    /**
     * From here on events without an id get {@code K/0, K/1, ...} by their place in the request, K
     * being ASCII of at most {@link EventLimits#KEY_BYTES_MAX} characters.
     */
    public void identifyBy(String key) {
        assert key.length() <= EventLimits.KEY_BYTES_MAX;
        for (int i = 0; i < key.length(); i++) {
            madeId[i] = (byte) key.charAt(i);
        }
        madeId[key.length()] = '/';
        keyLength = key.length() + 1;
    }

    @Override
    public void reset() {
        used = 0;
        count = 0;
        withId = 0;
        place = 0;
    }

    /** Encodes one event. The draft has been checked against {@link EventLimits}. */
    @Override
    public void accept(EventDraft draft) {
        if (draft.idLength == 0 && keyLength != 0) {
            draft.id(madeId, 0, madeIdLength());
        }
        int textLength =
                draft.appLength + draft.messageLength + draft.eventLength + draft.idLength;
        int size = EventLayout.sizeOf(textLength);
        if (bytes.length - used < size) {
            replace(Arrays.copyOf(bytes, Math.max(bytes.length * 2, used + size)));
        }
        byte[] to = bytes;
        int at = used;
        // the last word is zeroed first: what the text does not cover is padding
        LONGS.set(to, at + size - 8, 0L);
        LONGS.set(to, at + EventLayout.VALUE, draft.value);
        LONGS.set(to, at + EventLayout.CREATED_AT,
                draft.createdAtGiven ? draft.createdAtMicros : acceptedAtMicros);
        LONGS.set(to, at + EventLayout.ACCEPTED_AT, acceptedAtMicros);
        to[at + EventLayout.APP_LENGTH] = (byte) (draft.createdAtGiven
                ? draft.appLength | EventLayout.CREATED_AT_GIVEN : draft.appLength);
        to[at + EventLayout.MESSAGE_LENGTH] = (byte) draft.messageLength;
        to[at + EventLayout.EVENT_LENGTH] = (byte) draft.eventLength;
        to[at + EventLayout.ID_LENGTH] = (byte) draft.idLength;
        int text = at + EventLayout.TEXT;
        int p = put(draft.appBytes, draft.appOffset, draft.appLength, text);
        p = put(draft.messageBytes, draft.messageOffset, draft.messageLength, p);
        LONGS.set(to, at + EventLayout.SLICE_HASH,
                EventHash.hash(to, text, p - text, hashSeed + draft.appLength));
        p = put(draft.eventBytes, draft.eventOffset, draft.eventLength, p);
        put(draft.idBytes, draft.idOffset, draft.idLength, p);
        used += size;
        count++;
        place++;
        withId += draft.idLength == 0 ? 0 : 1;
    }

    /** Writes the digits of the next event's place behind the key; the length of it all. */
    private int madeIdLength() {
        int digits = 1;
        for (long rest = place; rest >= 10; rest /= 10) {
            digits++;
        }
        long rest = place;
        for (int at = keyLength + digits - 1; at >= keyLength; at--) {
            madeId[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return keyLength + digits;
    }

    private void replace(byte[] larger) {
        bytes = larger;
        cursor = null;
    }

    private int put(byte[] source, int offset, int length, int at) {
        System.arraycopy(source, offset, bytes, at, length);
        return at + length;
    }

    /** How many events the batch holds. */
    public int count() {
        return count;
    }

    /** Whether any event has an id. */
    public boolean hasIds() {
        return withId != 0;
    }

    /** The time of acceptance of its events, microseconds since the epoch. */
    public long acceptedAtMicros() {
        return acceptedAtMicros;
    }

    /** Takes events out again, by their places; the others move up. */
    public void drop(BitSet places) {
        int from = 0;
        int to = 0;
        int kept = 0;
        for (int place = 0; place < count; place++) {
            int size = sizeAt(from);
            if (!places.get(place)) {
                System.arraycopy(bytes, from, bytes, to, size);
                to += size;
                kept++;
            }
            from += size;
        }
        used = to;
        count = kept;
    }

    /** Notes that the log has the batch up to and including this position, its last slot's. */
    public void published(long position) {
        publishedAt = position;
    }

    /** The log position of the batch's last slot; 0 while the log does not have it. */
    public long publishedAt() {
        return publishedAt;
    }

    /** The bytes of all events together; each event starts at a multiple of 8. */
    public int usedBytes() {
        return used;
    }

    /**
     * How many whole events from {@code offset} on fit into {@code room} bytes, as the number of
     * bytes they take: what one slot receives.
     */
    public int wholeEventsWithin(int offset, int room) {
        if (used - offset <= room) {
            return used - offset;
        }
        int end = offset;
        while (true) {
            int next = end + sizeAt(end);
            if (next - offset > room) {
                return end - offset;
            }
            end = next;
        }
    }

    /** The number of events in {@code length} bytes from {@code offset}. */
    public int countWithin(int offset, int length) {
        if (length == used) {
            return count;
        }
        int n = 0;
        for (int at = offset; at < offset + length; at += sizeAt(at)) {
            n++;
        }
        return n;
    }

    private int sizeAt(int at) {
        return EventLayout.sizeOf(
                (bytes[at + EventLayout.APP_LENGTH] & EventLayout.APP_LENGTH_MASK)
                + (bytes[at + EventLayout.MESSAGE_LENGTH] & 0xff)
                + (bytes[at + EventLayout.EVENT_LENGTH] & 0xff)
                + (bytes[at + EventLayout.ID_LENGTH] & 0xff));
    }

    /** Copies encoded bytes to {@code memory}; the only thing done between claim and publish. */
    public void copyTo(ByteBuffer memory, int address, int offset, int length) {
        memory.put(address, bytes, offset, length);
    }

    /** The encoded bytes, from 0 to {@link #usedBytes}; they change with the next event. */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * A reader over this batch's own bytes, for a look at ids before they are claimed; the same one
     * until the batch grows.
     */
    public EventCursor cursor() {
        if (cursor == null) {
            cursor = new EventCursor(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        }
        return cursor;
    }
}
