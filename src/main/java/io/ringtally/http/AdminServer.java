package io.ringtally.http;

import io.ringtally.audit.Audit;
import io.ringtally.auth.KeyRing;
import io.ringtally.metrics.Exposition;
import io.undertow.Undertow;
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
    /** One for an audit under way, one to say so to whoever wants another, one to scrape. */
    private static final int WORKERS = 3;
    private static final int CONNECTIONS_MAX = 200;
    /** Nothing here has a body; what comes nevertheless is dropped up to here. */
    private static final long ENTITY_BYTES_MAX = 1 << 20;

    private final Listener listener;
    private final Undertow undertow;
    private final RouteTable table;

    /**
     * Builds a server that does not listen yet.
     *
     * @param limits the timeouts of the other listener hold here too
     * @param tls what makes it HTTPS, or null for HTTP
     * @param keys who may, or null for everybody
     * @param audit gives null as long as there is nothing to audit
     * @param exposition what Prometheus scrapes
     */
    public AdminServer(AdminSettings settings, HttpSettings limits, Tls tls, KeyRing keys,
            StatusReport status, Supplier<Audit> audit, Exposition exposition) {
        this.table = tableOf(keys, new UnreadBody(limits.requestTimeout().toMillis()), status,
                new AuditEndpoint(audit), new MetricsEndpoint(exposition));
        this.listener = new Listener(settings.host(), settings.port(), IO_THREADS, WORKERS,
                CONNECTIONS_MAX, tls);
        this.undertow = listener.with(limits.head(), limits.idleTimeout(),
                limits.requestTimeout(),
                ENTITY_BYTES_MAX, this);
    }

    /** Every path and method there is, and who may use them. */
    static RouteTable tableOf(KeyRing keys, UnreadBody unread, StatusReport status,
            AuditEndpoint audit, MetricsEndpoint metrics) {
        Guard guard = new Guard(keys, null, unread);
        RouteTable table = new RouteTable(guard, unread)
                .get("/status", Access.ANYONE, (exchange, id) ->
                        PlainAnswers.status(exchange, status, guard))
                .get("/metrics", Access.READ, (exchange, id) -> exchange.dispatch(metrics))
                .get("/v1/audit", Access.ADMIN, (exchange, id) -> exchange.dispatch(audit));
        ProblemPages.addTo(table, unread);
        return table;
    }

    /**
     * Starts to listen.
     *
     * @throws RuntimeException if the address cannot be bound; its cause says why
     */
    public void start() {
        listener.start(undertow);
    }

    /** The port it listens on. */
    public int port() {
        return Listener.portOf(undertow);
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
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
        undertow.stop();
    }
}
