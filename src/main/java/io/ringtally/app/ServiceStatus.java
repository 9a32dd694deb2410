package io.ringtally.app;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringtally.auth.KeyRing;
import io.ringtally.dedupe.IdTable;
import io.ringtally.http.StatusReport;
import io.ringtally.http.Tls;
import io.ringtally.journal.LogIdentity;
import io.ringtally.journal.JournalState;
import io.ringtally.persist.Flusher;
import io.ringtally.persist.KeyWatch;
import io.ringtally.persist.PersisterState;
import io.ringtally.persist.Retention;
import io.ringtally.recovery.Rehydration;
import io.ringtally.recovery.Replay;
import io.ringtally.ring.Admission;
import io.ringtally.ring.Ring;
import io.ringtally.ring.SlowResource;
import io.ringtally.tally.ShardGauges;
import io.ringtally.time.Clock;
import io.ringtally.time.WorkProgress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What the service says of itself.
 *
 * <p>Threading: any thread; numbers are as old as the last batch of each shard, at most some tens
 * of milliseconds.
 */
final class ServiceStatus implements StatusReport {

    /** Beyond the delay promised by configuration, something is wrong. */
    private static final long LAG_GRACE_MILLIS = 5_000;

    private final Pipeline pipeline;
    private final Settings settings;
    private final LogIdentity log;
    private final Clock clock;
    private final WorkProgress filling;
    private final Rehydration rehydration;
    private final Replay replay;
    private final long startedNanos;
    private volatile String reason = "";

    ServiceStatus(Pipeline pipeline, Settings settings, LogIdentity log, Clock clock) {
        this.pipeline = pipeline;
        this.settings = settings;
        this.log = log;
        this.clock = clock;
        this.filling = new WorkProgress(clock, "filling in lifecycles", "counters");
        this.rehydration = new Rehydration(clock);
        this.replay = new Replay(clock, pipeline.ids);
        this.startedNanos = clock.nanoTime();
    }

    /** How many counters of an app whose lifecycle is new have been looked through. */
    WorkProgress filling() {
        return filling;
    }

    Rehydration rehydration() {
        return rehydration;
    }

    Replay replay() {
        return replay;
    }

    /** Work that takes its time, of which one is under way at most. */
    List<WorkProgress> works() {
        return List.of(filling, rehydration.progress(), replay.progress(),
                pipeline.operations.draining());
    }

    /** All work there is besides counting and answering, in the order in which it comes about. */
    List<WorkProgress> jobs() {
        List<WorkProgress> jobs = new ArrayList<>(List.of(filling, rehydration.progress(),
                replay.progress()));
        Flusher flusher = pipeline.flusher();
        if (flusher != null) {
            jobs.add(flusher.progress());
        }
        jobs.add(pipeline.operations.draining());
        jobs.add(pipeline.operations.resharding());
        jobs.add(pipeline.ledger.progress());
        Retention retention = pipeline.retention();
        if (retention != null) {
            jobs.add(retention.progress());
        }
        return jobs;
    }

    /** Why the service is not up, for people; empty when there is nothing to say. */
    void reason(String why) {
        reason = why;
    }

    /** One word: starting, up, degraded, draining, failed or fenced. */
    @Override
    public String word() {
        return switch (pipeline.gate.phase()) {
            case STARTING -> "starting";
            case DRAINING -> "draining";
            case FAILED -> "failed";
            case FENCED -> "fenced";
            default -> trouble().isEmpty() ? "up" : "degraded";
        };
    }

    /** Why the word is not {@code up}; empty when there is nothing to say. */
    String why() {
        return why(word());
    }

    private String why(String word) {
        return switch (word) {
            case "up" -> "";
            case "degraded" -> trouble();
            default -> reason;
        };
    }

    /** The version in the jar's manifest. */
    static String version() {
        String version = ServiceStatus.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private String trouble() {
        Flusher flusher = pipeline.flusher();
        if (flusher == null) {
            return reason;
        }
        String unbalanced = pipeline.ledger.finding();
        if (!unbalanced.isEmpty()) {
            return "the ledger is unbalanced: " + unbalanced;
        }
        PersisterState state = flusher.state();
        if (state.failures() > 0) {
            return "Postgres does not take flushes: " + state.lastError();
        }
        if (state.paused()) {
            return "flushes are paused by an operator";
        }
        long lag = persistedLagMillis(state);
        if (lag > flusher.settings().maxDelay().toMillis() + LAG_GRACE_MILLIS) {
            return "the oldest unpersisted change is " + lag + " ms old";
        }
        Admission now = pipeline.gate.now();
        return now == Admission.ACCEPTED ? tlsTrouble() : "refusing: " + now;
    }

    private String tlsTrouble() {
        Tls tls = pipeline.tls;
        if (tls == null) {
            return "";
        }
        if (tls.expiresAt().toEpochMilli() * 1_000 < clock.epochMicros()) {
            return "the certificate of HTTPS has expired at " + tls.expiresAt();
        }
        return tls.lastError().isEmpty() ? ""
                : "HTTPS goes on with the certificate it has: " + tls.lastError();
    }

    /** Age of the oldest change that Postgres does not have, milliseconds; 0 if there is none. */
    long persistedLagMillis() {
        Flusher flusher = pipeline.flusher();
        return flusher == null ? 0 : persistedLagMillis(flusher.state());
    }

    private long persistedLagMillis(PersisterState state) {
        long oldest = state.frozenSinceNanos() != 0
                ? state.frozenSinceNanos() : pipeline.ring.oldestChangeNanos();
        return oldest == 0 ? 0
                : Math.max(0, TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - oldest));
    }

    /** Milliseconds since the process began to start. */
    long uptimeMillis() {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - startedNanos);
    }

    /** How long to stay away after a refusal, seconds. */
    int retryAfterSeconds(Admission admission) {
        return switch (admission) {
            case RING_FULL -> pipeline.ring.retryAfterSeconds();
            case STARTING -> 1;
            case DRAINING -> 5;
            case BACKLOG_FULL, JOURNAL_FULL -> 2;
            default -> 60;
        };
    }

    @Override
    public int httpStatus() {
        return pipeline.gate.phase() == Admission.ACCEPTED ? 200 : 503;
    }

    @Override
    public void writeStatus(JsonGenerator json) throws IOException {
        String word = word();
        json.writeStringField("status", word);
        String why = why(word);
        if (!why.isEmpty()) {
            json.writeStringField("reason", why);
        }
        json.writeStringField("version", version());
        json.writeNumberField("uptime_ms", uptimeMillis());
        json.writeStringField("log", log.uuid().toString());
        json.writeNumberField("persisted_lag_ms", persistedLagMillis());
        writeIngest(json);
        writeReads(json);
        writeJournal(json);
        writeTally(json);
        writePersister(json);
        writeDedupe(json);
        writeAuth(json);
        writeTls(json);
        writeProgress(json);
        if (word.equals("starting")) {
            json.writeObjectFieldStart("rehydration");
            json.writeNumberField("loaded_counters", rehydration.progress().done());
            json.writeNumberField("expected_counters", rehydration.progress().expected());
            json.writeEndObject();
            json.writeObjectFieldStart("replay");
            json.writeNumberField("replayed_positions", replay.progress().done());
            json.writeNumberField("expected_positions", replay.progress().expected());
            json.writeEndObject();
        }
    }

    private void writeProgress(JsonGenerator json) throws IOException {
        for (WorkProgress work : works()) {
            if (work.isUnderWay()) {
                json.writeObjectFieldStart("progress");
                json.writeStringField("work", work.what());
                json.writeNumberField("done", work.done());
                json.writeNumberField("expected", work.expected());
                json.writeStringField("unit", work.unit());
                json.writeNumberField("elapsed_ms",
                        TimeUnit.NANOSECONDS.toMillis(work.elapsedNanos()));
                long left = work.leftMillis();
                if (left != WorkProgress.UNKNOWN) {
                    json.writeNumberField("left_ms", left);
                }
                json.writeEndObject();
                return;
            }
        }
    }

    private void writeIngest(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("ingest");
        json.writeStringField("admission", pipeline.gate.now().name().toLowerCase(Locale.ROOT));
        json.writeNumberField("applied_events", appliedEvents());
        json.writeNumberField("refused_requests", pipeline.http.refusedRequests());
        json.writeNumberField("invalid_requests", pipeline.http.invalidRequests());
        json.writeNumberField("ring_slots", pipeline.ring.slots());
        json.writeNumberField("ring_backlog_slots", pipeline.ring.backlogSlots());
        json.writeEndObject();
    }

    private void writeReads(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("reads");
        json.writeNumberField("running_queries", pipeline.queries.running());
        json.writeNumberField("waiting_queries", pipeline.queries.waiting());
        json.writeNumberField("open_streams", pipeline.http.openStreams());
        json.writeEndObject();
    }

    private void writeJournal(JsonGenerator json) throws IOException {
        JournalState state = pipeline.journal.state();
        json.writeObjectFieldStart("journal");
        json.writeNumberField("written_position", state.written());
        json.writeNumberField("synced_position", state.forced());
        json.writeNumberField("segments", state.segments());
        json.writeNumberField("bytes", state.bytes());
        json.writeNumberField("free_bytes", state.freeBytes());
        json.writeNumberField("syncs", state.forces());
        json.writeEndObject();
    }

    private void writeTally(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("tally");
        json.writeNumberField("shards", pipeline.ring.shards());
        json.writeNumberField("counters", counters());
        json.writeNumberField("max_counters", settings.tally().maxCounters());
        if (pipeline.quotas != null) {
            json.writeNumberField("quotas_used_up", pipeline.quotas.usedUp());
        }
        json.writeEndObject();
        SlowResource mock = pipeline.ring.resource();
        json.writeObjectFieldStart("mock");
        json.writeNumberField("latency_ms", mock.settings().latencyMillis());
        json.writeNumberField("concurrency", mock.settings().concurrency());
        json.writeNumberField("in_use", mock.inUse());
        json.writeNumberField("waiting", mock.waiting());
        json.writeNumberField("calls", mock.calls());
        json.writeEndObject();
    }

    private void writeDedupe(JsonGenerator json) throws IOException {
        IdTable ids = pipeline.ids;
        ids.expire(clock.epochMicros());
        json.writeObjectFieldStart("dedupe");
        json.writeNumberField("ids", ids.held());
        json.writeNumberField("max_ids", ids.settings().maxIds());
        json.writeNumberField("heap_bytes", ids.bytes());
        json.writeNumberField("duplicate_events", ids.duplicates());
        json.writeNumberField("conflicting_requests", ids.conflicts());
        json.writeEndObject();
    }

    private void writeTls(JsonGenerator json) throws IOException {
        if (pipeline.tls != null) {
            json.writeObjectFieldStart("tls");
            json.writeStringField("expires_at", pipeline.tls.expiresAt().toString());
            json.writeStringField("last_error", pipeline.tls.lastError());
            json.writeEndObject();
        }
    }

    private void writeAuth(JsonGenerator json) throws IOException {
        KeyWatch watch = pipeline.keyWatch();
        if (watch == null) {
            return;
        }
        KeyRing.Snapshot keys = pipeline.keys.current();
        json.writeObjectFieldStart("auth");
        json.writeNumberField("keys", keys == null ? 0 : keys.size());
        json.writeStringField("last_error", watch.lastError());
        json.writeEndObject();
    }

    private void writePersister(JsonGenerator json) throws IOException {
        Flusher flusher = pipeline.flusher();
        if (flusher == null) {
            return;
        }
        PersisterState state = flusher.state();
        json.writeObjectFieldStart("persist");
        json.writeNumberField("epoch", flusher.checkpoint().epoch());
        json.writeNumberField("position", state.persistedPosition().number());
        json.writeNumberField("unpersisted_events", pipeline.ring.unpersistedEvents());
        json.writeNumberField("pending_counters", pipeline.ring.pendingCounters());
        json.writeNumberField("flushes", state.flushes());
        json.writeNumberField("flushed_events", state.flushedEvents());
        json.writeNumberField("last_flush_ms", state.lastFlushMillis());
        json.writeNumberField("failed_attempts", state.failures());
        json.writeStringField("last_error", state.lastError());
        json.writeBooleanField("paused", state.paused());
        json.writeEndObject();
    }

    @Override
    public void writeStats(JsonGenerator json) throws IOException {
        Ring ring = pipeline.ring;
        json.writeNumberField("event_collector_queue", ring.backlogSlots());
        json.writeNumberField("unpersisted_events", ring.unpersistedEvents());
        json.writeNumberField("pending_counters", ring.pendingCounters());
        json.writeNumberField("persisted_lag_ms", persistedLagMillis());
    }

    long appliedEvents() {
        return pipeline.ring.appliedEvents();
    }

    long counters() {
        return pipeline.ring.shardGauges().stream().mapToLong(ShardGauges::counters).sum();
    }
}
