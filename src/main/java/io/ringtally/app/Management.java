package io.ringtally.app;

import io.ringtally.admin.ServiceControl;
import io.ringtally.journal.LogIdentity;
import io.ringtally.metrics.Latencies;
import io.ringtally.persist.Flusher;
import io.ringtally.ring.Admission;
import io.ringtally.ring.Ring;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an operator sees of the service and does to it.
 *
 * <p>Threading: any thread.
 */
final class Management implements ServiceControl {

    private static final Logger LOG = LoggerFactory.getLogger(Management.class);

    /** A request that passed the gate before it closed has published long before this is over. */
    private static final long SETTLE_MILLIS = 100;

    private final Pipeline pipeline;
    private final LogIdentity log;
    private final Duration drainTimeout;

    Management(Pipeline pipeline, LogIdentity log, Duration drainTimeout) {
        this.pipeline = pipeline;
        this.log = log;
        this.drainTimeout = drainTimeout;
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
        Flusher flusher = pipeline.flusher();
        Admission phase = pipeline.gate.phase();
        if (flusher == null || phase != Admission.ACCEPTED && phase != Admission.DRAINING) {
            throw new IllegalStateException("the service is " + status()
                    + ": there is nothing to drain");
        }
        pipeline.gate.drain();
        LOG.info("draining for an operator: nothing more is accepted");
        long deadline = System.nanoTime() + drainTimeout.toNanos();
        boolean quiet = false;
        while (deadline - System.nanoTime() > 0) {
            boolean flushed = flusher.flushNow(millisUntil(deadline));
            if (flushed && isEmpty() && quiet) {
                LOG.info("drained: everything accepted is in Postgres");
                return true;
            }
            quiet = flushed && isEmpty();
            TimeUnit.MILLISECONDS.sleep(Math.min(SETTLE_MILLIS, millisUntil(deadline)));
        }
        LOG.warn("not drained within shutdown.drain-timeout = {} ms: changes of {} counters are"
                + " not in Postgres yet; events stay refused", drainTimeout.toMillis(),
                pipeline.ring.pendingCounters());
        return false;
    }

    private boolean isEmpty() {
        Ring ring = pipeline.ring;
        return ring.backlogSlots() == 0 && ring.unpersistedEvents() == 0
                && ring.pendingCounters() == 0;
    }

    private static long millisUntil(long deadlineNanos) {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime()));
    }

    @Override
    public void resume() {
        if (!pipeline.gate.reopen()) {
            throw new IllegalStateException("the service is " + status()
                    + ", not drained by an operator: there is nothing to resume");
        }
        LOG.info("events are let in again");
    }
}
