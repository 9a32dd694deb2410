package io.ringtally.http;

import io.ringtally.audit.Audit;
import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.function.Supplier;

/**
 * The listener for operators: small, with threads of its own, so that it answers when the other one
 * is at its limit, and so that an audit may block.
 *
 * <p>Threading: started and stopped by the service; requests come on its I/O thread.
 */
public final class AdminServer implements HttpHandler {

    private static final int IO_THREADS = 1;
    /** One for an audit under way, one to say so to whoever wants another. */
    private static final int WORKERS = 2;
    private static final int CONNECTIONS_MAX = 200;
    /** Nothing here has a body; what comes nevertheless is dropped up to here. */
    private static final long ENTITY_BYTES_MAX = 1 << 20;

    private final Undertow undertow;
    private final PlainAnswers answers;
    private final StatusReport status;
    private final AuditEndpoint audit;

    /**
     * Builds a server that does not listen yet.
     *
     * @param limits the timeouts of the other listener hold here too
     * @param audit gives null as long as there is nothing to audit
     */
    public AdminServer(AdminSettings settings, HttpSettings limits, StatusReport status,
            Supplier<Audit> audit) {
        this.status = status;
        this.audit = new AuditEndpoint(audit);
        this.answers = new PlainAnswers(new UnreadBody(limits.requestTimeout().toMillis()));
        this.undertow = new Listener(settings.host(), settings.port(), IO_THREADS, WORKERS,
                CONNECTIONS_MAX).with(limits.head(), limits.idleTimeout(), limits.requestTimeout(),
                ENTITY_BYTES_MAX, this);
    }

    /**
     * Starts to listen.
     *
     * @throws RuntimeException if the address cannot be bound; its cause says why
     */
    public void start() {
        undertow.start();
    }

    /** The port it listens on. */
    public int port() {
        return Listener.portOf(undertow);
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        try {
            route(exchange, PlainAnswers.rawPath(exchange));
        } catch (RuntimeException | Error unexpected) {
            PlainAnswers.defect(exchange, unexpected);
        }
    }

    private void route(HttpServerExchange exchange, String path) {
        switch (path) {
            case "/status" -> {
                if (answers.readable(exchange)) {
                    PlainAnswers.status(exchange, status);
                }
            }
            case "/v1/audit" -> {
                if (answers.readable(exchange)) {
                    exchange.dispatch(audit);
                }
            }
            default -> answers.notFound(exchange, path);
        }
    }

    /** Closes all connections. */
    public void stop() {
        undertow.stop();
    }
}
