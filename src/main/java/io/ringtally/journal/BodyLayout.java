package io.ringtally.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The segment files of the body: a header, then blocks of records; all of them begin at multiples
 * of 4 KiB. Integers are little-endian.
 *
 * <pre>
 * segment header                          block header
 * +------------------------------+        +------------------------------+
 * |  0  CRC32C of bytes 4 .. 128 |        |  0  CRC32C of bytes 4 .. n   |
 * |  4  "RTS1"                   |        |  4  "RTB1"                   |
 * |  8  bytes of the segment     |        |  8  n, its bytes with header |
 * | 16  log UUID                 |        | 12  number of records        |
 * | 32  boot id of the machine   |        | 16  position of its first    |
 * | 48  run                      |        |     record                   |
 * | 56  ordinal                  |        | 24  position of its last     |
 * | 64  P: from here on it re-   |        |     record                   |
 * |     places earlier segments  |        | 32  mark: what was known     |
 * | 72  mark: what was forced    |        |     forced                   |
 * | 80  salt                     |        | 40  salt of its segment      |
 * | 88  events before P          |        | 48  offset in its segment    |
 * | 96  their sum, high half     |        +------------------------------+
 * |104  their sum, low half      |        | 56  records, then zeros up   |
 * |112  zeros                    |        |     to a multiple of 4 KiB   |
 * +------------------------------+        +------------------------------+
 *
 * record                                  what follows its header
 * +------------------------------+        EVENTS: the events, see EventLayout
 * |  0  type       1 zero        |        CUT:    events of the log up to here, 8 bytes;
 * |  2  number of events         |                their sum, high and low half, 8 bytes each
 * |  4  bytes that follow        |        VOID:   nothing
 * |  8  its place in the request |        GAP:    number of positions, 8 bytes
 * | 12  slots of the request     |        CHANGE: changes, see ChangeLayout
 * +------------------------------+
 * </pre>
 *
 * A record has the position after the one before it; a GAP takes as many as it says. An empty block
 * carries a mark only; its first position is the next one to come.
 *
 * <p>Threading: stateless.
 */
public final class BodyLayout {

    /** Blocks and headers begin at multiples of this, bytes. */
    public static final int ALIGNMENT = 4096;

    public static final int SEGMENT_MAGIC = 0x31535452;
    public static final int SEGMENT_BYTES = 8;
    public static final int SEGMENT_LOG = 16;
    public static final int SEGMENT_BOOT = 32;
    public static final int SEGMENT_RUN = 48;
    public static final int SEGMENT_ORDINAL = 56;
    public static final int SEGMENT_FIRST = 64;
    public static final int SEGMENT_MARK = 72;
    public static final int SEGMENT_SALT = 80;
    public static final int SEGMENT_EVENTS = 88;
    public static final int SEGMENT_SUM_HIGH = 96;
    public static final int SEGMENT_SUM_LOW = 104;
    public static final int SEGMENT_HEADER_BYTES = 128;

    public static final int CRC = 0;
    public static final int MAGIC = 4;

    public static final int BLOCK_MAGIC = 0x31425452;
    public static final int BLOCK_LENGTH = 8;
    public static final int BLOCK_RECORDS = 12;
    public static final int BLOCK_FIRST = 16;
    public static final int BLOCK_LAST = 24;
    public static final int BLOCK_MARK = 32;
    public static final int BLOCK_SALT = 40;
    public static final int BLOCK_OFFSET = 48;
    public static final int BLOCK_HEADER_BYTES = 56;

    public static final int RECORD_TYPE = 0;
    public static final int RECORD_EVENT_COUNT = 2;
    public static final int RECORD_LENGTH = 4;
    public static final int RECORD_BATCH_INDEX = 8;
    public static final int RECORD_BATCH_SLOTS = 12;
    public static final int RECORD_HEADER_BYTES = 16;

    public static final int CUT_BYTES = 24;
    public static final int GAP_BYTES = 8;

    private BodyLayout() {
    }

    /** Rounds up to the alignment. */
    static int aligned(int bytes) {
        return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** The checksum of {@code length} bytes at {@code at}, without its own place at the start. */
    static int checksum(ByteBuffer memory, int at, int length) {
        CRC32C crc = new CRC32C();
        crc.update(memory.duplicate().position(at + MAGIC).limit(at + length));
        return (int) crc.getValue();
    }
}
