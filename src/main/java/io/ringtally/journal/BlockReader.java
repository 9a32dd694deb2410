package io.ringtally.journal;

import io.ringtally.journal.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads blocks of one file and checks them.
 *
 * <p>Threading: none.
 */
final class BlockReader {

    /** Read at once where blocks are expected to follow each other. */
    private static final int AHEAD = 512 << 10;

    private final DiskFile file;
    private final long fileBytes;
    private ByteBuffer memory;
    private long memoryAt = -1;
    private int at;

    BlockReader(DiskFile file) throws IOException {
        this.file = file;
        this.fileBytes = file.bytes();
        this.memory = memoryOf((int) Math.min(AHEAD, fileBytes));
    }

    /** Whether a block lies at {@code offset} whose bytes are as they were written there. */
    boolean hasBlock(long offset) throws IOException {
        if (offset + BodyLayout.ALIGNMENT > fileBytes) {
            return false;
        }
        load(offset, BodyLayout.ALIGNMENT);
        if (memory.getInt(at + BodyLayout.MAGIC) != BodyLayout.BLOCK_MAGIC
                || memory.getLong(at + BodyLayout.BLOCK_OFFSET) != offset) {
            return false;
        }
        int length = memory.getInt(at + BodyLayout.BLOCK_LENGTH);
        if (length < BodyLayout.BLOCK_HEADER_BYTES || length > fileBytes - offset) {
            return false;
        }
        load(offset, length);
        return memory.getInt(at + BodyLayout.CRC) == BodyLayout.checksum(memory, at, length);
    }

    private static ByteBuffer memoryOf(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void load(long offset, int length) throws IOException {
        if (memoryAt >= 0 && offset >= memoryAt
                && offset + length <= memoryAt + memory.limit()) {
            at = (int) (offset - memoryAt);
            return;
        }
        int wanted = (int) Math.min(Math.max(AHEAD, length), fileBytes - offset);
        if (wanted > memory.capacity()) {
            memory = memoryOf(BodyLayout.aligned(wanted));
        }
        memory.clear().limit(wanted);
        memoryAt = -1;
        file.read(memory, offset);
        memory.position(0);
        memoryAt = offset;
        at = 0;
    }

    /** The header of the segment, or null if it has no valid one. */
    SegmentHeader header() throws IOException {
        if (fileBytes < BodyLayout.ALIGNMENT) {
            return null;
        }
        load(0, BodyLayout.ALIGNMENT);
        return SegmentHeader.decode(memory, at);
    }

    /** Whether the place of the header holds nothing but zeros, as in a spare. */
    boolean hasBlankHeader() throws IOException {
        if (fileBytes < BodyLayout.ALIGNMENT) {
            return false;
        }
        return isBlank(0);
    }

    /** Whether one alignment's bytes at {@code offset} are all zeros; past the end they are. */
    boolean isBlank(long offset) throws IOException {
        if (offset + BodyLayout.ALIGNMENT > fileBytes) {
            return true;
        }
        load(offset, BodyLayout.ALIGNMENT);
        for (int i = 0; i < BodyLayout.ALIGNMENT; i += Long.BYTES) {
            if (memory.getLong(at + i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Memory of the block found last. */
    ByteBuffer memory() {
        return memory;
    }

    /** Place of the block found last in the memory. */
    int at() {
        return at;
    }

    int length() {
        return memory.getInt(at + BodyLayout.BLOCK_LENGTH);
    }

    int records() {
        return memory.getInt(at + BodyLayout.BLOCK_RECORDS);
    }

    long first() {
        return memory.getLong(at + BodyLayout.BLOCK_FIRST);
    }

    long last() {
        return memory.getLong(at + BodyLayout.BLOCK_LAST);
    }

    long mark() {
        return memory.getLong(at + BodyLayout.BLOCK_MARK);
    }

    long salt() {
        return memory.getLong(at + BodyLayout.BLOCK_SALT);
    }

    long fileBytes() {
        return fileBytes;
    }

    DiskFile file() {
        return file;
    }
}
