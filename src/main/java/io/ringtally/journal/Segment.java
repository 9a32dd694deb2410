package io.ringtally.journal;

import io.ringtally.journal.Disk.DiskFile;
import java.io.IOException;

/**
 * A segment that is being written, or was in this run or an earlier one.
 *
 * <p>Threading: changed under the body's lock only; may be read by any thread.
 */
final class Segment {

    final DiskFile file;
    final SegmentHeader header;
    final long bytes;
    /** Where the next block goes. */
    volatile long end = BodyLayout.ALIGNMENT;
    /** Position of the last record in it; the one before its first, if there is none. */
    volatile long last;
    /** Its header is known to be forced: it begins a log without those before it. */
    volatile boolean headerForced;
    /** A write or a force of it has failed: its file is never used again. */
    volatile boolean suspect;

    Segment(DiskFile file, SegmentHeader header, long bytes) {
        this.file = file;
        this.header = header;
        this.bytes = bytes;
        this.last = header.first() - 1;
    }

    /** Forces the file, whose header is written. */
    void force() throws IOException {
        file.force();
        headerForced = true;
    }

    /** Whether a block fits, and a mark after it: a force at the segment's end must be marked. */
    boolean hasRoomFor(int length) {
        return end + length + BodyLayout.ALIGNMENT <= bytes;
    }

    boolean hasRoomForMark() {
        return end + BodyLayout.ALIGNMENT <= bytes;
    }
}
