package io.ringtally.admin;

import java.util.Map;

/**
 * The service as a whole.
 *
 * <p>Threading: any thread.
 */
final class ServiceBean implements ServiceMXBean {

    static final Map<String, String> DESCRIPTIONS = Map.of(
            DescribedBean.BEAN, "The service as a whole",
            "Status", "One word, as in /status: starting, up, degraded, draining, failed or"
                    + " fenced. Degraded still counts whatever it answers with a 2xx",
            "Reason", "Why the status is not up, for people; empty when there is nothing to say",
            "Version", "Version in the jar's manifest; development where there is none",
            "UptimeMillis", "Milliseconds since the service began to start; waiting for Postgres"
                    + " is included",
            "Log", "UUID under which this log stands in ringtally.checkpoint",
            "drain", "Refuses events (503 draining) and waits until Postgres has all that were"
                    + " accepted, at most shutdown.drain-timeout; returns whether it has. The"
                    + " process goes on and still answers reads; resume lets events in again",
            "TallyShards", "Tally shards that count; changeShards changes it",
            "changeShards", "Changes the number of tally shards until the process ends, nothing"
                    + " is lost; waits for at most 30 seconds and returns whether it is done",
            "resume", "Takes a drain back: events are let in again. Paused flushes stay paused");

    private final ServiceControl service;

    ServiceBean(ServiceControl service) {
        this.service = service;
    }

    @Override
    public String getStatus() {
        return service.status();
    }

    @Override
    public String getReason() {
        return service.reason();
    }

    @Override
    public String getVersion() {
        return service.version();
    }

    @Override
    public long getUptimeMillis() {
        return service.uptimeMillis();
    }

    @Override
    public String getLog() {
        return service.log();
    }

    @Override
    public boolean drain() throws InterruptedException {
        return service.drain();
    }

    @Override
    public int getTallyShards() {
        return service.shards();
    }

    @Override
    public boolean changeShards(int shards) throws InterruptedException {
        return service.changeShards(shards);
    }

    @Override
    public void resume() {
        service.resume();
    }
}
