package io.ringtally.journal;

import io.ringtally.event.EventCursor;
import io.ringtally.journal.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * Reads the segments of one log in the order of their ordinals; earlier ones only below the first
 * position of every later one, which replaces them from there on.
 *
 * <p>The log ends at the first place that is not as it should be. If a mark anywhere behind it says
 * that more than that was forced, it is not an end but damage.
 *
 * <p>Threading: none; while nothing is written.
 */
final class BodyReader {

    private final List<Part> parts = new ArrayList<>();
    /** Files that are neither segments nor blank: one of them may have been a segment. */
    private final List<BlockReader> odd = new ArrayList<>();
    /** Files whose header is blank: spares, or segments whose header was lost. */
    private final List<BlockReader> blank = new ArrayList<>();
    private final LogRecord record = new LogRecord();
    private long end;
    private long mark;
    private LogTotals totals = new LogTotals();
    private Place broken;

    /** Where the log ends, or is damaged. */
    private record Place(int part, long offset, String what) {
    }

    /** One segment, read up to a limit. */
    static final class Part {

        final BlockReader blocks;
        final SegmentHeader header;
        /** The first position that is read elsewhere. */
        long limit = Long.MAX_VALUE;
        /** Position of the last record read here; the one before its first, if there is none. */
        long last;
        /** Where its valid blocks end. */
        long endOffset = BodyLayout.ALIGNMENT;

        Part(BlockReader blocks, SegmentHeader header) {
            this.blocks = blocks;
            this.header = header;
            this.last = header.first() - 1;
        }

        DiskFile file() {
            return blocks.file();
        }
    }

    /**
     * A reader of these files.
     *
     * @throws LogDamagedException if one is another log's, or two claim the same place
     */
    BodyReader(List<DiskFile> files, UUID log) throws IOException {
        for (DiskFile file : files) {
            BlockReader blocks = new BlockReader(file);
            SegmentHeader header = blocks.header();
            if (header != null) {
                if (!header.owner().log().equals(log)) {
                    throw new LogDamagedException(file.name(), 0, "it belongs to log "
                            + header.owner().log() + ", not to " + log);
                }
                parts.add(new Part(blocks, header));
            } else if (blocks.hasBlankHeader()) {
                blank.add(blocks);
            } else {
                odd.add(blocks);
            }
        }
        parts.sort(Comparator.comparingLong(part -> part.header.ordinal()));
        long limit = Long.MAX_VALUE;
        for (int i = parts.size() - 1; i >= 0; i--) {
            Part part = parts.get(i);
            part.limit = limit;
            limit = Math.min(limit, part.header.first());
            if (i > 0 && parts.get(i - 1).header.ordinal() == part.header.ordinal()) {
                throw new LogDamagedException(part.file().name(), 0, "it and "
                        + parts.get(i - 1).file().name() + " are both segment "
                        + part.header.ordinal());
            }
        }
    }

    /** Reads everything, checks it, and finds the end. */
    void scan() throws IOException {
        if (parts.isEmpty()) {
            searchMarks(-1, 0);
            broken = new Place(-1, 0, "there is no segment with a valid header");
            judge();
            return;
        }
        Part oldest = oldest();
        end = oldest.header.first() - 1;
        totals = oldest.header.before().copy();
        // what is gone was in Postgres, so it was forced, with or without a mark that says so
        mark = end;
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            mark = Math.max(mark, part.header.mark());
            if (part.limit <= part.header.first()) {
                // a later segment replaces all of it
                part.last = part.limit - 1;
                continue;
            }
            if (part.header.first() > end + 1) {
                broken = broken != null ? broken : new Place(i, 0,
                        "it begins at position " + part.header.first() + ", and what is before it"
                                + " ends at " + end);
                break;
            }
            broken = null;
            checkTotals(part);
            scanPart(i, part);
        }
        if (broken != null) {
            searchMarks(broken.part, broken.offset);
        }
        judge();
    }

    /** The first part of which anything is read: those before it are replaced whole. */
    private Part oldest() {
        return parts.stream().filter(part -> part.limit > part.header.first()).findFirst()
                .orElseThrow();
    }

    private void checkTotals(Part part) throws LogDamagedException {
        if (!part.header.before().sameAs(totals)) {
            throw new LogDamagedException(part.file().name(), 0, "it begins after "
                    + part.header.before() + ", and the log has " + totals + " before it");
        }
    }

    private void scanPart(int index, Part part) throws IOException {
        long offset = BodyLayout.ALIGNMENT;
        while (end + 1 < part.limit) {
            if (!isNext(part, offset)) {
                broken = new Place(index, offset, "there is no valid block with position "
                        + (end + 1));
                break;
            }
            mark = Math.max(mark, part.blocks.mark());
            visit(part, offset, end + 1, part.limit - 1, counting(part, offset));
            offset += BodyLayout.aligned(part.blocks.length());
        }
        part.endOffset = offset;
        part.last = end;
    }

    private boolean isNext(Part part, long offset) throws IOException {
        return part.blocks.hasBlock(offset) && part.blocks.salt() == part.header.salt()
                && part.blocks.first() == end + 1;
    }

    private RecordVisitor counting(Part part, long offset) {
        return (one, bytes, at) -> count(part, offset, bytes, at);
    }

    /** Counts the record at hand, of the block at {@code offset}. */
    private void count(Part part, long offset, ByteBuffer bytes, int at)
            throws LogDamagedException {
        LogRecord one = record;
        switch (one.type()) {
            case RecordType.EVENTS -> {
                EventCursor event = new EventCursor(bytes);
                int place = at;
                for (int left = one.eventCount(); left > 0; left--) {
                    totals.add(event.at(place).value());
                    place += event.size();
                }
            }
            case RecordType.CUT -> {
                LogTotals said = new LogTotals(bytes.getLong(at), bytes.getLong(at + 8),
                        bytes.getLong(at + 16));
                if (!said.sameAs(totals)) {
                    throw new LogDamagedException(part.file().name(), offset,
                            "the CUT at position " + one.position() + " says " + said
                                    + ", and the log has " + totals);
                }
            }
            case RecordType.VOID, RecordType.GAP, RecordType.CHANGE -> { }
            default -> throw new LogDamagedException(part.file().name(), offset,
                    "the record at position " + one.position() + " is of "
                            + RecordType.nameOf(one.type())
                            + ", which this version does not know: start the one that wrote it");
        }
        end = one.type() == RecordType.GAP ? one.position() + bytes.getLong(at) - 1
                : one.position();
    }

    /** Shows the records of the block at hand that lie between two positions. */
    private void visit(Part part, long offset, long from, long to, RecordVisitor visitor)
            throws IOException {
        BlockReader block = part.blocks;
        ByteBuffer memory = block.memory();
        int at = block.at() + BodyLayout.BLOCK_HEADER_BYTES;
        int blockEnd = block.at() + block.length();
        long position = block.first();
        for (int left = block.records(); left > 0; left--) {
            if (at + BodyLayout.RECORD_HEADER_BYTES > blockEnd) {
                throw nonsense(part, offset);
            }
            byte type = memory.get(at + BodyLayout.RECORD_TYPE);
            int length = memory.getInt(at + BodyLayout.RECORD_LENGTH);
            int bytes = at + BodyLayout.RECORD_HEADER_BYTES;
            if (length < 0 || length > blockEnd - bytes) {
                throw nonsense(part, offset);
            }
            if (position >= from && position <= to) {
                record.at(position, type,
                        memory.getShort(at + BodyLayout.RECORD_EVENT_COUNT) & 0xffff, length)
                        .inBatch(memory.getInt(at + BodyLayout.RECORD_BATCH_INDEX),
                                memory.getInt(at + BodyLayout.RECORD_BATCH_SLOTS));
                visitor.record(record, memory, bytes);
            }
            position += type == RecordType.GAP ? memory.getLong(bytes) : 1;
            at = bytes + length;
        }
        if (at != blockEnd || position != block.last() + 1) {
            throw nonsense(part, offset);
        }
    }

    private static LogDamagedException nonsense(Part part, long offset) {
        return new LogDamagedException(part.file().name(), offset,
                "a block is whole and its records are not");
    }

    /** Looks behind the end for marks: at every place where a block may lie, in every file. */
    private void searchMarks(int part, long offset) throws IOException {
        for (int i = Math.max(part, 0); i < parts.size(); i++) {
            mark = Math.max(mark, parts.get(i).header.mark());
            searchMarks(parts.get(i).blocks, i == part ? offset : BodyLayout.ALIGNMENT,
                    parts.get(i).header);
        }
        for (BlockReader blocks : odd) {
            searchMarks(blocks, BodyLayout.ALIGNMENT, null);
        }
        for (BlockReader blocks : blank) {
            // a spare was never used, or begins with what is in Postgres: not behind the end
            if (!blocks.isBlank(BodyLayout.ALIGNMENT)
                    && !(blocks.hasBlock(BodyLayout.ALIGNMENT) && blocks.first() <= end)) {
                searchMarks(blocks, BodyLayout.ALIGNMENT, null);
            }
        }
    }

    /** With a header only blocks of its salt: an event's bytes may look like a block. */
    private void searchMarks(BlockReader blocks, long from, SegmentHeader header)
            throws IOException {
        long offset = Math.max(from, BodyLayout.ALIGNMENT);
        while (offset < blocks.fileBytes()) {
            if (blocks.hasBlock(offset)
                    && (header == null || blocks.salt() == header.salt())) {
                mark = Math.max(mark, blocks.mark());
                offset += BodyLayout.aligned(blocks.length());
            } else {
                offset += BodyLayout.ALIGNMENT;
            }
        }
    }

    private void judge() throws LogDamagedException {
        if (mark > end) {
            String file = broken == null || broken.part < 0 ? "the log"
                    : parts.get(broken.part).file().name();
            throw new LogDamagedException(file, broken == null ? 0 : broken.offset,
                    (broken == null ? "" : broken.what + ", and ") + "a mark says that everything"
                            + " up to position " + mark + " was forced");
        }
    }

    /** Shows all records from one position to another, both inclusive. */
    void read(long from, long to, RecordVisitor visitor) throws IOException {
        for (Part part : parts) {
            if (part.last < from || part.header.first() > to) {
                continue;
            }
            long position = part.header.first();
            long offset = BodyLayout.ALIGNMENT;
            while (position <= Math.min(part.last, to)) {
                if (!part.blocks.hasBlock(offset)) {
                    throw new LogDamagedException(part.file().name(), offset,
                            "a block that was whole a moment ago is not");
                }
                visit(part, offset, from, Math.min(part.last, to), visitor);
                position = part.blocks.last() + 1;
                offset += BodyLayout.aligned(part.blocks.length());
            }
        }
    }

    /** The log's totals up to a position, which must lie in what was scanned. */
    LogTotals totalsAt(long position) throws IOException {
        for (int i = parts.size() - 1; i >= 0; i--) {
            Part part = parts.get(i);
            if (part.header.first() <= position + 1 && part.limit > part.header.first()) {
                LogTotals upTo = part.header.before().copy();
                LogTotals kept = totals;
                long keptEnd = end;
                totals = upTo;
                read(part.header.first(), position, counting(part, 0));
                totals = kept;
                end = keptEnd;
                return upTo;
            }
        }
        return new LogTotals();
    }

    /** Position of the last record; 0 if there is none. */
    long end() {
        return end;
    }

    /** Position before the first record that is still there. */
    long begin() {
        return parts.isEmpty() ? 0 : oldest().header.first() - 1;
    }

    /** Greatest position known to be forced. */
    long mark() {
        return mark;
    }

    LogTotals totals() {
        return totals;
    }

    List<Part> parts() {
        return parts;
    }

    List<BlockReader> odd() {
        return odd;
    }
}
