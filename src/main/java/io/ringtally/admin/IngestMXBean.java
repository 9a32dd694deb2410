package io.ringtally.admin;

/** {@code ringtally:type=Ingest}: what is let in and what is not. */
public interface IngestMXBean {

    /**
     * What a request meets at this moment: accepted, store_full, backlog_full, starting, draining,
     * failed or fenced. A full ring is not seen here: it is found by each request on its own.
     */
    String getAdmission();

    /**
     * Events applied by the shards since the start, dead letters included. Trails what was
     * answered by one batch, and starts at 0: it is not the number in Postgres.
     */
    long getAppliedEvents();

    /**
     * Requests refused because of the service's state (503, 507, 413 for a batch too large for the
     * ring) since the start. Counts requests, not events, and each retry again.
     */
    long getRefusedRequests();

    /**
     * Requests answered 400 because of their events since the start. Not counted are bodies of a
     * wrong type (415) or too large (413), wrong paths and methods, and reads.
     */
    long getInvalidRequests();

    /** Microseconds that half of the accepted requests took, or less; last ten seconds. */
    long getRequestP50Micros();

    /** Microseconds that 99 of 100 accepted requests took, or less; last ten seconds. */
    long getRequestP99Micros();

    /** Microseconds that 999 of 1000 accepted requests took, or less; last ten seconds. */
    long getRequestP999Micros();

    /** Microseconds that all accepted requests took, or less; last ten seconds. */
    long getRequestMaxMicros();

    /** Microseconds that half of the events waited for their shard, or less; last ten seconds. */
    long getTalliedP50Micros();

    /** Microseconds that 99 of 100 events waited for their shard, or less; last ten seconds. */
    long getTalliedP99Micros();

    /** Microseconds that 999 of 1000 events waited for their shard, or less; last ten seconds. */
    long getTalliedP999Micros();

    /** Microseconds that all events waited for their shard, or less; last ten seconds. */
    long getTalliedMaxMicros();
}
