package io.ringtally.http;

import io.ringtally.event.Lifecycle;
import io.ringtally.ring.Admission;
import io.ringtally.ring.AdmissionGate;
import io.ringtally.ring.PointReads;
import io.ringtally.tally.Lookup;
import io.undertow.server.HttpServerExchange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/**
 * {@code GET /v1/counters/{message_id}/stream} and {@code GET /v1/messages/{message_id}/stream}:
 * the present state at once, then each that differs from the one before, at most some times a
 * second. Nothing of it is on the way of an event: while there are streams, and something was
 * published since, the shards are asked for all of them at once.
 *
 * <p>Threading: called on the exchange's I/O thread. Rounds are run by the I/O thread of the stream
 * that was there first; each stream is written by its own.
 */
final class SseEndpoint {

    private static final Logger LOG = LoggerFactory.getLogger(SseEndpoint.class);

    /** Time between two looks: four events a second at most. */
    private static final long ROUND_MILLIS = 250;
    /** Streams asked for in one go: between two of those, the shards count. */
    private static final int AT_ONCE = 32;
    private static final int RETRY_SECONDS = 5;

    private static final Problem DRAINING = new Problem(ProblemType.DRAINING,
            "the service is ending or drained, and shows no streams; ask again, or elsewhere");
    private static final Problem TOO_LARGE = new Problem(ProblemType.TOO_MANY_COUNTERS,
            "the message has"
            + " more counters than a stream shows, " + SseClient.COUNTERS_MAX
            + ": stream them one by one");

    private final Guard guard;
    private final PointReads reads;
    private final AdmissionGate gate;
    private final WaitingExchange.Patience patience;
    private final Map<String, Lifecycle> lifecycles;
    private final SseSettings settings;
    private final Problem tooMany;

    /** Each with what it was let in with. */
    private final Map<SseClient, Grant> streams = new ConcurrentHashMap<>();
    /** Those that are about to begin, too. */
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicBoolean running = new AtomicBoolean();
    /** Whether the next round asks, even if nothing was published. */
    private final AtomicBoolean askAnyhow = new AtomicBoolean();

    // the rounds' own
    private long seenVersion;
    private long lastBeatNanos;

    SseEndpoint(Guard guard, PointReads reads, AdmissionGate gate,
            WaitingExchange.Patience patience, Map<String, Lifecycle> lifecycles,
            SseSettings settings) {
        this.guard = guard;
        this.reads = reads;
        this.gate = gate;
        this.patience = patience;
        this.lifecycles = lifecycles;
        this.settings = settings;
        this.tooMany = new Problem(ProblemType.TOO_MANY_STREAMS, "http.sse.max = "
                + settings.max() + " streams are open; ask again, or read from time to time");
    }

    /** Streams that are open, or about to be. */
    int count() {
        return count.get();
    }

    /** A stream of one counter. {@code rawId} is the path segment as it came. */
    void counter(HttpServerExchange exchange, String rawId) {
        QueryParameters query = new QueryParameters(exchange);
        byte[] message = query.pathMessage(rawId);
        open(exchange, query, new PointReads.Target(query.app(), message,
                query.eventOrIncrement()));
    }

    /** A stream of a message. {@code rawId} is the path segment as it came. */
    void message(HttpServerExchange exchange, String rawId) {
        QueryParameters query = new QueryParameters(exchange);
        byte[] message = query.pathMessage(rawId);
        open(exchange, query, new PointReads.Target(query.app(), message, null));
    }

    private void open(HttpServerExchange exchange, QueryParameters query,
            PointReads.Target target) {
        if (!query.good()) {
            return;
        }
        if (gate.phase() == Admission.DRAINING) {
            DRAINING.sendRetryable(exchange, RETRY_SECONDS);
            return;
        }
        if (count.incrementAndGet() > settings.max()) {
            count.decrementAndGet();
            tooMany.sendRetryable(exchange, RETRY_SECONDS);
            return;
        }
        AtomicBoolean counted = new AtomicBoolean(true);
        Runnable left = () -> {
            if (counted.compareAndSet(true, false)) {
                count.decrementAndGet();
            }
        };
        // also where it never begins
        exchange.addExchangeCompleteListener((complete, listener) -> {
            left.run();
            listener.proceed();
        });
        WaitingExchange.<List<Lookup>>ask(exchange, patience,
                answer -> reads.all(List.of(target), answer),
                found -> begin(exchange, target, found.get(0), left));
    }

    private void begin(HttpServerExchange exchange, PointReads.Target target, Lookup first,
            Runnable left) {
        if (first.outcome() == Lookup.Outcome.NOT_IN_MEMORY) {
            ReadEndpoint.notInMemory(exchange);
        } else if (first.counters().size() > SseClient.COUNTERS_MAX) {
            TOO_LARGE.send(exchange);
        } else {
            SseClient[] self = new SseClient[1];
            self[0] = new SseClient(exchange, target, lifecycles, () -> {
                streams.remove(self[0]);
                left.run();
            });
            streams.put(self[0], guard.grantOf(exchange));
            self[0].begin(first);
            // what was published between its first look and its place among the others
            askAnyhow.set(true);
            if (running.compareAndSet(false, true)) {
                lastBeatNanos = System.nanoTime();
                later(exchange.getIoThread());
            }
        }
    }

    private void later(XnioIoThread home) {
        try {
            home.executeAfter(() -> safely(home, () -> round(home)), ROUND_MILLIS,
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException down) {
            // the I/O threads have stopped
        }
    }

    /** Whatever goes wrong in a round, there is a next one. */
    private void safely(XnioIoThread home, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException defect) {
            LOG.error("a round of streams failed", defect);
            askAnyhow.set(true);
            later(home);
        }
    }

    private void round(XnioIoThread home) {
        if (gate.phase() == Admission.DRAINING) {
            end();
        }
        boolean ask = askAnyhow.getAndSet(false);
        List<SseClient> all = new ArrayList<>(streams.keySet());
        if (all.isEmpty()) {
            running.set(false);
            // one may have come since, and seen that rounds were running
            if (streams.isEmpty() || !running.compareAndSet(false, true)) {
                return;
            }
            askAnyhow.set(true);
        }
        long now = System.nanoTime();
        if (now - lastBeatNanos >= settings.heartbeat().toNanos()) {
            lastBeatNanos = now;
            all.forEach(stream -> stream.run(stream::beat));
            ask = true;
        }
        all.removeIf(this::isRefused);
        long version = reads.version();
        if (ask || version != seenVersion) {
            seenVersion = version;
            look(home, all, 0);
        } else {
            later(home);
        }
    }

    /** Whether a stream would not be let in again; it ends, and asked again its client is told. */
    private boolean isRefused(SseClient stream) {
        Grant grant = streams.get(stream);
        boolean refused = grant == null || !grant.holds();
        if (refused) {
            stream.run(stream::end);
        }
        return refused;
    }

    private void look(XnioIoThread home, List<SseClient> all, int from) {
        if (from >= all.size()) {
            later(home);
            return;
        }
        List<SseClient> some = all.subList(from, Math.min(all.size(), from + AT_ONCE));
        List<PointReads.Target> targets = some.stream().map(SseClient::target).toList();
        AtomicBoolean decided = new AtomicBoolean();
        XnioExecutor.Key deadline = home.executeAfter(() -> giveUp(home, decided),
                patience.timeoutMillis(), TimeUnit.MILLISECONDS);
        boolean asked = reads.all(targets, found -> {
            if (decided.compareAndSet(false, true)) {
                answered(home, () -> {
                    deadline.remove();
                    safely(home, () -> {
                        show(some, found);
                        look(home, all, from + AT_ONCE);
                    });
                });
            }
        });
        if (!asked) {
            // too many reads wait: streams do not add to that
            deadline.remove();
            giveUp(home, decided);
        }
    }

    private static void answered(XnioIoThread home, Runnable goOn) {
        try {
            home.execute(goOn);
        } catch (RejectedExecutionException down) {
            // the I/O threads have stopped
        }
    }

    /** This round shows no more; the next one asks for all. */
    private void giveUp(XnioIoThread home, AtomicBoolean decided) {
        if (decided.compareAndSet(false, true)) {
            askAnyhow.set(true);
            later(home);
        }
    }

    private static void show(List<SseClient> some, List<Lookup> found) {
        for (int i = 0; i < found.size(); i++) {
            SseClient stream = some.get(i);
            Lookup state = found.get(i);
            if (stream.changed(state)) {
                stream.run(() -> stream.show(state));
            }
        }
    }

    /** Streams that are open, or about to be. */
    int open() {
        return count.get();
    }

    /** Ends all streams; clients connect again when they are let in. */
    void end() {
        streams.keySet().forEach(stream -> stream.run(stream::end));
    }
}
