package io.ringtally.inspect;

import io.ringtally.journal.RecordType;
import java.util.ArrayList;
import java.util.List;

/**
 * How many records of each type there are.
 *
 * <p>Threading: none; its reader's.
 */
public final class RecordCounts {

    private final long[] counts = new long[RecordType.CHANGE + 1];
    private long skippedPositions;

    RecordCounts() {
    }

    void add(byte type) {
        counts[type]++;
    }

    void addGap(long positions) {
        counts[RecordType.GAP]++;
        skippedPositions += positions;
    }

    /** Records of one {@link RecordType}. */
    public long of(byte type) {
        return counts[type];
    }

    /** Positions that GAP records explain. */
    public long skippedPositions() {
        return skippedPositions;
    }

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        for (byte type = RecordType.EVENTS; type <= RecordType.CHANGE; type++) {
            if (counts[type] > 0) {
                parts.add(counts[type] + " " + RecordType.nameOf(type));
            }
        }
        return parts.isEmpty() ? "none" : String.join(", ", parts);
    }
}
