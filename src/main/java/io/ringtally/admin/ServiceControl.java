package io.ringtally.admin;

import io.ringtally.metrics.Latencies;

/**
 * The service as its operators see it: what only the whole knows, and what is done to the whole.
 *
 * <p>Threading: any thread.
 */
public interface ServiceControl {

    /** One word: starting, up, degraded, draining, failed or fenced. */
    String status();

    /** Why the word is not {@code up}; empty when there is nothing to say. */
    String reason();

    /** The version in the jar's manifest. */
    String version();

    /** Milliseconds since the service began to start. */
    long uptimeMillis();

    /** The log's UUID. */
    String log();

    /** Requests refused because of the service's state, since the start. */
    long refusedRequests();

    /** Requests refused because of what they said, since the start. */
    long invalidRequests();

    /** Questions that Postgres is asked at this moment. */
    int runningQueries();

    /** Questions that wait for those. */
    int waitingQueries();

    /** Streams of counters and messages that are open. */
    int openStreams();

    /** Age of the oldest change that Postgres does not have, milliseconds; 0 if there is none. */
    long persistedLagMillis();

    /** How long things take. */
    Latencies latencies();

    /**
     * Refuses events from now on and brings everything accepted into Postgres.
     *
     * @return whether Postgres has everything; false when {@code shutdown.drain-timeout} is over
     * @throws IllegalStateException if there is nothing that could be drained now
     */
    boolean drain() throws InterruptedException;

    /** How many tally shards count. */
    int shards();

    /**
     * Changes the number of tally shards, until the process ends.
     *
     * @return whether it is done; false if Postgres did not take the flush before within 30 seconds
     * @throws IllegalArgumentException if out of range; the message has value and range
     */
    boolean changeShards(int shards) throws InterruptedException;

    /**
     * Takes a drain back: events are let in again.
     *
     * @throws IllegalStateException if the service is not drained by an operator
     */
    void resume();
}
