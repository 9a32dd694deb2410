package io.ringtally.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a slot says about the events in it, see {@link SlotLayout}.
 *
 * <p>Threading: immutable.
 *
 * @param type a {@link RecordType}
 * @param events number of events, 0 to 65535
 * @param position log position of the slot
 * @param batchFirst log position of the first slot of the same request
 * @param batchSlots slots of the same request, at least 1
 * @param usedBytes bytes of the events
 */
public record SlotHeader(byte type, int events, long position, long batchFirst, int batchSlots,
        int usedBytes) {

    /** All of it but the commit word. */
    static final int CHECKED_BYTES = SlotLayout.HEADER_BYTES - SlotLayout.TYPE;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** The header of a slot without events that is a request of its own. */
    public static SlotHeader control(byte type, long position) {
        return new SlotHeader(type, 0, position, position, 1, 0);
    }

    private int typeWord() {
        return type & 0xff | events << 16;
    }

    /** Writes all of it but the commit word. */
    public void write(ByteBuffer memory, int at) {
        memory.putInt(at + SlotLayout.TYPE, typeWord());
        memory.putLong(at + SlotLayout.POSITION, position);
        memory.putLong(at + SlotLayout.BATCH_FIRST, batchFirst);
        memory.putInt(at + SlotLayout.BATCH_SLOTS, batchSlots);
        memory.putInt(at + SlotLayout.USED_BYTES, usedBytes);
    }

    /** The same bytes, in words of eight, as a checksum reads them. */
    void encode(byte[] bytes, int at) {
        LONGS.set(bytes, at, typeWord() & 0xffff_ffffL | position << 32);
        LONGS.set(bytes, at + 8, position >>> 32 | batchFirst << 32);
        LONGS.set(bytes, at + 16, batchFirst >>> 32 | (long) batchSlots << 32);
        INTS.set(bytes, at + 24, usedBytes);
    }
}
