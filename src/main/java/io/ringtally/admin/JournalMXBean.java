package io.ringtally.admin;

/** {@code ringtally:type=Journal}: the durable log, of which the ring is the head. */
public interface JournalMXBean {

    /** Position up to which the log is in its segment files. */
    long getWrittenPosition();

    /** Position up to which it survives a loss of power. */
    long getSyncedPosition();

    /** Segments that hold something Postgres may not have, or that {@code journal.retain} keeps. */
    int getSegments();

    /** Bytes of all segment files, spare ones included; at most {@code journal.max-bytes}. */
    long getBytes();

    /** Bytes that can be written before another file must be made. */
    long getFreeBytes();

    /** Whether events are refused because too little prepared space is left. */
    boolean isFull();

    /** Syncs since the start. */
    long getSyncs();

    /**
     * Time of a sync, the mean since the start, microseconds; 0 before the first. A mean: single
     * syncs may take far longer.
     */
    long getSyncMicrosMean();
}
