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
     * The commit word of a slot with this header, whose events are in {@code events}. Nothing of it
     * is read from the slot: a read would wait until the slot's lines are in the cache, which the
     * writes do not.
     */
    public int commitWord(SlotHeader header, byte[] events, int offset) {
        byte[] checked = new byte[Long.BYTES + SlotHeader.CHECKED_BYTES];
        LONGS.set(checked, 0, salt);
        header.encode(checked, Long.BYTES);
        CRC32C crc = new CRC32C();
        crc.update(checked, 0, checked.length);
        crc.update(events, offset, header.usedBytes());
        return SlotLayout.commitWord(crc);
    }

    /** Commits a slot whose header and events are in memory. */
    public void close(ByteBuffer memory, int at, int commitWord) {
        WORDS.setRelease(memory, at + SlotLayout.COMMIT, commitWord);
    }
}
