package io.ringtally.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A block without records: it says what is forced, when no block with records comes to say so.
 *
 * <p>Threading: guarded by the body's lock.
 */
final class MarkBlock {

    private final ByteBuffer memory = ByteBuffer.allocateDirect(BodyLayout.ALIGNMENT)
            .order(ByteOrder.LITTLE_ENDIAN);

    /** Writes the block at the segment's end. */
    void write(Segment segment, long forced) throws IOException {
        memory.putInt(BodyLayout.MAGIC, BodyLayout.BLOCK_MAGIC);
        memory.putInt(BodyLayout.BLOCK_LENGTH, BodyLayout.BLOCK_HEADER_BYTES);
        memory.putLong(BodyLayout.BLOCK_FIRST, forced + 1);
        memory.putLong(BodyLayout.BLOCK_LAST, forced);
        BlockBuilder.seal(memory, 0, forced, segment);
        segment.file.write(memory.duplicate().clear(), segment.end);
        segment.end += BodyLayout.ALIGNMENT;
    }
}
