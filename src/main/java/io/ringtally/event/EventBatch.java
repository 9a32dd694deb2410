package io.ringtally.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

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
    private long acceptedAtMicros;

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
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[4 * EventLayout.EVENT_SIZE_MAX];
        }
        reset();
    }

    @Override
    public void reset() {
        used = 0;
        count = 0;
    }

    /** Encodes one event. The draft has been checked against {@link EventLimits}. */
    @Override
    public void accept(EventDraft draft) {
        int textLength =
                draft.appLength + draft.messageLength + draft.eventLength + draft.idLength;
        int size = EventLayout.sizeOf(textLength);
        if (bytes.length - used < size) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, used + size));
        }
        byte[] to = bytes;
        int at = used;
        // the last word is zeroed first: what the text does not cover is padding
        LONGS.set(to, at + size - 8, 0L);
        LONGS.set(to, at + EventLayout.VALUE, draft.value);
        LONGS.set(to, at + EventLayout.CREATED_AT,
                draft.createdAtGiven ? draft.createdAtMicros : acceptedAtMicros);
        LONGS.set(to, at + EventLayout.ACCEPTED_AT, acceptedAtMicros);
        to[at + EventLayout.APP_LENGTH] = (byte) draft.appLength;
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
    }

    private int put(byte[] source, int offset, int length, int at) {
        System.arraycopy(source, offset, bytes, at, length);
        return at + length;
    }

    /** How many events the batch holds. */
    public int count() {
        return count;
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
        return EventLayout.sizeOf((bytes[at + EventLayout.APP_LENGTH] & 0xff)
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

    /** A reader over this batch's own bytes, for a look at ids before they are claimed. */
    public EventCursor cursor() {
        return new EventCursor(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    }
}
