package io.ringtally.ring;

/** What becomes of a request's events. Back-pressure is a value, never an exception or a wait. */
public enum Admission {

    /** They are in the log: the request may be answered with a 2xx. */
    ACCEPTED,
    /** The ring has no room; try again when the stages have caught up. */
    RING_FULL,
    /** The store has no room for new counters; known ones go on counting. */
    STORE_FULL,
    /** An app may have no more messages; those it has go on counting. */
    QUOTA_USED_UP,
    /** Postgres is behind by as many changed counters as may wait. */
    BACKLOG_FULL,
    /** The log has no prepared room: its disk, or what it may take of it, is full. */
    JOURNAL_FULL,
    /** The batch could never fit. */
    BATCH_TOO_LARGE,
    /** Counters are being read from Postgres. */
    STARTING,
    /** The service is on its way down. */
    DRAINING,
    /** A stage has died; the process ends. */
    FAILED,
    /** Another process has taken over this log; the process ends. */
    FENCED
}
