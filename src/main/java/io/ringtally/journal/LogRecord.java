package io.ringtally.journal;

/**
 * A record's description.
 *
 * <p>Threading: a reader has one and fills it again for each record it shows.
 */
public final class LogRecord {

    private long position;
    private byte type;
    private int eventCount;
    private int length;
    private int batchIndex;
    private int batchSlots;

    LogRecord() {
    }

    LogRecord at(long newPosition, byte newType, int events, int bytes) {
        position = newPosition;
        type = newType;
        eventCount = events;
        length = bytes;
        batchIndex = 0;
        batchSlots = 1;
        return this;
    }

    LogRecord inBatch(int index, int slots) {
        batchIndex = index;
        batchSlots = slots;
        return this;
    }

    public long position() {
        return position;
    }

    /** One of {@link RecordType}. */
    public byte type() {
        return type;
    }

    public int eventCount() {
        return eventCount;
    }

    /** Bytes of the record without its header. */
    public int length() {
        return length;
    }

    /** Its place in the request it came with, 0 and up. */
    public int batchIndex() {
        return batchIndex;
    }

    /** Records of the request it came with. */
    public int batchSlots() {
        return batchSlots;
    }
}
