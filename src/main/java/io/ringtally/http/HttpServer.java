package io.ringtally.http;

import io.ringtally.auth.KeyRing;
import io.ringtally.dedupe.IdTable;
import io.ringtally.event.Lifecycle;
import io.ringtally.event.Mapping;
import io.ringtally.ring.Admission;
import io.ringtally.metrics.Latency;
import io.ringtally.persist.ChangeQueue;
import io.ringtally.query.Queries;
import io.ringtally.ring.AdmissionGate;
import io.ringtally.ring.Intake;
import io.ringtally.ring.PointReads;
import io.ringtally.time.Clock;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToIntFunction;

/**
 * The HTTP listener with its endpoints.
 *
 * <p>Threading: started and stopped by the service; the I/O threads do the rest.
 */
public final class HttpServer {

    /** How much of a body that is too large, or that nobody wants, is read and dropped. */
    private static final long DROPPED_BYTES_MAX = 16L << 20;
    /** A body up to this size that is there behind its headers is read without a copy. */
    private static final int QUICK_BYTES = 64 << 10;
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final OpenExchanges open = new OpenExchanges();
    private final IngestFlow flow;
    private final Routes routes;
    private final ReadRoutes reads;
    private final SseEndpoint streams;
    private final Server server;

    /**
     * Builds a server that does not listen yet.
     *
     * @param service what its endpoints talk to
     */
    public HttpServer(HttpSettings settings, GeneratorSettings generator, Parts service) {
        UnreadBody unread = new UnreadBody(settings.requestTimeout().toMillis());
        Guard guard = new Guard(service.keys(), Limits.of(service.limits(),
                service.clock()::nanoTime), unread);
        this.flow = new IngestFlow(guard, service.intake(), service.retryAfterSeconds(),
                service.ids(), new Acks(service.durability(), service.ack(), open));
        this.streams = new SseEndpoint(guard, service.reads(), service.gate(),
                patienceOf(settings), service.lifecycles(), settings.sse());
        Routes.Endpoints endpoints = endpoints(settings, generator, service, guard, unread);
        this.reads = endpoints.reads();
        this.routes = new Routes(endpoints);
        Listener listener = new Listener(settings.host(), settings.port(), settings.ioThreads(),
                // nothing is dispatched to workers; XNIO wants at least one
                1, settings.maxConnections(), service.tls());
        // endpoints have limits of their own, below this one
        this.server = listener.with(settings.head(), settings.idleTimeout(),
                settings.requestTimeout(), settings.bodies().maxBulkBytes() + DROPPED_BYTES_MAX,
                routes);
    }

    private Routes.Endpoints endpoints(HttpSettings settings, GeneratorSettings generator,
            Parts service, Guard guard, UnreadBody unread) {
        ThreadLocal<EdgeContext> contexts = ThreadLocal.withInitial(() ->
                new EdgeContext(service.hashSeed(), service.ids().newReservation(),
                        Math.max(settings.bodies().maxEventBytes(),
                                Math.min(settings.bodies().maxBulkBytes(), QUICK_BYTES)) + 1,
                        service.requests().newWriter()));
        Clock clock = service.clock();
        BodyMemory memory = new BodyMemory(settings.bodies().maxArrivingBytes());
        BodyReader bodies = new BodyReader(contexts, open, memory,
                settings.requestTimeout().toMillis());
        return new Routes.Endpoints(service.gate(), guard, bodies, unread,
                new IncrementEndpoint(flow, clock, settings.bodies().maxEventBytes()),
                new EventEndpoint(flow, clock, settings.bodies().maxEventBytes()),
                new BulkEndpoint(flow, clock, settings.bodies().maxBulkBytes()),
                new EventsEndpoint(flow, clock, settings.bodies().maxBulkBytes(),
                        service.mappings()),
                new PartialEvents(new PartialEvents.Parts(flow, contexts, service.gate(), clock,
                        open, memory, settings.bodies(), settings.requestTimeout().toMillis())),
                generator.enabled()
                        ? new GeneratorEndpoint(flow, clock, contexts, generator.eventsPerHit())
                        : null,
                reads(settings, service, bodies, new PlainAnswers(unread)),
                new ChangeEndpoint(new ChangeEndpoint.Parts(guard, service.gate(), flow, bodies,
                        service.changes(), clock, open, service.ack().timeout().toMillis())),
                service.status());
    }

    private ReadRoutes reads(HttpSettings settings, Parts service, BodyReader bodies,
            PlainAnswers answers) {
        PersistedReads persisted = new PersistedReads(service.queries(), open);
        WaitingExchange.Patience patience = patienceOf(settings);
        return new ReadRoutes(service.gate(), bodies, answers,
                new ReadEndpoint(service.reads(), persisted, patience, service.lifecycles()),
                new LookupEndpoint(service.reads(), persisted, patience,
                        settings.bodies().maxBulkBytes()),
                new ListEndpoint(persisted),
                new StuckEndpoint(persisted, service.lifecycles()), streams);
    }

    private WaitingExchange.Patience patienceOf(HttpSettings settings) {
        return ReadEndpoint.patienceOf(open, settings.readTimeout().toMillis());
    }

    /**
     * Starts to listen.
     *
     * @throws RuntimeException if the address cannot be bound; its cause says why
     */
    public void start() {
        server.start();
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    /** Its reads, for another listener. */
    ReadRoutes reads() {
        return reads;
    }

    /** Requests refused because of the service's state. */
    public long refusedRequests() {
        return flow.refused().sum();
    }

    /** The same by the code of the problem they were told. */
    public Map<String, Long> refusedByReason() {
        return flow.refused().byReason();
    }

    /** The same by the code of the problem they were told. */
    public Map<String, Long> invalidByReason() {
        return flow.invalid().byReason();
    }

    /** Open connections. */
    public int connections() {
        return server.connections();
    }

    /** Requests that wait for something: their body, their level, a shard, Postgres. */
    public int waitingRequests() {
        return open.count();
    }

    /** Open streams of server-sent events. */
    public int streams() {
        return streams.count();
    }

    /** Streams of counters and messages that are open, or about to be. */
    public int openStreams() {
        return streams.open();
    }

    /** Requests refused because of what they said. */
    public long invalidRequests() {
        return flow.invalid().sum();
    }

    /**
     * Stops: the gate has been set to draining, so whatever comes is told to go. Waits until what
     * is open has been answered and nothing has come for a while, then closes all connections.
     * Afterwards no I/O thread runs.
     *
     * @param timeoutMillis longest wait for open exchanges
     */
    public void stop(long timeoutMillis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        streams.end();
        awaitQuiet(deadline, TimeUnit.SECONDS.toNanos(1));
        // clients that connect again and again are never quiet: those who are in get their answer,
        // the others find nobody
        server.turnAway();
        awaitQuiet(deadline, 3 * QUIET_NANOS);
        server.stop();
    }

    /** Waits until nothing is open and nothing has come for a while, for so long at most. */
    private void awaitQuiet(long deadlineNanos, long longestNanos) {
        long begun = System.nanoTime();
        while (System.nanoTime() < deadlineNanos) {
            long now = System.nanoTime();
            long last = Math.max(begun, routes.lastRequestWhileDrainingNanos());
            boolean quiet = now - last > QUIET_NANOS || now - begun > longestNanos;
            if (open.count() == 0 && quiet) {
                return;
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    /**
     * What the endpoints talk to.
     *
     * @param queries what Postgres is asked through
     * @param retryAfterSeconds how long to stay away after a refusal, seconds
     * @param hashSeed the log's seed
     * @param ids what has been counted before
     * @param keys who may, or null for everybody
     * @param limits how much callers may ask for
     * @param tls what makes it HTTPS, or null for HTTP
     * @param durability how far the log has got, for requests that wait
     * @param lifecycles what is expected of messages, by app id
     * @param mappings how foreign records become events, by name
     * @param requests how long accepted requests took
     * @param changes takes what is asked of counters besides events
     */
    public record Parts(Intake intake, PointReads reads, Queries queries, AdmissionGate gate,
            StatusReport status, ToIntFunction<Admission> retryAfterSeconds, Clock clock,
            long hashSeed, IdTable ids, KeyRing keys, LimitSettings limits, Tls tls,
            Durability durability, AckSettings ack, Map<String, Lifecycle> lifecycles,
            Map<String, Mapping> mappings, Latency requests, ChangeQueue changes) {
    }
}
