package io.ringtally.journal;

import java.time.Duration;

/**
 * Sizes and pace of the log's body.
 *
 * @param segmentBytes bytes of a segment file, a multiple of 4096, 64 KiB to 1 GiB
 * @param maxBytes bytes of all segment files together; events are refused before it is reached
 * @param syncInterval longest time between two forces while there is something to force, 1 ms to
 *     10 s
 * @param maxUnforcedBytes bytes written and not forced, kept in memory; at least half a segment, at
 *     most 1 GiB
 * @param retain how long a segment is kept after all of it is in Postgres; 0 s to 30 days
 */
public record JournalSettings(int segmentBytes, long maxBytes, Duration syncInterval,
        int maxUnforcedBytes, Duration retain) {

    private static final int SEGMENT_BYTES_MIN = 64 << 10;

    private static final int BLOCK_BYTES = 256 << 10;

    public JournalSettings {
        if (segmentBytes < SEGMENT_BYTES_MIN || segmentBytes > 1 << 30
                || segmentBytes % BodyLayout.ALIGNMENT != 0) {
            throw new IllegalArgumentException("journal.segment-bytes = " + segmentBytes
                    + " must be a multiple of 4096, 64 KiB to 1 GiB");
        }
        if (syncInterval.toNanos() < 1_000_000 || syncInterval.toSeconds() > 10) {
            throw new IllegalArgumentException("journal.sync-interval = "
                    + syncInterval.toMillis() + " ms is out of range: 1 ms to 10 s");
        }
        if (maxUnforcedBytes < segmentBytes / 2 || maxUnforcedBytes > 1 << 30) {
            throw new IllegalArgumentException("journal.max-unforced-bytes = " + maxUnforcedBytes
                    + " is out of range: half of journal.segment-bytes = " + segmentBytes
                    + " to 1 GiB");
        }
        if (retain.isNegative() || retain.toDays() > 30) {
            throw new IllegalArgumentException("journal.retain = " + retain.toSeconds()
                    + " s is out of range: 0 s to 30 days");
        }
    }

    /** Largest batch, in bytes of slots: a quarter of a segment. */
    public int batchBytesMax() {
        return segmentBytes / 4;
    }

    /** Blocks are written once they are this large, bytes; or sooner. */
    int blockBytes() {
        return Math.min(BLOCK_BYTES, segmentBytes / 4);
    }

    /** Bytes of blocks a segment has room for, besides its header and its last mark. */
    int roomBytes() {
        return segmentBytes - 2 * BodyLayout.ALIGNMENT;
    }
}
