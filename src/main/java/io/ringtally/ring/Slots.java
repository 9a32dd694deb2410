package io.ringtally.ring;

import io.ringtally.event.EventBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The memory of the ring: slot {@code sequence & mask}.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |  0  unused: the place of a commit word                        |
 * +---------------+---------------+-------------------------------+
 * |  4 type       |  5 unused     |  6  number of events          |
 * +---------------+---------------+-------------------------------+
 * |  8  log position                                              |
 * |                                                               |
 * +---------------------------------------------------------------+
 * | 16  log position of the first slot of the same request        |
 * |                                                               |
 * +---------------------------------------------------------------+
 * | 24  number of slots of the same request                       |
 * +---------------------------------------------------------------+
 * | 28  bytes of events that follow                               |
 * +---------------------------------------------------------------+
 * | 32  whole events, one after the other, see EventLayout        |
 * +---------------------------------------------------------------+
 * </pre>
 *
 * Integers are little-endian.
 *
 * <p>Threading: a slot is written by the producer that claimed its sequence, until it publishes;
 * then read by all stages, until the slowest has gone past it.
 *
 * <p>Ordering: none here. The sequencer's publish (release) pairs with the stages' look at the
 * highest published sequence (acquire).
 */
final class Slots {

    static final int HEADER_BYTES = 32;

    /** Slot of events to be applied. */
    static final byte EVENTS = 1;
    /** Slot where each shard hands over what changed since the cut before. */
    static final byte CUT = 2;
    /** Slot that was claimed and could not be filled; nothing in it counts. */
    static final byte VOID = 3;

    private static final int TYPE = 4;
    private static final int EVENT_COUNT = 6;
    private static final int POSITION = 8;
    private static final int BATCH_FIRST = 16;
    private static final int BATCH_SLOTS = 24;
    private static final int USED_BYTES = 28;

    private final ByteBuffer memory;
    private final int slotBytes;
    private final int mask;
    private long basePosition;

    Slots(RingSettings settings) {
        this.memory = ByteBuffer.allocateDirect(settings.slots() * settings.slotBytes())
                .order(ByteOrder.LITTLE_ENDIAN);
        this.slotBytes = settings.slotBytes();
        this.mask = settings.slots() - 1;
    }

    /** Sets the log position of sequence 0; before the first record. */
    void begin(long position) {
        basePosition = position;
    }

    ByteBuffer memory() {
        return memory;
    }

    /** Room for events in one slot, bytes. */
    int room() {
        return slotBytes - HEADER_BYTES;
    }

    long positionOf(long sequence) {
        return basePosition + sequence;
    }

    private int at(long sequence) {
        return ((int) sequence & mask) * slotBytes;
    }

    /** How many slots a batch takes. */
    int slotsFor(EventBatch batch) {
        int slots = 0;
        for (int offset = 0; offset < batch.usedBytes(); slots++) {
            offset += batch.wholeEventsWithin(offset, room());
        }
        return slots;
    }

    /** Copies a batch into the slots {@code first} to {@code last}. */
    void write(long first, long last, EventBatch batch) {
        int offset = 0;
        for (long sequence = first; sequence <= last; sequence++) {
            int at = at(sequence);
            int length = batch.wholeEventsWithin(offset, room());
            batch.copyTo(memory, at + HEADER_BYTES, offset, length);
            header(at, EVENTS, batch.countWithin(offset, length), sequence);
            memory.putLong(at + BATCH_FIRST, positionOf(first));
            memory.putInt(at + BATCH_SLOTS, (int) (last - first + 1));
            memory.putInt(at + USED_BYTES, length);
            offset += length;
        }
    }

    /** Makes a slot a CUT, or a VOID. */
    void writeControl(long sequence, byte type) {
        int at = at(sequence);
        header(at, type, 0, sequence);
        memory.putLong(at + BATCH_FIRST, positionOf(sequence));
        memory.putInt(at + BATCH_SLOTS, 1);
        memory.putInt(at + USED_BYTES, 0);
    }

    private void header(int at, byte type, int events, long sequence) {
        memory.put(at + TYPE, type);
        memory.putShort(at + EVENT_COUNT, (short) events);
        memory.putLong(at + POSITION, positionOf(sequence));
    }

    byte type(long sequence) {
        return memory.get(at(sequence) + TYPE);
    }

    int eventCount(long sequence) {
        return memory.getShort(at(sequence) + EVENT_COUNT) & 0xffff;
    }

    long position(long sequence) {
        return memory.getLong(at(sequence) + POSITION);
    }

    /** Address of the first event of a slot. */
    int eventsAddress(long sequence) {
        return at(sequence) + HEADER_BYTES;
    }
}
