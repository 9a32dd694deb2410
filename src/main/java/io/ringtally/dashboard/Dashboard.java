package io.ringtally.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringtally.event.Lifecycle;
import io.ringtally.http.Feed;
import io.ringtally.http.HttpServer;
import io.ringtally.http.StatusReport;
import io.ringtally.journal.Journal;
import io.ringtally.journal.JournalState;
import io.ringtally.metrics.Latencies;
import io.ringtally.persist.Flusher;
import io.ringtally.persist.PersistSettings;
import io.ringtally.persist.PersisterState;
import io.ringtally.ring.AdmissionGate;
import io.ringtally.ring.Ring;
import io.ringtally.ring.SlowResource;
import io.ringtally.tally.ShardGauges;
import io.ringtally.time.Clock;
import io.ringtally.time.WorkProgress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * The snapshots of the dashboard's feed. A tick reads some dozens of gauges; which thread uses how
 * much of a processor is looked at only while somebody watches.
 *
 * <p>Threading: as {@link Feed} says.
 */
public final class Dashboard implements Feed {

    /** What is sent to every page: not the lifecycles of thousands of apps. */
    private static final int APPS_MAX = 100;

    private static final List<String> GAUGES = List.of("at", "accepted_per_s", "persisted_per_s",
            "backlog_slots", "unpersisted_events", "oldest_ms", "journal_bytes", "cpu_percent");

    private final Parts parts;
    private final BusyShares busyShares = new BusyShares();
    private final LatencyFigures latencies;
    private final JobFigures jobs;
    private final Past past;

    private Reading before;
    private Reading now;
    private Map<String, Double> busy = Map.of();

    /** Looks at these parts, from the first tick on. */
    public Dashboard(Parts parts) {
        this.parts = parts;
        this.latencies = new LatencyFigures(parts.latencies());
        this.jobs = new JobFigures(parts.jobs());
        List<String> columns = new ArrayList<>(GAUGES);
        columns.addAll(latencies.columns());
        this.past = new Past(columns);
        this.now = Reading.now(parts);
        this.before = now;
    }

    @Override
    public void tick(boolean watched) {
        before = now;
        now = Reading.now(parts);
        past.add(LongStream.concat(LongStream.of(now.millis(), acceptedPerSecond(),
                persistedPerSecond(), now.backlogSlots(), now.unpersisted(), now.oldestMillis(),
                now.journal().bytes(), Math.round(100 * cpuCores())),
                latencies.lastSecond()).toArray());
        if (watched) {
            busy = busyShares.look();
        } else {
            busyShares.forget();
            busy = Map.of();
        }
    }

    private long acceptedPerSecond() {
        // while a log is being opened its old events are found, not accepted
        return now.persister() == null || before.persister() == null ? 0
                : now.perSecond(before, before.accepted(), now.accepted());
    }

    private long persistedPerSecond() {
        return now.perSecond(before, before.persisted(), now.persisted());
    }

    /** Processors in use in the last second. */
    private double cpuCores() {
        return now.share(before, before.cpuNanos(), now.cpuNanos(),
                Runtime.getRuntime().availableProcessors());
    }

    @Override
    public void writeSnapshot(JsonGenerator json) throws IOException {
        json.writeNumberField("at", now.millis());
        json.writeStringField("status", parts.status().word());
        json.writeStringField("reason", parts.reason().get());
        json.writeStringField("admission",
                parts.gate().now().name().toLowerCase(Locale.ROOT));
        json.writeNumberField("uptime_ms", parts.uptimeMillis().getAsLong());
        json.writeNumberField("accepted_events", now.accepted());
        json.writeNumberField("accepted_per_s", acceptedPerSecond());
        json.writeNumberField("persisted_events", now.persisted());
        json.writeNumberField("persisted_per_s", persistedPerSecond());
        json.writeNumberField("refused_requests", parts.http().refusedRequests());
        json.writeNumberField("invalid_requests", parts.http().invalidRequests());
        json.writeNumberField("cpu_cores", rounded(cpuCores()));
        json.writeNumberField("heap_bytes", ProcessUse.heapBytes());
        writeEdge(json);
        writeRing(json);
        writeShards(json);
        writeJournal(json);
        writePersister(json);
        latencies.write(json);
        jobs.write(json);
    }

    private void writeEdge(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("http");
        json.writeArrayFieldStart("busy");
        for (Map.Entry<String, Double> thread : busy.entrySet()) {
            // the first listener that was started: clients'; operators' is XNIO-2
            if (thread.getKey().startsWith("XNIO-1 I/O-")) {
                json.writeNumber(rounded(thread.getValue()));
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void writeRing(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("ring");
        json.writeNumberField("slots", parts.ring().slots());
        json.writeNumberField("backlog_slots", now.backlogSlots());
        json.writeEndObject();
    }

    private void writeShards(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("shards");
        for (int shard = 0; shard < now.shards().size(); shard++) {
            ShardGauges gauges = now.shards().get(shard);
            // their number may have changed meanwhile
            boolean comparable = now.shards().size() == before.shards().size();
            json.writeStartObject();
            json.writeNumberField("lag_slots",
                    shard < now.lags().size() ? now.lags().get(shard) : 0);
            json.writeNumberField("applied_per_s", comparable ? now.perSecond(before,
                    before.shards().get(shard).appliedEvents(), gauges.appliedEvents()) : 0);
            json.writeNumberField("counters", gauges.counters());
            json.writeNumberField("pending_counters", gauges.pendingCounters());
            double waits = comparable ? now.share(before, before.waits().get(shard),
                    now.waits().get(shard), 1) : 0;
            json.writeNumberField("waits", rounded(waits));
            writeBusy(json, "tally-" + shard, waits);
            json.writeEndObject();
        }
        json.writeEndArray();
        SlowResource resource = parts.ring().resource();
        if (resource.settings().isOn()) {
            json.writeObjectFieldStart("mock");
            json.writeNumberField("latency_ms", resource.settings().latencyMillis());
            json.writeNumberField("concurrency", resource.settings().concurrency());
            json.writeNumberField("in_use", resource.inUse());
            json.writeNumberField("waiting", resource.waiting());
            json.writeEndObject();
        }
    }

    private void writeJournal(JsonGenerator json) throws IOException {
        JournalState journal = now.journal();
        json.writeObjectFieldStart("journal");
        json.writeNumberField("bytes", journal.bytes());
        json.writeNumberField("bytes_max", parts.journalBytesMax());
        json.writeNumberField("free_bytes", journal.freeBytes());
        json.writeNumberField("segments", journal.segments());
        json.writeBooleanField("full", parts.journal().isFull());
        json.writeNumberField("written_per_s", now.perSecond(before,
                before.journal().written(), journal.written()));
        json.writeNumberField("unsynced_slots", Math.max(0,
                journal.written() - journal.forced()));
        json.writeNumberField("syncs_per_s", now.perSecond(before, before.journal().forces(),
                journal.forces()));
        json.writeNumberField("sync_busy", rounded(now.share(before,
                before.journal().forceMicros() * 1_000, journal.forceMicros() * 1_000, 1)));
        writeBusy(json, "journal");
        json.writeEndObject();
    }

    private void writePersister(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("persist");
        json.writeNumberField("unpersisted_events", now.unpersisted());
        json.writeNumberField("pending_counters", now.pendingCounters());
        json.writeNumberField("pending_counters_max", parts.pendingCountersMax());
        json.writeNumberField("oldest_ms", now.oldestMillis());
        PersisterState state = now.persister();
        Flusher flusher = parts.flusher().get();
        if (state != null && flusher != null) {
            PersistSettings settings = flusher.settings();
            json.writeNumberField("max_delay_ms", settings.maxDelay().toMillis());
            json.writeNumberField("flushes", state.flushes());
            json.writeNumberField("flushes_per_s", now.perSecond(before,
                    before.persister() == null ? 0 : before.persister().flushes(),
                    state.flushes()));
            json.writeNumberField("last_flush_ms", state.lastFlushMillis());
            json.writeNumberField("failed_attempts", state.failures());
            json.writeStringField("last_error", state.lastError());
            json.writeBooleanField("paused", state.paused());
            json.writeNumberField("flush_busy", rounded(now.share(before,
                    before.flushingNanos(), now.flushingNanos(), 1)));
        }
        writeBusy(json, "flusher");
        json.writeEndObject();
    }

    private void writeBusy(JsonGenerator json, String thread) throws IOException {
        writeBusy(json, thread, 0);
    }

    /** Busy is who has a processor, and who waits for something that others shall see as work. */
    private void writeBusy(JsonGenerator json, String thread, double waits) throws IOException {
        Double share = busy.get(thread);
        if (share != null) {
            json.writeNumberField("busy", rounded(Math.min(1, share + waits)));
        }
    }

    private static double rounded(double share) {
        return Math.round(share * 1_000) / 1_000.0;
    }

    @Override
    public void writeHistory(JsonGenerator json) throws IOException {
        json.writeStringField("version", parts.version());
        json.writeStringField("log", parts.log());
        json.writeNumberField("seconds", Past.ROWS_MAX);
        json.writeObjectFieldStart("lifecycles");
        int apps = 0;
        for (Map.Entry<String, Lifecycle> app : parts.lifecycles().entrySet()) {
            if (++apps > APPS_MAX) {
                break;
            }
            json.writeArrayFieldStart(app.getKey());
            for (String event : app.getValue().events()) {
                json.writeString(event);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
        json.writeObjectFieldStart("past");
        past.write(json);
        json.writeEndObject();
    }

    /**
     * What is looked at.
     *
     * @param flusher gives null before it runs
     * @param reason why the status is not up; empty if there is nothing to say
     * @param oldestMillis age of the oldest change that Postgres does not have
     * @param jobs all work besides counting and answering
     * @param journalBytesMax most bytes of all segment files
     * @param pendingCountersMax changed counters that may wait for Postgres
     * @param lifecycles what is expected of messages, by app id
     */
    public record Parts(Clock clock, Ring ring, Journal journal, AdmissionGate gate,
            HttpServer http, Supplier<Flusher> flusher, StatusReport status,
            Supplier<String> reason, LongSupplier uptimeMillis, LongSupplier oldestMillis,
            Supplier<List<WorkProgress>> jobs, long journalBytesMax, long pendingCountersMax,
            Map<String, Lifecycle> lifecycles, Latencies latencies, String version, String log) {
    }
}
