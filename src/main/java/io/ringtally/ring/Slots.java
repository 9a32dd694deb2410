package io.ringtally.ring;

import io.ringtally.event.EventBatch;
import io.ringtally.event.EventLayout;
import io.ringtally.fault.FaultPoint;
import io.ringtally.journal.Head;
import io.ringtally.journal.LogRecord;
import io.ringtally.journal.RecordType;
import io.ringtally.journal.SlotHeader;
import io.ringtally.journal.SlotLayout;
import io.ringtally.journal.SlotSeal;
import java.nio.ByteBuffer;

/**
 * The slots of the ring, which are the head of the log: slot {@code sequence & mask}, its bytes as
 * {@link SlotLayout} draws them.
 *
 * <p>Threading: a slot is written by the producer that claimed its sequence, until it publishes;
 * then read by all stages, until the slowest has gone past it.
 *
 * <p>Ordering: for live stages none here: the sequencer's publish (release) pairs with their look
 * at the highest published sequence (acquire). For a recovery the commit word is zeroed before and
 * written after everything else of the slot, with release.
 */
final class Slots {

    static final int HEADER_BYTES = SlotLayout.HEADER_BYTES;
    private static final byte[] NOTHING = {};

    private final Head head;
    private final ByteBuffer memory;
    private final SlotSeal seal;
    private final int slotBytes;
    private final int mask;

    Slots(Head head) {
        this.head = head;
        this.memory = head.memory();
        this.seal = head.seal();
        this.slotBytes = head.slotBytes();
        this.mask = head.slots() - 1;
    }

    ByteBuffer memory() {
        return memory;
    }

    /** Room for events in one slot, bytes. */
    int room() {
        return slotBytes - HEADER_BYTES;
    }

    long positionOf(long sequence) {
        return head.base() + sequence;
    }

    long sequenceOf(long position) {
        return position - head.base();
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
        int slots = (int) (last - first + 1);
        for (long sequence = first; sequence <= last; sequence++) {
            int length = batch.wholeEventsWithin(offset, room());
            SlotHeader header = new SlotHeader(RecordType.EVENTS,
                    batch.countWithin(offset, length), positionOf(sequence), positionOf(first),
                    slots, length);
            int commitWord = seal.commitWord(header, batch.bytes(), offset);
            int at = begin(sequence, header);
            batch.copyTo(memory, at + HEADER_BYTES, offset, length);
            FaultPoint.INTAKE_SLOT_COPIED.passed();
            seal.close(memory, at, commitWord);
            FaultPoint.INTAKE_SLOT_COMMITTED.passed();
            offset += length;
        }
    }

    /** Makes a slot a CUT, or a VOID. */
    void writeControl(long sequence, byte type) {
        SlotHeader header = SlotHeader.control(type, positionOf(sequence));
        int commitWord = seal.commitWord(header, NOTHING, 0);
        seal.close(memory, begin(sequence, header), commitWord);
    }

    /** Makes a slot a CHANGE. */
    void writeChanges(long sequence, byte[] changes) {
        long position = positionOf(sequence);
        SlotHeader header = new SlotHeader(RecordType.CHANGE, 0, position, position, 1,
                changes.length);
        int commitWord = seal.commitWord(header, changes, 0);
        int at = begin(sequence, header);
        memory.put(at + HEADER_BYTES, changes);
        seal.close(memory, at, commitWord);
    }

    /** Fills a slot with a record that the body has already: without a commit word. */
    void writeReplayed(long sequence, LogRecord record, ByteBuffer bytes, int from) {
        long position = positionOf(sequence);
        int at = begin(sequence, new SlotHeader(record.type(), record.eventCount(), position,
                position - record.batchIndex(), record.batchSlots(), record.length()));
        memory.put(at + HEADER_BYTES, bytes, from, record.length());
    }

    /** Fills a slot with nothing, without a commit word: replayed positions that hold no events. */
    void writeReplayedVoid(long sequence) {
        begin(sequence, SlotHeader.control(RecordType.VOID, positionOf(sequence)));
    }

    /** Opens a slot and writes its header; returns its address. */
    private int begin(long sequence, SlotHeader header) {
        int at = at(sequence);
        seal.open(memory, at);
        header.write(memory, at);
        return at;
    }

    byte type(long sequence) {
        return memory.get(at(sequence) + SlotLayout.TYPE);
    }

    int eventCount(long sequence) {
        return memory.getShort(at(sequence) + SlotLayout.EVENT_COUNT) & 0xffff;
    }

    long position(long sequence) {
        return memory.getLong(at(sequence) + SlotLayout.POSITION);
    }

    /** When the events of a slot were accepted, microseconds since the epoch: one request's. */
    long acceptedAtMicros(long sequence) {
        return memory.getLong(eventsAddress(sequence) + EventLayout.ACCEPTED_AT);
    }

    /** Sequence of the first slot of the same request. */
    long batchFirst(long sequence) {
        return sequenceOf(memory.getLong(at(sequence) + SlotLayout.BATCH_FIRST));
    }

    int batchSlots(long sequence) {
        return memory.getInt(at(sequence) + SlotLayout.BATCH_SLOTS);
    }

    /** Bytes of a slot's events. */
    int usedBytes(long sequence) {
        return memory.getInt(at(sequence) + SlotLayout.USED_BYTES);
    }

    /** Address of the first event of a slot. */
    int eventsAddress(long sequence) {
        return at(sequence) + HEADER_BYTES;
    }
}
