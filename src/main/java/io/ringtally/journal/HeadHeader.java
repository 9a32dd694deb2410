package io.ringtally.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The first 4 KiB of the head's file; the slots follow.
 *
 * <pre>
 * +------------------------------+
 * |  0  CRC32C of bytes 4 .. 80  |
 * |  4  "RTH1"                   |
 * |  8  number of slots          |
 * | 12  bytes of a slot          |
 * | 16  log UUID                 |
 * | 32  boot id of the machine   |
 * | 48  run; 0 before the first  |
 * | 56  salt of the commit words |
 * | 64  position of sequence 0,  |
 * |     which is in slot 0       |
 * | 72  zeros                    |
 * +------------------------------+
 * </pre>
 *
 * <p>Threading: immutable.
 *
 * @param slots number of slots, a power of two
 * @param slotBytes bytes of a slot
 * @param owner the log and the boot it was written in
 * @param run number of the start it belongs to
 * @param salt of the commit words, new at each start
 * @param base position of the first slot's first record
 */
record HeadHeader(int slots, int slotBytes, SegmentHeader.Owner owner, long run, long salt,
        long base) {

    private static final int MAGIC_VALUE = 0x31485452;
    private static final int SLOTS = 8;
    private static final int SLOT_BYTES = 12;
    private static final int LOG = 16;
    private static final int BOOT = 32;
    private static final int RUN = 48;
    private static final int SALT = 56;
    private static final int BASE = 64;
    private static final int LENGTH = 80;

    /** Bytes before the first slot. */
    static final int BYTES = BodyLayout.ALIGNMENT;

    ByteBuffer encode() {
        ByteBuffer to = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        to.putInt(BodyLayout.MAGIC, MAGIC_VALUE);
        to.putInt(SLOTS, slots);
        to.putInt(SLOT_BYTES, slotBytes);
        SegmentHeader.put(to, LOG, owner.log());
        SegmentHeader.put(to, BOOT, owner.boot());
        to.putLong(RUN, run);
        to.putLong(SALT, salt);
        to.putLong(BASE, base);
        to.putInt(BodyLayout.CRC, BodyLayout.checksum(to, 0, LENGTH));
        return to;
    }

    /** Reads the header, or null if it is not valid. */
    static HeadHeader decode(ByteBuffer from) {
        if (from.getInt(BodyLayout.MAGIC) != MAGIC_VALUE
                || from.getInt(BodyLayout.CRC) != BodyLayout.checksum(from, 0, LENGTH)) {
            return null;
        }
        return new HeadHeader(from.getInt(SLOTS), from.getInt(SLOT_BYTES),
                new SegmentHeader.Owner(SegmentHeader.get(from, LOG),
                        SegmentHeader.get(from, BOOT)),
                from.getLong(RUN), from.getLong(SALT), from.getLong(BASE));
    }

    /** Bytes of all slots together. */
    long slotsBytes() {
        return (long) slots * slotBytes;
    }
}
