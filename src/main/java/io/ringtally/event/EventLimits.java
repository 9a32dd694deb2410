package io.ringtally.event;

/**
 * What an event's fields may hold. Lengths are bytes of UTF-8; times are microseconds since the
 * epoch.
 */
public final class EventLimits {

    /** Longest {@code app_id}; the empty one is the default. */
    public static final int APP_BYTES_MAX = 64;

    /** Longest {@code message_id}, and longest {@code key} of an increment; at least 1. */
    public static final int MESSAGE_BYTES_MAX = 255;

    /** Longest {@code event} name; at least 1. */
    public static final int EVENT_BYTES_MAX = 128;

    /** Longest client-made {@code id}; empty means none was given. */
    public static final int ID_BYTES_MAX = 128;

    /**
     * Longest key that ids may be made of: {@code K/n} stays within an id for every index a request
     * can have.
     */
    public static final int KEY_BYTES_MAX = ID_BYTES_MAX - 8;

    /** How many items such a key can name. */
    public static final int KEY_ITEMS_MAX = 10_000_000;

    /** 0001-01-01T00:00:00Z. */
    public static final long TIME_MICROS_MIN = -62_135_596_800_000_000L;

    /** 9999-12-31T23:59:59.999999Z. */
    public static final long TIME_MICROS_MAX = 253_402_300_799_999_999L;

    private EventLimits() {
    }
}
