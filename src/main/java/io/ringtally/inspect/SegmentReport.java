package io.ringtally.inspect;

import java.nio.file.Path;

/**
 * One file of the body. Of what is replaced by later segments only the blocks are counted.
 *
 * @param file where it is
 * @param bytes its size
 * @param state what it is
 * @param ordinal its number in the log; 0 if it is no segment
 * @param run number of the start that wrote it; 0 if it is no segment
 * @param first from this position on it replaces earlier segments
 * @param last the last position read here; the one before its first if there is none
 * @param limit the first position that a later segment replaces; {@link Long#MAX_VALUE} if none
 * @param blocks valid ones of it
 * @param records in force, by type
 * @param totals of the events in these
 * @param headerMark what was forced when it was begun
 * @param greatestMark the greatest in its blocks
 * @param endOffset where its blocks end, bytes
 */
public record SegmentReport(Path file, long bytes, SegmentState state, long ordinal, long run,
        long first, long last, long limit, long blocks, RecordCounts records, Totals totals,
        long headerMark, long greatestMark, long endOffset) {
}
