package io.ringtally.inspect;

import io.ringtally.journal.BodyLayout;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * What a segment says of itself in its first page.
 *
 * <p>Threading: immutable, as long as nobody adds to the totals.
 *
 * @param log UUID of the log it belongs to
 * @param boot the machine's boot it was written in
 * @param run number of the start it was written by
 * @param ordinal its number in the log
 * @param first from this position on it replaces all earlier segments
 * @param mark position up to which the log was known to be forced
 * @param salt in all its blocks
 * @param before totals of the log before {@code first}
 */
record SegmentHead(UUID log, UUID boot, long run, long ordinal, long first, long mark, long salt,
        Totals before) {

    /** Reads it, or returns null if there is none: a file cut within its first page has none. */
    static SegmentHead in(ByteBuffer page) {
        if (page.limit() < BodyLayout.ALIGNMENT
                || page.getInt(BodyLayout.MAGIC) != BodyLayout.SEGMENT_MAGIC) {
            return null;
        }
        CRC32C crc = new CRC32C();
        crc.update(page.slice(BodyLayout.MAGIC,
                BodyLayout.SEGMENT_HEADER_BYTES - BodyLayout.MAGIC));
        if ((int) crc.getValue() != page.getInt(BodyLayout.CRC)) {
            return null;
        }
        return new SegmentHead(uuid(page, BodyLayout.SEGMENT_LOG),
                uuid(page, BodyLayout.SEGMENT_BOOT), page.getLong(BodyLayout.SEGMENT_RUN),
                page.getLong(BodyLayout.SEGMENT_ORDINAL), page.getLong(BodyLayout.SEGMENT_FIRST),
                page.getLong(BodyLayout.SEGMENT_MARK), page.getLong(BodyLayout.SEGMENT_SALT),
                new Totals(page.getLong(BodyLayout.SEGMENT_EVENTS),
                        page.getLong(BodyLayout.SEGMENT_SUM_HIGH),
                        page.getLong(BodyLayout.SEGMENT_SUM_LOW)));
    }

    static UUID uuid(ByteBuffer page, int at) {
        return new UUID(page.getLong(at), page.getLong(at + Long.BYTES));
    }
}
