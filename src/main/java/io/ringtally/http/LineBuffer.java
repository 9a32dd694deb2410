package io.ringtally.http;

import io.ringtally.event.EventParser;
import java.nio.ByteBuffer;

/**
 * The part of a body of lines that has come and is not counted yet.
 *
 * <p>Threading: the I/O thread's of its request.
 */
final class LineBuffer {

    final byte[] bytes;
    private int from;
    private int to;

    LineBuffer(int size) {
        bytes = new byte[size];
    }

    /** Where more may be put; at least one byte, unless a line fills all of it. */
    ByteBuffer room() {
        if (from > 0) {
            System.arraycopy(bytes, from, bytes, 0, to - from);
            to -= from;
            from = 0;
        }
        return ByteBuffer.wrap(bytes, to, bytes.length - to);
    }

    /** So many bytes were put there. */
    void put(int count) {
        to += count;
    }

    /** Where the first line begins. */
    int from() {
        return from;
    }

    /** Whether there is nothing. */
    boolean isEmpty() {
        return from == to;
    }

    /** Whether one unfinished line fills all of it. */
    boolean isFull() {
        return to - from == bytes.length;
    }

    /**
     * Where the line that begins at {@code start} ends, not counting its line feed.
     *
     * @param last whether nothing more will come, so that the last line needs no end
     * @return -1 if it has not come to its end yet, or there is none
     */
    int lineEnd(int start, boolean last) {
        int end = EventParser.lineEnd(bytes, start, to);
        return end < to || last && start < to ? end : -1;
    }

    /** Everything before {@code start}, behind a line feed or at the end, is done with. */
    void doneUpTo(int start) {
        from = Math.min(start, to);
    }

    /** Drops what there is. */
    void clear() {
        from = 0;
        to = 0;
    }
}
