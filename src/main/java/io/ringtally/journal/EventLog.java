package io.ringtally.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where the ring's journal stage appends what was published, in order.
 *
 * <p>Threading: one writer, the journal stage.
 */
public interface EventLog {

    /** Bytes a record takes besides its events. */
    int RECORD_BYTES = BodyLayout.RECORD_HEADER_BYTES;

    /**
     * Makes room for records that must be written together.
     *
     * @param bytes of all of them, {@link #RECORD_BYTES} each included
     */
    void begin(int bytes) throws IOException;

    /** Adds a record without events, of a slot that is the only one of its request. */
    void add(byte type) throws IOException;

    /** Adds a CHANGE with the changes of its slot. */
    void addChanges(ByteBuffer from, int address, int length) throws IOException;

    /** Adds the events of one slot. */
    void addEvents(int eventCount, int batchIndex, int batchSlots, ByteBuffer from, int address,
            int length);

    /**
     * Writes what was added: from here on it survives the process.
     *
     * @throws IOException if it can be written nowhere: the process must end
     */
    void write() throws IOException;

    /** Position of the record that is added next. */
    long nextPosition();
}
