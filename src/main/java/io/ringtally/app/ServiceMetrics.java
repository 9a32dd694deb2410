package io.ringtally.app;

import io.ringtally.journal.JournalState;
import io.ringtally.metrics.Exposition;
import io.ringtally.persist.Database;
import io.ringtally.persist.Flusher;
import io.ringtally.tally.ShardGauges;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The names under which Prometheus finds the service's figures; each has its row in
 * docs/operations.md. Labels have few values: never an app, a message or a key.
 *
 * <p>Threading: made by the service's starting thread; read on a worker's.
 */
final class ServiceMetrics {

    private static final List<String> STATES =
            List.of("starting", "up", "degraded", "draining", "failed", "fenced");

    private final Pipeline pipeline;
    private final Settings settings;
    private final Exposition to = new Exposition();

    private ServiceMetrics(Pipeline pipeline, Settings settings) {
        this.pipeline = pipeline;
        this.settings = settings;
    }

    /** Everything there is to scrape of a pipeline, also before it has started. */
    static Exposition of(Pipeline pipeline, Settings settings) {
        ServiceMetrics metrics = new ServiceMetrics(pipeline, settings);
        metrics.service();
        metrics.edge();
        metrics.ringAndJournal();
        metrics.tally();
        metrics.persister();
        metrics.postgres();
        metrics.latencies();
        return metrics.to.jvm();
    }

    private void service() {
        to.info("ringtally_build", "Version of the service and the JDK it runs on",
                        Map.of("version", ServiceStatus.version(),
                                "jdk", Runtime.version().toString()))
                .gauges("ringtally_status", "1 for the word that /status says, 0 for the others",
                        "state", () -> {
                            String word = pipeline.status.word();
                            return STATES.stream().collect(Collectors.toMap(Function.identity(),
                                    state -> state.equals(word) ? 1 : 0));
                        })
                .gauge("ringtally_tls_certificate_not_after_seconds", "Unix time at which the"
                        + " certificate of HTTPS expires; absent without HTTPS",
                        () -> pipeline.tls == null ? Double.NaN
                                : pipeline.tls.expiresAt().getEpochSecond());
    }

    private void edge() {
        to.counter("ringtally_accepted_events", "Events accepted and counted by their shards since"
                        + " the start, without those replayed from the log",
                        () -> pipeline.latencies.tallied().totals().count())
                .counters("ringtally_refused_requests", "Requests refused because of the service's"
                        + " state since the start", "reason",
                        () -> pipeline.http.refusedByReason())
                .counters("ringtally_invalid_requests", "Requests refused because of what their"
                        + " events said since the start", "reason",
                        () -> pipeline.http.invalidByReason())
                .gauge("ringtally_http_connections", "Open connections to http.port",
                        () -> pipeline.http.connections())
                .gauge("ringtally_http_waiting_requests", "Requests that wait for the rest of their"
                        + " body, for their level or for an answer from elsewhere",
                        () -> pipeline.http.waitingRequests())
                .gauge("ringtally_sse_streams", "Open streams of server-sent events",
                        () -> pipeline.http.streams())
                .counter("ringtally_duplicate_events", "Events answered as counted before since"
                        + " the start", () -> pipeline.ids.duplicates())
                .counter("ringtally_conflicting_requests", "Requests refused because their id"
                        + " stands for another event, since the start",
                        () -> pipeline.ids.conflicts())
                .gauge("ringtally_dedupe_ids", "Ids held", () -> pipeline.ids.held())
                .gauge("ringtally_dedupe_max_ids", "Limit of ids held, dedupe.max-ids",
                        () -> pipeline.ids.settings().maxIds())
                .gauge("ringtally_dedupe_heap_bytes", "Memory the ids take",
                        () -> pipeline.ids.bytes());
    }

    private void ringAndJournal() {
        to.gauge("ringtally_ring_slots", "Slots of the ring", () -> pipeline.ring.slots())
                .gauge("ringtally_ring_backlog_slots", "Slots published that the slowest shard has"
                        + " not applied", () -> pipeline.ring.backlogSlots())
                .gauge("ringtally_journal_bytes", "Bytes of all segment files, spare ones included",
                        () -> journal().bytes())
                .gauge("ringtally_journal_max_bytes", "Limit of segment files, journal.max-bytes",
                        () -> settings.journal().maxBytes())
                .gauge("ringtally_journal_free_bytes", "Bytes that can be written before another"
                        + " segment file must be made", () -> journal().freeBytes())
                .gauge("ringtally_journal_segments", "Segments that hold something Postgres may not"
                        + " have, or that journal.retain keeps", () -> journal().segments())
                .gauge("ringtally_journal_full", "1 while events are refused for want of prepared"
                        + " space", () -> pipeline.journal.isFull() ? 1 : 0)
                .gauge("ringtally_journal_unsynced_positions", "Positions written that a loss of"
                        + " power would take",
                        () -> Math.max(0, journal().written() - journal().forced()))
                .counter("ringtally_journal_syncs", "Syncs since the start",
                        () -> journal().forces())
                .time("ringtally_journal_sync_seconds", "Time spent in syncs since the start",
                        () -> journal().forceMicros() / 1e6);
    }

    private JournalState journal() {
        return pipeline.journal.state();
    }

    private void tally() {
        to.gauge("ringtally_tally_shards", "Shards that count",
                        () -> pipeline.ring.shardGauges().size())
                .counters("ringtally_applied_events", "Events applied by a shard since it began,"
                        + " replayed ones included", "shard",
                        () -> byShard(ShardGauges::appliedEvents))
                .gauges("ringtally_shard_counters", "Counters a shard has in memory", "shard",
                        () -> byShard(ShardGauges::counters))
                .gauge("ringtally_store_counters", "Counters in memory",
                        () -> pipeline.status.counters())
                .gauge("ringtally_store_max_counters", "Counters beyond which new ones are"
                        + " refused, store.max-counters", () -> settings.tally().maxCounters())
                .gauge("ringtally_store_bytes", "Memory of the counters outside the heap",
                        () -> pipeline.ring.shardGauges().stream()
                                .mapToLong(ShardGauges::offHeapBytes).sum());
    }

    private Map<String, Double> byShard(ToDoubleFunction<ShardGauges> figure) {
        Map<String, Double> figures = new TreeMap<>();
        List<ShardGauges> shards = pipeline.ring.shardGauges();
        for (int shard = 0; shard < shards.size(); shard++) {
            figures.put(String.valueOf(shard), figure.applyAsDouble(shards.get(shard)));
        }
        return figures;
    }

    private void persister() {
        to.gauge("ringtally_persisted_lag_seconds", "Age of the oldest change that Postgres does"
                        + " not have; 0 if it has all",
                        () -> pipeline.status.persistedLagMillis() / 1e3)
                .gauge("ringtally_persist_max_delay_seconds", "Age at which a change is flushed,"
                        + " persist.max-delay or what was set since",
                        ofFlusher(flusher -> flusher.settings().maxDelay().toMillis() / 1e3))
                .gauge("ringtally_unpersisted_events", "Events applied that Postgres does not have",
                        () -> pipeline.ring.unpersistedEvents())
                .gauge("ringtally_pending_counters", "Changed counters and dead letters that wait"
                        + " for Postgres", () -> pipeline.ring.pendingCounters())
                .gauge("ringtally_max_pending_counters", "Limit of those that wait,"
                        + " persist.max-pending-counters",
                        () -> settings.tally().maxPendingCounters())
                .counter("ringtally_flushes", "Flushes committed since the start",
                        () -> (long) ofFlusher(flusher -> flusher.state().flushes(), 0))
                .counter("ringtally_flushed_events", "Events in them",
                        () -> (long) ofFlusher(flusher -> flusher.state().flushedEvents(), 0))
                .counter("ringtally_flush_failures", "Attempts to flush that failed, since the"
                        + " start", () -> (long) ofFlusher(Flusher::failedAttempts, 0))
                .gauge("ringtally_flush_failing_attempts", "Failed attempts of the present flush in"
                        + " a row", ofFlusher(flusher -> flusher.state().failures()))
                .gauge("ringtally_flushes_paused", "1 while an operator has paused flushes",
                        ofFlusher(flusher -> flusher.state().paused() ? 1 : 0))
                .counter("ringtally_dead_letters", "Events and changes booked as dead letters since"
                        + " the start", () -> pipeline.deadLetters())
                .counters("ringtally_changes", "Changes of counters, by requests and by retention,"
                        + " since the start", "outcome",
                        () -> pipeline.changes.counts().byOutcome())
                .counter("ringtally_removed_counters", "Counters removed by them",
                        () -> pipeline.changes.counts().removedCounters())
                .gauge("ringtally_ledger_balanced", "0 while the last audit's books did not agree",
                        () -> pipeline.ledger.ageMillis() < 0 ? Double.NaN
                                : pipeline.ledger.isBalanced() ? 1 : 0)
                .gauge("ringtally_ledger_audit_age_seconds", "Time since the last audit that came"
                        + " to a verdict", () -> pipeline.ledger.ageMillis() < 0 ? Double.NaN
                                : pipeline.ledger.ageMillis() / 1e3);
    }

    private DoubleSupplier ofFlusher(ToDoubleFunction<Flusher> figure) {
        return () -> ofFlusher(figure, Double.NaN);
    }

    private double ofFlusher(ToDoubleFunction<Flusher> figure, double before) {
        Flusher flusher = pipeline.flusher();
        return flusher == null ? before : figure.applyAsDouble(flusher);
    }

    private void postgres() {
        to.gauge("ringtally_database_connections", "Open connections of the flusher's pool",
                        ofDatabase(Database::openConnections))
                .gauge("ringtally_database_active_connections", "Those of them in use",
                        ofDatabase(Database::activeConnections))
                .gauge("ringtally_query_threads", "Threads that ask Postgres what lists need,"
                        + " query.connections", () -> settings.query().connections())
                .gauge("ringtally_queries", "Questions to Postgres that wait or run",
                        () -> pipeline.queries.open());
    }

    private DoubleSupplier ofDatabase(ToDoubleFunction<Database> figure) {
        return () -> {
            Database database = pipeline.database();
            return database == null ? Double.NaN : figure.applyAsDouble(database);
        };
    }

    private void latencies() {
        to.histogram("ringtally_request_duration_seconds", "Time of accepted requests from their"
                        + " head to their answer, without bodies taken line by line",
                        pipeline.latencies.request())
                .histogram("ringtally_tallied_delay_seconds", "Time of events from their"
                        + " acceptance until their shard had counted them",
                        pipeline.latencies.tallied())
                .histogram("ringtally_persisted_delay_seconds", "Time of events from their"
                        + " acceptance until Postgres had committed them",
                        pipeline.latencies.persisted())
                .histogram("ringtally_flush_duration_seconds", "Time of flushes from their cut to"
                        + " their commit, failed attempts included", pipeline.latencies.flush());
    }
}
