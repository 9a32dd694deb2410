package io.ringtally.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the head's file says of itself, see {@link HeadLayout}.
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

    /** Bytes before the first slot. */
    static final int BYTES = HeadLayout.HEADER_BYTES;

    ByteBuffer encode() {
        ByteBuffer to = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        to.putInt(HeadLayout.MAGIC, HeadLayout.HEAD_MAGIC);
        to.putInt(HeadLayout.SLOTS, slots);
        to.putInt(HeadLayout.SLOT_BYTES, slotBytes);
        SegmentHeader.put(to, HeadLayout.LOG, owner.log());
        SegmentHeader.put(to, HeadLayout.BOOT, owner.boot());
        to.putLong(HeadLayout.RUN, run);
        to.putLong(HeadLayout.SALT, salt);
        to.putLong(HeadLayout.BASE, base);
        to.putInt(HeadLayout.CRC, BodyLayout.checksum(to, 0, HeadLayout.CHECKED_BYTES));
        return to;
    }

    /** Reads the header, or null if it is not valid. */
    static HeadHeader decode(ByteBuffer from) {
        if (from.getInt(HeadLayout.MAGIC) != HeadLayout.HEAD_MAGIC
                || from.getInt(HeadLayout.CRC)
                        != BodyLayout.checksum(from, 0, HeadLayout.CHECKED_BYTES)) {
            return null;
        }
        return new HeadHeader(from.getInt(HeadLayout.SLOTS), from.getInt(HeadLayout.SLOT_BYTES),
                new SegmentHeader.Owner(SegmentHeader.get(from, HeadLayout.LOG),
                        SegmentHeader.get(from, HeadLayout.BOOT)),
                from.getLong(HeadLayout.RUN), from.getLong(HeadLayout.SALT),
                from.getLong(HeadLayout.BASE));
    }

    /** Bytes of all slots together. */
    long slotsBytes() {
        return (long) slots * slotBytes;
    }
}
