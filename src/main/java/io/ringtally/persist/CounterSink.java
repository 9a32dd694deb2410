package io.ringtally.persist;

/**
 * Receives counters as they are read from Postgres.
 *
 * <p>Threading: called by the thread that reads.
 */
public interface CounterSink {

    /** One counter; times in microseconds since the epoch, text in UTF-8. */
    void accept(CounterRow row);
}
