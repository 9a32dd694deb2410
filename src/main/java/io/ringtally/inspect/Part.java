package io.ringtally.inspect;

import java.nio.file.Path;

/**
 * One file of the body, and what was found in it.
 *
 * <p>Threading: none.
 */
final class Part {

    final Path file;
    final long bytes;
    /** What its first page says; guessed from its blocks if that is odd, null if it is blank. */
    SegmentHead head;
    /** Its first page is neither whole nor blank. */
    boolean odd;
    /** What is wrong with an odd one. */
    String oddity = "";
    /** The first position that is read elsewhere. */
    long limit = Long.MAX_VALUE;

    long blocks;
    long last;
    long endOffset = SegmentInput.PAGE;
    long greatestMark;
    /** Position of the last record of any of its blocks. */
    long greatestLast;
    /** Blocks that were read as a part of the log. */
    long blocksRead;
    final RecordCounts records = new RecordCounts();
    final Totals totals = new Totals();

    Part(Path file, long bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    boolean isReplaced() {
        return limit <= head.first();
    }

    SegmentReport report() {
        SegmentState state = odd ? SegmentState.ODD : head == null ? SegmentState.SPARE
                : isReplaced() ? SegmentState.REPLACED : SegmentState.LIVE;
        return new SegmentReport(file, bytes, state, odd || head == null ? 0 : head.ordinal(),
                odd || head == null ? 0 : head.run(), head == null ? 0 : head.first(), last, limit,
                blocks, records, totals, odd || head == null ? 0 : head.mark(), greatestMark,
                endOffset);
    }
}
