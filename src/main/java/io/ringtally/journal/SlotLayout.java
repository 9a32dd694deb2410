package io.ringtally.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * One slot of the head.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |  0  commit word: CRC32C of salt and bytes 4 .. 32+n; never 0  |
 * +---------------+---------------+-------------------------------+
 * |  4 type       |  5 zero       |  6  number of events          |
 * +---------------+---------------+-------------------------------+
 * |  8  log position                                              |
 * |                                                               |
 * +---------------------------------------------------------------+
 * | 16  log position of the first slot of the same request        |
 * |                                                               |
 * +---------------------------------------------------------------+
 * | 24  number of slots of the same request                       |
 * +---------------------------------------------------------------+
 * | 28  n, the bytes of events that follow                        |
 * +---------------------------------------------------------------+
 * | 32  whole events, one after the other, see EventLayout        |
 * +---------------------------------------------------------------+
 * </pre>
 *
 * Integers are little-endian. A commit word of 0 is a slot that was never used, or whose claim was
 * not finished.
 *
 * <p>Threading: stateless.
 */
public final class SlotLayout {

    public static final int COMMIT = 0;
    public static final int TYPE = 4;
    public static final int EVENT_COUNT = 6;
    public static final int POSITION = 8;
    public static final int BATCH_FIRST = 16;
    public static final int BATCH_SLOTS = 24;
    public static final int USED_BYTES = 28;
    public static final int HEADER_BYTES = 32;

    private SlotLayout() {
    }

    /** Starts a checksum with the eight bytes of a salt, the lowest first. */
    private static CRC32C salted(long salt) {
        CRC32C crc = new CRC32C();
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            crc.update((int) (salt >>> shift));
        }
        return crc;
    }

    /** The commit word for a checksum: the same, or 1 in place of 0. */
    static int commitWord(CRC32C crc) {
        int word = (int) crc.getValue();
        return word == 0 ? 1 : word;
    }

    /** The commit word that the slot's present bytes should have; 0 if its length is nonsense. */
    static int expectedCommitWord(ByteBuffer memory, int at, int slotBytes, long salt) {
        int used = memory.getInt(at + USED_BYTES);
        if (used < 0 || used > slotBytes - HEADER_BYTES) {
            return 0;
        }
        CRC32C crc = salted(salt);
        crc.update(memory.duplicate().position(at + TYPE).limit(at + HEADER_BYTES + used));
        return commitWord(crc);
    }
}
