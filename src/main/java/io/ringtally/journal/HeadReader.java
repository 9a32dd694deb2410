package io.ringtally.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Finds in a head what an earlier run has committed there and the body does not have.
 *
 * <p>In the boot it was written in, every slot can be explained: its commit word is zero, or valid.
 * After a loss of power the file is any mixture of old and new pages: what validates is taken.
 *
 * <p>Threading: none; while nobody writes to the head.
 */
final class HeadReader {

    private final HeadHeader header;
    private final ByteBuffer memory;
    private final String file;
    private final boolean sameBoot;
    private final LogRecord record = new LogRecord();
    /** Position of the valid record in each slot; 0 if there is none. */
    private final long[] positions;
    private long end;

    /**
     * A reader of one head.
     *
     * @param sameBoot whether the machine has not been started anew since it was written
     */
    HeadReader(HeadHeader header, ByteBuffer memory, String file, boolean sameBoot) {
        this.header = header;
        this.memory = memory;
        this.file = file;
        this.sameBoot = sameBoot;
        this.positions = new long[header.slots()];
    }

    /**
     * Looks at every slot.
     *
     * @param bodyEnd position of the body's last record
     * @throws LogDamagedException if a slot cannot be explained
     */
    void scan(long bodyEnd) throws LogDamagedException {
        if (header.run() > 0 && header.base() > bodyEnd + 1) {
            throw new LogDamagedException(file, 0, "it begins at position " + header.base()
                    + ", and the body ends at " + bodyEnd + " although it was forced further");
        }
        end = bodyEnd;
        for (int slot = 0; slot < header.slots(); slot++) {
            positions[slot] = positionIn(slot);
            end = Math.max(end, positions[slot]);
        }
        for (long position = bodyEnd + 1; position <= end; position++) {
            join(position, bodyEnd);
        }
        dropTornBatches(bodyEnd);
        while (end > bodyEnd && !holds(end)) {
            end--;
        }
    }

    private long positionIn(int slot) throws LogDamagedException {
        int at = slot * header.slotBytes();
        int word = memory.getInt(at + SlotLayout.COMMIT);
        if (word == 0) {
            return 0;
        }
        int expected = SlotLayout.expectedCommitWord(memory, at, header.slotBytes(),
                header.salt());
        long position = memory.getLong(at + SlotLayout.POSITION);
        boolean valid = word == expected && position >= header.base()
                && (position - header.base()) % header.slots() == slot;
        if (!valid && sameBoot) {
            throw damage(slot, "the slot's commit word does not fit what it holds");
        }
        return valid ? position : 0;
    }

    /** In the same boot every position above the body's end is here, or was never committed. */
    private void join(long position, long bodyEnd) throws LogDamagedException {
        int slot = slotOf(position);
        long there = positions[slot];
        if (sameBoot && there > position) {
            throw damage(slot, "it holds position " + there + ", and position " + position
                    + ", which came before it, is not in the body, which ends at " + bodyEnd);
        }
    }

    private int slotOf(long position) {
        return (int) Math.floorMod(position - header.base(), (long) header.slots());
    }

    private boolean holds(long position) {
        return positions[slotOf(position)] == position;
    }

    /** A request whose slots are not all there was never answered: none of it is taken. */
    private void dropTornBatches(long bodyEnd) {
        long position = bodyEnd + 1;
        while (position <= end) {
            int at = slotOf(position) * header.slotBytes();
            long first = memory.getLong(at + SlotLayout.BATCH_FIRST);
            long after = first + memory.getInt(at + SlotLayout.BATCH_SLOTS);
            if (holds(position) && (first <= bodyEnd || !holdsAll(first, after))) {
                positions[slotOf(position)] = 0;
            }
            // what is whole is looked at once
            position = holds(position) ? Math.max(after, position + 1) : position + 1;
        }
    }

    private boolean holdsAll(long first, long after) {
        for (long position = first; position < after; position++) {
            if (!holds(position)) {
                return false;
            }
        }
        return true;
    }

    private LogDamagedException damage(int slot, String what) {
        return new LogDamagedException(file,
                HeadHeader.BYTES + (long) slot * header.slotBytes(), what);
    }

    /** Position of the last record, in the head or the body. */
    long end() {
        return end;
    }

    /** Shows every record above a position; what is missing between them is shown as a GAP. */
    void read(long after, RecordVisitor visitor, GapVisitor gaps) throws IOException {
        long gapFrom = after + 1;
        for (long position = after + 1; position <= end; position++) {
            if (!holds(position)) {
                continue;
            }
            if (position > gapFrom) {
                gaps.gap(position - gapFrom);
            }
            int at = slotOf(position) * header.slotBytes();
            int slots = memory.getInt(at + SlotLayout.BATCH_SLOTS);
            record.at(position, memory.get(at + SlotLayout.TYPE),
                    memory.getShort(at + SlotLayout.EVENT_COUNT) & 0xffff,
                    memory.getInt(at + SlotLayout.USED_BYTES))
                    .inBatch((int) (position - memory.getLong(at + SlotLayout.BATCH_FIRST)),
                            slots);
            visitor.record(record, memory, at + SlotLayout.HEADER_BYTES);
            gapFrom = position + 1;
        }
    }

    /** Is told of positions that were never filled. */
    interface GapVisitor {

        void gap(long positions) throws IOException;
    }
}
