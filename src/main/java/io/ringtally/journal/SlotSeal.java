package io.ringtally.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Opens a slot for writing and commits it.
 *
 * <p>Threading: any producer, on slots of its own.
 *
 * <p>Ordering: {@link #open} zeroes the commit word before anything else is written, {@link #close}
 * writes it after everything else. Nobody reads it while the process lives; what dies in between
 * leaves a zero.
 */
public final class SlotSeal {

    private static final VarHandle WORDS =
            MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int CHECKED_HEADER_BYTES = SlotLayout.HEADER_BYTES - SlotLayout.TYPE;

    private final long salt;

    SlotSeal(long salt) {
        this.salt = salt;
    }

    /** Zeroes the commit word: from here on the slot holds nothing, until it is closed. */
    public void open(ByteBuffer memory, int at) {
        memory.putInt(at + SlotLayout.COMMIT, 0);
        VarHandle.storeStoreFence();
    }

    /**
     * Writes the commit word of a slot whose header is in memory and whose events were copied from
     * {@code events}: they are read there, where they are in the cache.
     */
    public void close(ByteBuffer memory, int at, byte[] events, int offset, int length) {
        byte[] checked = new byte[Long.BYTES + CHECKED_HEADER_BYTES];
        LONGS.set(checked, 0, salt);
        memory.get(at + SlotLayout.TYPE, checked, Long.BYTES, CHECKED_HEADER_BYTES);
        CRC32C crc = new CRC32C();
        crc.update(checked, 0, checked.length);
        crc.update(events, offset, length);
        WORDS.setRelease(memory, at + SlotLayout.COMMIT, SlotLayout.commitWord(crc));
    }
}
