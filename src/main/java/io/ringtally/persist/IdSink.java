package io.ringtally.persist;

/**
 * Receives the ids of counted events as they are read from Postgres.
 *
 * <p>Threading: called by the thread that reads.
 */
public interface IdSink {

    /** One id: hash of app and id, fingerprint of the body, place in the log, time. */
    void accept(long hashHigh, long hashLow, long fingerprint, long position,
            long acceptedAtMicros);
}
