package io.ringtally.admin;

/** {@code ringtally:type=Reads}: who reads, and waits for it. */
public interface ReadsMXBean {

    /** Questions that Postgres is asked at this moment, of {@code query.connections} at most. */
    int getRunningQueries();

    /**
     * Questions that wait for one of those, up to {@code query.max-waiting}. Above 0 for long: more
     * lists are asked for than Postgres answers.
     */
    int getWaitingQueries();

    /**
     * Streams of counters and messages that are open, or about to be, of {@code http.sse.max} at
     * most. A client that went away without a word is among them until a heartbeat finds out.
     */
    int getOpenStreams();
}
