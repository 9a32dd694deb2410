package io.ringtally.dedupe;

/** What the ids of a request say about it. */
public enum IdOutcome {

    /** Its new ids are reserved; what was counted before has been marked as a duplicate. */
    RESERVED,
    /** An event with one of its ids is being taken at this moment; nothing is reserved. */
    IN_PROGRESS,
    /** One of its ids belongs to an event with another body; nothing is reserved. */
    OTHER_BODY,
    /** There is no room for its new ids; nothing is reserved. */
    FULL
}
