package io.ringtally.journal;

import static io.ringtally.journal.BodyLayout.CRC;
import static io.ringtally.journal.BodyLayout.MAGIC;
import static io.ringtally.journal.BodyLayout.SEGMENT_BOOT;
import static io.ringtally.journal.BodyLayout.SEGMENT_BYTES;
import static io.ringtally.journal.BodyLayout.SEGMENT_EVENTS;
import static io.ringtally.journal.BodyLayout.SEGMENT_FIRST;
import static io.ringtally.journal.BodyLayout.SEGMENT_HEADER_BYTES;
import static io.ringtally.journal.BodyLayout.SEGMENT_LOG;
import static io.ringtally.journal.BodyLayout.SEGMENT_MAGIC;
import static io.ringtally.journal.BodyLayout.SEGMENT_MARK;
import static io.ringtally.journal.BodyLayout.SEGMENT_ORDINAL;
import static io.ringtally.journal.BodyLayout.SEGMENT_RUN;
import static io.ringtally.journal.BodyLayout.SEGMENT_SALT;
import static io.ringtally.journal.BodyLayout.SEGMENT_SUM_HIGH;
import static io.ringtally.journal.BodyLayout.SEGMENT_SUM_LOW;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * What a segment says of itself, see {@link BodyLayout}.
 *
 * <p>Threading: immutable, as long as nobody adds to the totals.
 *
 * @param owner the log and the boot it was written in
 * @param run number of the start it belongs to, 1 and up
 * @param ordinal its number in the log, 1 and up
 * @param first from this position on it replaces all earlier segments
 * @param mark position up to which the log was known to be forced
 * @param salt in all its blocks, new at each use of its file
 * @param before the log's totals before {@code first}
 */
record SegmentHeader(Owner owner, long run, long ordinal, long first, long mark, long salt,
        LogTotals before) {

    /** Whose segment: the log, and the machine's boot. */
    record Owner(UUID log, UUID boot) {
    }

    /** The header as one aligned block. */
    ByteBuffer encode(long segmentBytes) {
        ByteBuffer to = ByteBuffer.allocateDirect(BodyLayout.ALIGNMENT)
                .order(ByteOrder.LITTLE_ENDIAN);
        to.putInt(MAGIC, SEGMENT_MAGIC);
        to.putLong(SEGMENT_BYTES, segmentBytes);
        put(to, SEGMENT_LOG, owner.log);
        put(to, SEGMENT_BOOT, owner.boot);
        to.putLong(SEGMENT_RUN, run);
        to.putLong(SEGMENT_ORDINAL, ordinal);
        to.putLong(SEGMENT_FIRST, first);
        to.putLong(SEGMENT_MARK, mark);
        to.putLong(SEGMENT_SALT, salt);
        to.putLong(SEGMENT_EVENTS, before.events());
        to.putLong(SEGMENT_SUM_HIGH, before.sumHigh());
        to.putLong(SEGMENT_SUM_LOW, before.sumLow());
        to.putInt(CRC, BodyLayout.checksum(to, 0, SEGMENT_HEADER_BYTES));
        return to;
    }

    /** Reads a header, or null if there is no valid one at {@code at}. */
    static SegmentHeader decode(ByteBuffer from, int at) {
        if (from.getInt(at + MAGIC) != SEGMENT_MAGIC || from.getInt(at + CRC)
                != BodyLayout.checksum(from, at, SEGMENT_HEADER_BYTES)) {
            return null;
        }
        return new SegmentHeader(
                new Owner(get(from, at + SEGMENT_LOG), get(from, at + SEGMENT_BOOT)),
                from.getLong(at + SEGMENT_RUN), from.getLong(at + SEGMENT_ORDINAL),
                from.getLong(at + SEGMENT_FIRST), from.getLong(at + SEGMENT_MARK),
                from.getLong(at + SEGMENT_SALT), new LogTotals(
                        from.getLong(at + SEGMENT_EVENTS), from.getLong(at + SEGMENT_SUM_HIGH),
                        from.getLong(at + SEGMENT_SUM_LOW)));
    }

    static void put(ByteBuffer to, int at, UUID uuid) {
        to.putLong(at, uuid.getMostSignificantBits());
        to.putLong(at + Long.BYTES, uuid.getLeastSignificantBits());
    }

    static UUID get(ByteBuffer from, int at) {
        return new UUID(from.getLong(at), from.getLong(at + Long.BYTES));
    }
}
