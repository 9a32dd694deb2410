package io.ringtally.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Is shown records of the log in order. */
public interface RecordVisitor {

    /**
     * One record. Its bytes may be read during the call only.
     *
     * @param record where and what it is
     * @param bytes memory, little-endian
     * @param at place of the record's own bytes in it, after any header
     */
    void record(LogRecord record, ByteBuffer bytes, int at) throws IOException;
}
