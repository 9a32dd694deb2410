package io.ringtally.inspect;

import io.ringtally.journal.BodyLayout;
import java.io.IOException;

/**
 * Goes through the records of a valid block.
 *
 * <p>Threading: none.
 */
final class BlockWalk {

    private final LogEntry entry = new LogEntry();
    private int faultAt;

    /**
     * Shows the records that reach to {@code from} or further and begin before {@code limit}.
     *
     * @return what is wrong with the block, or null; then {@link #faultAt} says where
     */
    String show(SegmentInput block, long from, long limit, LogEntry.Visitor visitor)
            throws IOException {
        int at = block.at() + BodyLayout.BLOCK_HEADER_BYTES;
        int end = block.at() + block.length();
        long position = block.first();
        for (int left = block.records(); left > 0; left--) {
            faultAt = at - block.at();
            if (!read(block, at, end, position)) {
                return "a block is whole, and its records are longer than it";
            }
            String fault = entry.fault();
            if (fault != null) {
                return fault;
            }
            if (position + entry.positions() > from && position < limit) {
                visitor.entry(entry);
            }
            position += entry.positions();
            at = entry.at + entry.length;
        }
        faultAt = at - block.at();
        return at == end && position == block.last() + 1 ? null
                : "a block is whole, and its records are not what its header says";
    }

    private boolean read(SegmentInput block, int at, int end, long position) {
        if (at + BodyLayout.RECORD_HEADER_BYTES > end) {
            return false;
        }
        entry.memory = block.memory();
        entry.position = position;
        entry.type = block.memory().get(at + BodyLayout.RECORD_TYPE);
        entry.eventCount = block.memory().getShort(at + BodyLayout.RECORD_EVENT_COUNT) & 0xffff;
        entry.length = block.memory().getInt(at + BodyLayout.RECORD_LENGTH);
        entry.batchIndex = block.memory().getInt(at + BodyLayout.RECORD_BATCH_INDEX);
        entry.batchSlots = block.memory().getInt(at + BodyLayout.RECORD_BATCH_SLOTS);
        entry.at = at + BodyLayout.RECORD_HEADER_BYTES;
        return entry.length >= 0 && entry.length <= end - entry.at;
    }

    /** Where the fault lies, or the record shown last: bytes from the start of the block. */
    int faultAt() {
        return faultAt;
    }
}
