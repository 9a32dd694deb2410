package io.ringtally.app;

import io.ringtally.admin.ServiceControl;
import io.ringtally.journal.LogIdentity;
import io.ringtally.metrics.Latencies;

/**
 * What an operator sees of the service and does to it.
 *
 * <p>Threading: any thread.
 */
final class Management implements ServiceControl {

    private static final String BY = "an operator (JMX)";

    private final Pipeline pipeline;
    private final LogIdentity log;

    Management(Pipeline pipeline, LogIdentity log) {
        this.pipeline = pipeline;
        this.log = log;
    }

    @Override
    public String status() {
        return pipeline.status.word();
    }

    @Override
    public String reason() {
        return pipeline.status.why();
    }

    @Override
    public String version() {
        return ServiceStatus.version();
    }

    @Override
    public long uptimeMillis() {
        return pipeline.status.uptimeMillis();
    }

    @Override
    public String log() {
        return log.uuid().toString();
    }

    @Override
    public long refusedRequests() {
        return pipeline.http.refusedRequests();
    }

    @Override
    public long invalidRequests() {
        return pipeline.http.invalidRequests();
    }

    @Override
    public int runningQueries() {
        return pipeline.queries.running();
    }

    @Override
    public int waitingQueries() {
        return pipeline.queries.waiting();
    }

    @Override
    public int openStreams() {
        return pipeline.http.openStreams();
    }

    @Override
    public Latencies latencies() {
        return pipeline.latencies;
    }

    @Override
    public long persistedLagMillis() {
        return pipeline.status.persistedLagMillis();
    }

    @Override
    public boolean drain() throws InterruptedException {
        return pipeline.operations.drain(BY);
    }

    @Override
    public int shards() {
        return pipeline.operations.shards();
    }

    @Override
    public boolean changeShards(int shards) throws InterruptedException {
        return pipeline.operations.changeShards(shards, BY);
    }

    @Override
    public void resume() {
        pipeline.operations.letIn(BY);
    }
}
