package io.ringtally.inspect;

import io.ringtally.journal.BodyLayout;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * One file of the body, opened for reading only; looks for valid blocks at given places.
 *
 * <p>Threading: none.
 */
final class SegmentInput implements Closeable {

    /** Blocks and headers begin at multiples of this, bytes. */
    static final int PAGE = BodyLayout.ALIGNMENT;

    private static final int WINDOW = 1 << 20;

    private final FileChannel channel;
    private final long bytes;
    private ByteBuffer window = ByteBuffer.allocate(WINDOW).order(ByteOrder.LITTLE_ENDIAN);
    private long windowAt;
    private int at;

    SegmentInput(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.READ);
        bytes = channel.size();
        window.limit(0);
    }

    long bytes() {
        return bytes;
    }

    /** Brings {@code length} bytes from {@code offset} into memory; they must be in the file. */
    private void load(long offset, int length) throws IOException {
        if (offset >= windowAt && offset + length <= windowAt + window.limit()) {
            at = (int) (offset - windowAt);
            return;
        }
        if (length > window.capacity()) {
            window = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        }
        window.clear().limit((int) Math.min(window.capacity(), bytes - offset));
        int limit = window.limit();
        while (window.hasRemaining()) {
            if (channel.read(window, offset + window.position()) < 0) {
                window.limit(0);
                throw new EOFException("a file of the log became shorter while it was read");
            }
        }
        window.position(0).limit(limit);
        windowAt = offset;
        at = 0;
    }

    /** The first page, or as much of it as there is. */
    ByteBuffer firstPage() throws IOException {
        load(0, (int) Math.min(PAGE, bytes));
        return window.slice(at, (int) Math.min(PAGE, bytes)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Whether a whole block lies at {@code offset}, made to lie there. */
    boolean hasBlock(long offset) throws IOException {
        // blocks are written in whole pages: a file that ends within one was cut
        if (offset + PAGE > bytes || !claimsBlock(offset)) {
            return false;
        }
        int length = word(BodyLayout.BLOCK_LENGTH);
        if (length < BodyLayout.BLOCK_HEADER_BYTES || length > bytes - offset
                || longWord(BodyLayout.BLOCK_OFFSET) != offset) {
            return false;
        }
        int expected = word(BodyLayout.CRC);
        if (expected != checksum(offset, length)) {
            return false;
        }
        load(offset, length);
        return true;
    }

    /** Whether what lies at {@code offset} begins like a block, whole or not. */
    boolean claimsBlock(long offset) throws IOException {
        if (offset + BodyLayout.BLOCK_HEADER_BYTES > bytes) {
            return false;
        }
        load(offset, (int) Math.min(PAGE, bytes - offset));
        return word(BodyLayout.MAGIC) == BodyLayout.BLOCK_MAGIC;
    }

    /** In pieces: a length that is nonsense must not decide how much memory is taken. */
    private int checksum(long offset, int length) throws IOException {
        CRC32C crc = new CRC32C();
        long next = offset + BodyLayout.MAGIC;
        long end = offset + length;
        while (next < end) {
            int piece = (int) Math.min(WINDOW, end - next);
            load(next, piece);
            crc.update(window.slice(at, piece));
            next += piece;
        }
        return (int) crc.getValue();
    }

    private int word(int field) {
        return window.getInt(at + field);
    }

    private long longWord(int field) {
        return window.getLong(at + field);
    }

    /** Memory of the block found last. */
    ByteBuffer memory() {
        return window;
    }

    /** Its place in the memory. */
    int at() {
        return at;
    }

    /** Its bytes, header included. */
    int length() {
        return word(BodyLayout.BLOCK_LENGTH);
    }

    /** Its bytes with the zeros behind it. */
    int alignedLength() {
        return length() + PAGE - 1 & -PAGE;
    }

    int records() {
        return word(BodyLayout.BLOCK_RECORDS);
    }

    long first() {
        return longWord(BodyLayout.BLOCK_FIRST);
    }

    long last() {
        return longWord(BodyLayout.BLOCK_LAST);
    }

    long mark() {
        return longWord(BodyLayout.BLOCK_MARK);
    }

    long salt() {
        return longWord(BodyLayout.BLOCK_SALT);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
