package io.ringtally.event;

/**
 * One event as bytes, the same from the request's buffer through the ring to the tally.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |  0  value, signed 64-bit                                      |
 * |                                                               |
 * +---------------------------------------------------------------+
 * |  8  created_at, microseconds since the epoch                  |
 * |                                                               |
 * +---------------------------------------------------------------+
 * | 16  accepted_at, microseconds since the epoch                 |
 * |                                                               |
 * +---------------------------------------------------------------+
 * | 24  slice hash of (app_id, message_id)                        |
 * |                                                               |
 * +-+-------------+---------------+---------------+---------------+
 * |C| app length  | message len.  | event length  | id length     |
 * +---------------+---------------+---------------+---------------+
 * | 36  app_id, message_id, event, id: bytes of UTF-8, no gaps    |
 * |     then zeros up to a multiple of 8                          |
 * +---------------------------------------------------------------+
 * </pre>
 *
 * Integers are little-endian. The four lengths are the bytes 32 to 35; C, the top bit of the first,
 * says that {@code created_at} is the client's word and not the time of acceptance.
 */
public final class EventLayout {

    public static final int VALUE = 0;
    public static final int CREATED_AT = 8;
    public static final int ACCEPTED_AT = 16;
    public static final int SLICE_HASH = 24;
    public static final int APP_LENGTH = 32;
    public static final int MESSAGE_LENGTH = 33;
    public static final int EVENT_LENGTH = 34;
    public static final int ID_LENGTH = 35;
    public static final int TEXT = 36;

    /** In the byte of the app's length: {@code created_at} was given by the client. */
    public static final int CREATED_AT_GIVEN = 0x80;

    /** What is left of that byte: an app id has at most 64 bytes. */
    public static final int APP_LENGTH_MASK = 0x7f;

    /** Bytes of the largest event: every field at its limit. */
    public static final int EVENT_SIZE_MAX = sizeOf(EventLimits.APP_BYTES_MAX
            + EventLimits.MESSAGE_BYTES_MAX + EventLimits.EVENT_BYTES_MAX
            + EventLimits.ID_BYTES_MAX);

    /** Bytes of the smallest event: a one-byte message id and a one-byte name. */
    public static final int EVENT_SIZE_MIN = sizeOf(2);

    private EventLayout() {
    }

    static int sizeOf(int textLength) {
        return (TEXT + textLength + 7) & ~7;
    }
}
