package io.ringtally.journal;

import io.ringtally.event.EventCursor;
import java.nio.ByteBuffer;

/**
 * Lays records into a block, one after the other, and counts what they hold.
 *
 * <p>Threading: the body's one writer. It writes only the piece of memory it was given.
 */
final class BlockBuilder {

    private final ByteBuffer memory;
    private final EventCursor cursor;
    private final LogTotals totals = new LogTotals();
    private LogTotals before = new LogTotals();
    private int start = -1;
    private int room;
    private int used;
    private int records;
    private long first;
    private long next = 1;

    BlockBuilder(ByteBuffer memory) {
        this.memory = memory;
        this.cursor = new EventCursor(memory);
    }

    /** Goes on after a log that ends before {@code position}. */
    void continueAt(long position, LogTotals upTo) {
        next = position;
        totals.set(upTo);
    }

    /** Opens a block of at most {@code bytes} at {@code place}. */
    void open(int place, int bytes) {
        start = place;
        room = bytes;
        used = BodyLayout.BLOCK_HEADER_BYTES;
        records = 0;
        first = next;
        before = totals.copy();
    }

    boolean isOpen() {
        return start >= 0;
    }

    boolean hasRoomFor(int bytes) {
        return used + bytes <= room;
    }

    /** Adds a record of a slot; the bytes are those of its events. */
    void add(byte type, int eventCount, int batchIndex, int batchSlots) {
        int at = start + used;
        memory.putInt(at + BodyLayout.RECORD_TYPE, type & 0xff | eventCount << 16);
        memory.putInt(at + BodyLayout.RECORD_LENGTH, 0);
        memory.putInt(at + BodyLayout.RECORD_BATCH_INDEX, batchIndex);
        memory.putInt(at + BodyLayout.RECORD_BATCH_SLOTS, batchSlots);
        used += BodyLayout.RECORD_HEADER_BYTES;
        records++;
        next++;
    }

    /** Adds the events of the EVENTS record just begun. */
    void events(int eventCount, ByteBuffer from, int address, int length) {
        memory.putInt(start + used - BodyLayout.RECORD_HEADER_BYTES + BodyLayout.RECORD_LENGTH,
                length);
        memory.put(start + used, from, address, length);
        int at = start + used;
        for (int left = eventCount; left > 0; left--) {
            totals.add(cursor.at(at).value());
            at += cursor.size();
        }
        used += length;
    }

    /** Adds a CUT with the log's totals. */
    void cut() {
        add(RecordType.CUT, 0, 0, 1);
        int at = start + used;
        memory.putInt(at - BodyLayout.RECORD_HEADER_BYTES + BodyLayout.RECORD_LENGTH,
                BodyLayout.CUT_BYTES);
        memory.putLong(at, totals.events());
        memory.putLong(at + 8, totals.sumHigh());
        memory.putLong(at + 16, totals.sumLow());
        used += BodyLayout.CUT_BYTES;
    }

    /** Adds a GAP of as many positions. */
    void gap(long positions) {
        add(RecordType.GAP, 0, 0, 1);
        int at = start + used;
        memory.putInt(at - BodyLayout.RECORD_HEADER_BYTES + BodyLayout.RECORD_LENGTH,
                BodyLayout.GAP_BYTES);
        memory.putLong(at, positions);
        used += BodyLayout.GAP_BYTES;
        next += positions - 1;
    }

    /** Closes the block, padded with zeros; {@link #seal} fills in what its place decides. */
    UnforcedBlocks.Block close() {
        int length = BodyLayout.aligned(used);
        for (int at = start + used; at < start + length; at++) {
            memory.put(at, (byte) 0);
        }
        memory.putInt(start + BodyLayout.MAGIC, BodyLayout.BLOCK_MAGIC);
        memory.putInt(start + BodyLayout.BLOCK_LENGTH, used);
        memory.putInt(start + BodyLayout.BLOCK_RECORDS, records);
        memory.putLong(start + BodyLayout.BLOCK_FIRST, first);
        memory.putLong(start + BodyLayout.BLOCK_LAST, next - 1);
        UnforcedBlocks.Block block =
                new UnforcedBlocks.Block(start, length, first, next - 1, before);
        start = -1;
        return block;
    }

    /** Fills in what depends on where and when a block is written. */
    static void seal(ByteBuffer memory, int start, long mark, Segment segment) {
        memory.putLong(start + BodyLayout.BLOCK_MARK, mark);
        memory.putLong(start + BodyLayout.BLOCK_SALT, segment.header.salt());
        memory.putLong(start + BodyLayout.BLOCK_OFFSET, segment.end);
        memory.putInt(start + BodyLayout.CRC, BodyLayout.checksum(memory, start,
                memory.getInt(start + BodyLayout.BLOCK_LENGTH)));
    }

    /** Position of the record to be added next. */
    long next() {
        return next;
    }

    LogTotals totals() {
        return totals;
    }
}
