package io.ringtally.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The blocks that were written and are not known to be forced, in one piece of memory used round
 * and round: so that they can be written again elsewhere, and never take more than a bound.
 *
 * <p>Threading: guarded by the body's lock, except that the block being built is its builder's.
 */
final class UnforcedBlocks {

    private final ByteBuffer memory;
    private final Deque<Block> blocks = new ArrayDeque<>();
    private int free;

    UnforcedBlocks(int bytes) {
        this.memory = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    ByteBuffer memory() {
        return memory;
    }

    /** Where {@code bytes} in one piece are free, or -1 if there is no such place now. */
    int place(int bytes) {
        if (blocks.isEmpty()) {
            return bytes <= memory.capacity() ? 0 : -1;
        }
        int oldest = blocks.peekFirst().start;
        if (free <= oldest) {
            return oldest - free >= bytes ? free : -1;
        }
        if (memory.capacity() - free >= bytes) {
            return free;
        }
        return oldest >= bytes ? 0 : -1;
    }

    void add(Block block) {
        blocks.addLast(block);
        free = block.start + block.length;
    }

    Deque<Block> blocks() {
        return blocks;
    }

    /** The segments they lie in, the oldest first. */
    Set<Segment> segments() {
        Set<Segment> segments = new LinkedHashSet<>();
        blocks.stream().filter(block -> block.segment != null)
                .forEach(block -> segments.add(block.segment));
        return segments;
    }

    /** Forgets the blocks up to and with {@code last}. */
    void forgetThrough(Block last) {
        while (blocks.pollFirst() != last) {
            continue;
        }
    }

    /** A view of a block's bytes. */
    ByteBuffer bytesOf(Block block) {
        return memory.duplicate().position(block.start).limit(block.start + block.length);
    }

    /** One block in the memory. */
    static final class Block {

        final int start;
        /** Its bytes, rounded up. */
        final int length;
        final long first;
        final long last;
        /** The log's totals before it. */
        final LogTotals before;
        Segment segment;

        Block(int start, int length, long first, long last, LogTotals before) {
            this.start = start;
            this.length = length;
            this.first = first;
            this.last = last;
            this.before = before;
        }
    }
}
