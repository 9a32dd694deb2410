package io.ringtally.admin;

/**
 * {@code ringtally:type=Persister}: the flusher. Registered once counters have been read back from
 * Postgres. Thresholds set here hold until the process ends; the configuration is not changed.
 */
public interface PersisterMXBean {

    /** Log position up to which everything is in Postgres. Not a number of events. */
    long getPosition();

    /** Number of times this log has been taken over; raised at every start. */
    long getEpoch();

    /** Flushes committed since the start. */
    long getFlushes();

    /** Events in them, dead letters included. */
    long getFlushedEvents();

    /** Changes decided since the start, by requests and by retention, whatever became of them. */
    long getDecidedChanges();

    /** Counters removed by them. */
    long getRemovedCounters();

    /** Milliseconds the last flush took, its failed attempts included; 0 before the first. */
    long getLastFlushMillis();

    /** Failed attempts of the present flush in a row; 0 when the last flush was committed. */
    int getFailedAttempts();

    /** SQLSTATE and message of the last failed attempt; empty after a success. */
    String getLastError();

    /** Milliseconds since the oldest change that Postgres does not have was applied; 0 if none. */
    long getPersistedLagMillis();

    /** Events applied since the last cut; those of a cut being flushed are not among them. */
    long getUnpersistedEvents();

    /**
     * Changed counters and dead letters that wait for Postgres, those being flushed included. At
     * {@code persist.max-pending-counters} ingest is answered 503.
     */
    long getPendingCounters();

    /** The limit of {@link #getPendingCounters}. */
    long getMaxPendingCounters();

    /** Least milliseconds between the beginnings of two flushes; lowered with the delay. */
    long getMinIntervalMillis();

    /** Events after which a flush begins, 1 to 10000000: at one more than this. */
    long getMaxUpdates();

    /** @throws IllegalArgumentException if out of range; the message has value and range */
    void setMaxUpdates(long updates);

    /** Milliseconds within which a change is in Postgres, 50 to 10000. */
    long getMaxDelayMillis();

    /**
     * Sets the delay; a longer least interval is lowered to it, and stays so.
     *
     * @throws IllegalArgumentException if out of range; the message has value and range
     */
    void setMaxDelayMillis(long millis);

    /** Whether flushes are paused by an operator. */
    boolean isPaused();

    /**
     * Flushes everything applied so far, also while paused, and waits for at most 30 seconds.
     *
     * @return whether Postgres has it, and the position it has then
     */
    FlushOutcome flushNow() throws InterruptedException;

    /**
     * Begins no more flushes; one that has begun goes on. Events are counted on in memory up to
     * {@code persist.max-pending-counters}, then refused. A drain and a stop flush all the same.
     */
    void pause();

    /** Takes a pause back; what is due is flushed at once. */
    void resume();

    /** Microseconds that half of the events waited for Postgres, or less; last ten seconds. */
    long getPersistedP50Micros();

    /** Microseconds that 99 of 100 events waited for Postgres, or less; last ten seconds. */
    long getPersistedP99Micros();

    /** Microseconds that 999 of 1000 events waited for Postgres, or less; last ten seconds. */
    long getPersistedP999Micros();

    /** Microseconds that all events waited for Postgres, or less; last ten seconds. */
    long getPersistedMaxMicros();
}
