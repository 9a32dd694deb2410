package io.ringtally.journal;

/**
 * The head's file: this header in its first 4 KiB, then the slots, see {@link SlotLayout}. Integers
 * are little-endian, UUIDs as two of them, the high half first.
 *
 * <pre>
 * +------------------------------+
 * |  0  CRC32C of bytes 4 .. 80  |
 * |  4  "RTH1"                   |
 * |  8  number of slots          |
 * | 12  bytes of a slot          |
 * | 16  log UUID                 |
 * | 32  boot id of the machine   |
 * | 48  run; 0 before the first  |
 * | 56  salt of the commit words |
 * | 64  position of sequence 0,  |
 * |     which is in slot 0       |
 * | 72  zeros                    |
 * +------------------------------+
 * </pre>
 *
 * <p>Threading: stateless.
 */
public final class HeadLayout {

    /** Bytes before the first slot. */
    public static final int HEADER_BYTES = BodyLayout.ALIGNMENT;

    public static final int CRC = 0;
    public static final int MAGIC = 4;
    public static final int SLOTS = 8;
    public static final int SLOT_BYTES = 12;
    public static final int LOG = 16;
    public static final int BOOT = 32;
    public static final int RUN = 48;
    public static final int SALT = 56;
    public static final int BASE = 64;
    /** What the checksum covers ends here. */
    public static final int CHECKED_BYTES = 80;

    public static final int HEAD_MAGIC = 0x31485452;

    private HeadLayout() {
    }
}
