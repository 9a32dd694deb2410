package io.ringtally.admin;

/** {@code ringtally:type=Service}: the service as a whole. */
public interface ServiceMXBean {

    /**
     * One word: starting, up, degraded, draining, failed or fenced; the same as in {@code /status}.
     * Degraded still counts everything it answers with a 2xx.
     */
    String getStatus();

    /** Why the status is not {@code up}; empty when there is nothing to say. */
    String getReason();

    /** Version in the jar's manifest, {@code development} where there is none. */
    String getVersion();

    /** Milliseconds since the service began to start; waiting for Postgres is included. */
    long getUptimeMillis();

    /** UUID under which this log stands in {@code ringtally.checkpoint}. */
    String getLog();

    /**
     * Refuses events (503 draining) and waits until Postgres has all that were accepted, at most
     * {@code shutdown.drain-timeout}. The process goes on and still answers reads. On a timeout
     * events stay refused, and flushes are tried on.
     *
     * @return whether Postgres has everything
     */
    boolean drain() throws InterruptedException;

    /** Tally shards that count. */
    int getTallyShards();

    /**
     * Changes the number of tally shards, until the process ends. Events wait in the ring
     * meanwhile.
     *
     * @return whether it is done; false if Postgres did not take the flush before within 30 seconds
     * @throws IllegalArgumentException if out of range; the message has value and range
     */
    boolean changeShards(int shards) throws InterruptedException;

    /** Takes a drain back: events are let in again. Paused flushes stay paused. */
    void resume();
}
