package io.ringtally.event;

/**
 * A field of an event as clients name it, with what it may hold.
 *
 * <p>Threading: immutable.
 */
enum Field {

    KEY("key", 1, EventLimits.MESSAGE_BYTES_MAX),
    APP_ID("app_id", 0, EventLimits.APP_BYTES_MAX),
    MESSAGE_ID("message_id", 1, EventLimits.MESSAGE_BYTES_MAX),
    EVENT("event", 1, EventLimits.EVENT_BYTES_MAX),
    ID("id", 0, EventLimits.ID_BYTES_MAX),
    VALUE("value", "an integer", "send an integer between " + Long.MIN_VALUE + " and "
            + Long.MAX_VALUE),
    CREATED_AT("created_at", "a string", "send a time as in RFC 3339, such as"
            + " 2026-01-31T12:00:00Z, within the years 1 to 9999");

    final String label;

    /** Bytes of UTF-8 a text field may have; unused for the others. */
    final int bytesMin;
    final int bytesMax;

    /** What the field has to be, as it stands in a sentence after "is not". */
    final String kind;

    /** What to do about a field that is not right. */
    final String remedy;

    Field(String label, int bytesMin, int bytesMax) {
        this.label = label;
        this.bytesMin = bytesMin;
        this.bytesMax = bytesMax;
        this.kind = "a string";
        this.remedy = "send a string of " + (bytesMin == 0 ? "at most " : bytesMin + " to ")
                + bytesMax + " bytes of UTF-8";
    }

    Field(String label, String kind, String remedy) {
        this.label = label;
        this.bytesMin = 0;
        this.bytesMax = 0;
        this.kind = kind;
        this.remedy = remedy;
    }

    int bit() {
        return 1 << ordinal();
    }
}
