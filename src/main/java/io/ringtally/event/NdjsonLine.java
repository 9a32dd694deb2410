package io.ringtally.event;

/** What a line of NDJSON turned out to be. */
public enum NdjsonLine {

    /** An event. */
    EVENT,
    /** White space or nothing, which is passed over. */
    BLANK,
    /** Anything else; the errors say why. */
    BAD
}
