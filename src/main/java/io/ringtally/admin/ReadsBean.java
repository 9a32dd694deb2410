package io.ringtally.admin;

import java.util.Map;

/**
 * Who reads, and waits for it.
 *
 * <p>Threading: any thread.
 */
final class ReadsBean implements ReadsMXBean {

    static final Map<String, String> DESCRIPTIONS = Map.of(
            DescribedBean.BEAN, "Who reads, and waits for it",
            "RunningQueries", "Questions that Postgres is asked now, of query.connections at most",
            "WaitingQueries", "Questions that wait for one of those, up to query.max-waiting. Above"
                    + " 0 for long: more lists are asked for than Postgres answers",
            "OpenStreams", "Streams of counters and messages that are open, of http.sse.max at"
                    + " most. Clients that went away without a word are among them until a"
                    + " heartbeat finds out");

    private final ServiceControl service;

    ReadsBean(ServiceControl service) {
        this.service = service;
    }

    @Override
    public int getRunningQueries() {
        return service.runningQueries();
    }

    @Override
    public int getWaitingQueries() {
        return service.waitingQueries();
    }

    @Override
    public int getOpenStreams() {
        return service.openStreams();
    }
}
