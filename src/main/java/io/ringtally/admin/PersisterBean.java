package io.ringtally.admin;

import io.ringtally.operate.Operations;
import io.ringtally.operate.RefusedSettingsException;
import io.ringtally.operate.Setting;
import io.ringtally.persist.Flusher;
import io.ringtally.ring.Ring;
import io.ringtally.tally.TallySettings;
import java.util.Map;

/**
 * The flusher: its state, its thresholds, and what can be asked of it.
 *
 * <p>Threading: any thread.
 */
final class PersisterBean implements PersisterMXBean {

    static final Map<String, String> DESCRIPTIONS = Map.ofEntries(
            Map.entry(DescribedBean.BEAN, "The flusher. Thresholds set here hold until the process"
                    + " ends; the configuration is not changed"),
            Map.entry("PersistedP50Micros", "Microseconds that half of the events waited for"
                    + " Postgres"
                    + ", or less, in the last ten seconds; 0 if none did. Known at the commit:"
                    + " nothing new is seen while it is away"),
            Map.entry("PersistedP99Micros", "Microseconds that 99 of 100 events waited for"
                    + " Postgres"
                    + ", or less, in the last ten seconds; 0 if none did"),
            Map.entry("PersistedP999Micros", "Microseconds that 999 of 1000 events waited for"
                    + " Postgres"
                    + ", or less, in the last ten seconds; 0 if none did"),
            Map.entry("PersistedMaxMicros", "Microseconds that all events waited for Postgres"
                    + ", or less, in the last ten seconds; 0 if none did"),
            Map.entry("Position", "Log position up to which everything is in Postgres; not a"
                    + " number of events"),
            Map.entry("Epoch", "How often this log has been taken over; raised at every start"),
            Map.entry("Flushes", "Flushes committed since the start"),
            Map.entry("FlushedEvents", "Events in them, dead letters included"),
            Map.entry("DecidedChanges", "Changes of counters decided since the start, by requests"
                    + " and by retention, whatever became of them"),
            Map.entry("RemovedCounters", "Counters removed by them"),
            Map.entry("LastFlushMillis", "Milliseconds the last flush took, failed attempts"
                    + " included; 0 before the first"),
            Map.entry("FailedAttempts", "Failed attempts of the present flush in a row; 0 once it"
                    + " is committed"),
            Map.entry("LastError", "SQLSTATE and message of the last failed attempt; empty after a"
                    + " success"),
            Map.entry("PersistedLagMillis", "Milliseconds since the oldest change that Postgres"
                    + " does not have was applied; 0 if it has all. Up to MaxDelayMillis is"
                    + " as configured"),
            Map.entry("UnpersistedEvents", "Events applied since the last cut; those of a cut being"
                    + " flushed are not in it, so it falls before Postgres has them"),
            Map.entry("PendingCounters", "Changed counters and dead letters that wait for Postgres,"
                    + " those being flushed included; at MaxPendingCounters ingest is refused"),
            Map.entry("MaxPendingCounters", "Limit of PendingCounters;"
                    + " persist.max-pending-counters"),
            Map.entry("MinIntervalMillis", "Least milliseconds between the beginnings of two"
                    + " flushes; setting MaxDelayMillis below it lowers it, and it stays so"),
            Map.entry("MaxUpdates", "Events after which a flush begins, 1 to 10000000: one more"
                    + " than this, and not before MinIntervalMillis is over. Can be set"),
            Map.entry("MaxDelayMillis", "Milliseconds within which a change is in Postgres, 50 to"
                    + " 10000. Can be set"),
            Map.entry("Paused", "Whether flushes are paused by an operator"),
            Map.entry("flushNow", "Flushes everything applied so far, also while paused, and waits"
                    + " for at most 30 seconds; returns whether Postgres has it and its position"),
            Map.entry("pause", "Begins no more flushes; one that has begun goes on. Events are"
                    + " counted in memory up to MaxPendingCounters, then refused"),
            Map.entry("resume", "Takes a pause back; what is due is flushed at once"));

    private static final String BY = "an operator (JMX)";

    private final ServiceControl service;
    private final Operations operations;
    private final Ring ring;
    private final TallySettings tally;
    private final Flusher flusher;

    PersisterBean(ServiceControl service, Operations operations, Ring ring, TallySettings tally,
            Flusher flusher) {
        this.service = service;
        this.operations = operations;
        this.ring = ring;
        this.tally = tally;
        this.flusher = flusher;
    }

    @Override
    public long getPosition() {
        return flusher.checkpoint().position().number();
    }

    @Override
    public long getEpoch() {
        return flusher.checkpoint().epoch();
    }

    @Override
    public long getFlushes() {
        return flusher.state().flushes();
    }

    @Override
    public long getFlushedEvents() {
        return flusher.state().flushedEvents();
    }

    @Override
    public long getDecidedChanges() {
        return flusher.changeCounts().decided();
    }

    @Override
    public long getRemovedCounters() {
        return flusher.changeCounts().removedCounters();
    }

    @Override
    public long getLastFlushMillis() {
        return flusher.state().lastFlushMillis();
    }

    @Override
    public int getFailedAttempts() {
        return flusher.state().failures();
    }

    @Override
    public String getLastError() {
        return flusher.state().lastError();
    }

    @Override
    public long getPersistedLagMillis() {
        return service.persistedLagMillis();
    }

    @Override
    public long getUnpersistedEvents() {
        return ring.unpersistedEvents();
    }

    @Override
    public long getPendingCounters() {
        return ring.pendingCounters();
    }

    @Override
    public long getMaxPendingCounters() {
        return tally.maxPendingCounters();
    }

    @Override
    public long getMinIntervalMillis() {
        return flusher.settings().minInterval().toMillis();
    }

    @Override
    public long getMaxUpdates() {
        return flusher.settings().maxUpdates();
    }

    @Override
    public void setMaxUpdates(long updates) {
        set(Setting.MAX_UPDATES, updates);
    }

    @Override
    public long getMaxDelayMillis() {
        return flusher.settings().maxDelay().toMillis();
    }

    @Override
    public void setMaxDelayMillis(long millis) {
        set(Setting.MAX_DELAY, millis);
    }

    private void set(Setting setting, long to) {
        try {
            operations.set(Map.of(setting, to), BY);
        } catch (RefusedSettingsException outOfRange) {
            // of a class that every JMX client has
            throw new IllegalArgumentException(outOfRange.getMessage());
        }
    }

    @Override
    public boolean isPaused() {
        return flusher.state().paused();
    }

    @Override
    public FlushOutcome flushNow() throws InterruptedException {
        Operations.Flushed flushed = operations.flush();
        return new FlushOutcome(flushed.persisted(), flushed.position());
    }

    @Override
    public void pause() {
        operations.pause(BY);
    }

    @Override
    public void resume() {
        operations.resumeFlushes(BY);
    }

    @Override
    public long getPersistedP50Micros() {
        return micros(service.latencies().persisted().lastTenSeconds().p50Nanos());
    }

    @Override
    public long getPersistedP99Micros() {
        return micros(service.latencies().persisted().lastTenSeconds().p99Nanos());
    }

    @Override
    public long getPersistedP999Micros() {
        return micros(service.latencies().persisted().lastTenSeconds().p999Nanos());
    }

    @Override
    public long getPersistedMaxMicros() {
        return micros(service.latencies().persisted().lastTenSeconds().maxNanos());
    }

    private static long micros(long nanos) {
        return nanos / 1_000;
    }
}
