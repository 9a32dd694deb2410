package io.ringtally.http;

import io.ringtally.audit.Audit;
import io.ringtally.auth.AuthSettings;
import io.ringtally.auth.KeyRing;
import io.ringtally.metrics.Exposition;
import io.ringtally.operate.DeadLetters;
import io.ringtally.operate.Operations;
import io.ringtally.operate.Troubles;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * The listener for operators: small, with threads of its own, so that it answers when the other one
 * is at its limit, and so that an audit may block.
 *
 * <p>Threading: started and stopped by the service; requests come on its I/O thread.
 */
public final class AdminServer implements HttpHandler {

    private static final int IO_THREADS = 1;
    /** An audit under way, one to say so to who wants another, a scrape, operators who wait. */
    private static final int WORKERS = 3 + OperatorVerbs.WAITING_MAX;
    private static final int CONNECTIONS_MAX = 200;
    /** Bodies are small here; what comes nevertheless is dropped up to here. */
    private static final long ENTITY_BYTES_MAX = 1 << 20;
    private static final long ARRIVING_BYTES_MAX = 8 << 20;
    private static final int QUICK_BYTES = 16 << 10;

    private final Server server;
    private final RouteTable table;
    private final FeedEndpoint feed;
    private final OwnOrigin own;
    private final PlainAnswers answers;

    /**
     * Builds a server that does not listen yet.
     *
     * @param limits the timeouts of the other listener hold here too
     * @param tls what makes it HTTPS, or null for HTTP
     * @param service what its endpoints talk to
     */
    public AdminServer(AdminSettings settings, HttpSettings limits, Tls tls, Parts service) {
        long timeoutMillis = limits.requestTimeout().toMillis();
        UnreadBody unread = new UnreadBody(timeoutMillis);
        this.answers = new PlainAnswers(unread);
        this.own = new OwnOrigin(settings.host(), settings.names(),
                service.keys() == null && AuthSettings.isLoopback(settings.host()));
        Guard guard = new Guard(service.keys(), null, unread);
        ThreadLocal<EdgeContext> contexts =
                ThreadLocal.withInitial(() -> new EdgeContext(0, null, QUICK_BYTES + 1, null));
        BodyReader bodies = new BodyReader(contexts, new OpenExchanges(),
                new BodyMemory(ARRIVING_BYTES_MAX), timeoutMillis);
        OperatorVerbs verbs = new OperatorVerbs(unread);
        this.feed = new FeedEndpoint(guard, service.feed(), settings.dashboard(),
                limits.sse());
        this.table = tableOf(guard, unread, service.status(), new Endpoints(
                new AuditEndpoint(service.audit()), new MetricsEndpoint(service.exposition()),
                new OperatorRoutes(service.operations(), service.troubles(), guard, bodies, verbs),
                new DeadLetterRoutes(service.deadLetters(), guard, verbs),
                new PageEndpoint(settings.dashboard(), answers), feed,
                service.clients().reads()));
        Listener listener = new Listener(settings.host(), settings.port(), IO_THREADS, WORKERS,
                CONNECTIONS_MAX, tls);
        this.server = listener.with(limits.head(), limits.idleTimeout(),
                limits.requestTimeout(),
                ENTITY_BYTES_MAX, this);
    }

    /**
     * What the endpoints talk to.
     *
     * @param keys who may, or null for everybody
     * @param clients whose reads are answered here too
     * @param audit gives null as long as there is nothing to audit
     * @param deadLetters gives null as long as there is no database
     * @param exposition what Prometheus scrapes
     * @param feed what the page shows
     */
    public record Parts(KeyRing keys, StatusReport status, HttpServer clients,
            Supplier<Audit> audit, Operations operations, Troubles troubles,
            Supplier<DeadLetters> deadLetters, Exposition exposition, Feed feed) {
    }

    /** What the routes lead to. */
    record Endpoints(AuditEndpoint audit, MetricsEndpoint metrics, OperatorRoutes operators,
            DeadLetterRoutes letters, PageEndpoint page, FeedEndpoint feed, ReadRoutes reads) {
    }

    /** Every path and method there is, and who may use them. */
    static RouteTable tableOf(Guard guard, UnreadBody unread, StatusReport status,
            Endpoints to) {
        RouteTable table = new RouteTable(guard, unread)
                .get("/status", Access.ANYONE, (exchange, id) ->
                        PlainAnswers.status(exchange, status, guard))
                .get("/metrics", Access.READ, (exchange, id) -> exchange.dispatch(to.metrics))
                .get("/v1/audit", Access.ADMIN, (exchange, id) -> exchange.dispatch(to.audit))
                .getOnly("/v1/feed", Access.READ, (exchange, id) -> to.feed.open(exchange))
                .get("/", Access.ANYONE, (exchange, id) -> to.page.page(exchange))
                .get("/assets/{id}", Access.ANYONE, (exchange, id) ->
                        to.page.asset(exchange, id));
        // the page needs no other origin
        to.reads.addTo(table);
        ProblemPages.addTo(table, unread);
        to.operators.addTo(table);
        to.letters.addTo(table);
        return table;
    }

    /**
     * Starts to listen.
     *
     * @throws RuntimeException if the address cannot be bound; its cause says why
     */
    public void start() {
        server.start();
        feed.start(server.ioThread());
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        Problem foreign = own.refusalOf(exchange);
        if (foreign != null) {
            answers.refuse(exchange, foreign);
            return;
        }
        try {
            table.handle(exchange);
        } catch (IOException gone) {
            BodyReader.brokenOff(exchange, gone);
        } catch (RuntimeException | Error unexpected) {
            PlainAnswers.defect(exchange, unexpected);
        }
    }

    /** Closes all connections. */
    public void stop() {
        server.stop();
    }
}
