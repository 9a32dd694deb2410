package io.ringtally.app;

import io.ringtally.audit.Audit;
import io.ringtally.audit.BalanceWatch;
import io.ringtally.audit.LedgerSource;
import io.ringtally.audit.LocalBooks;
import io.ringtally.dashboard.Dashboard;
import io.ringtally.http.AdminServer;
import io.ringtally.http.Feed;
import io.ringtally.journal.LogAccount;
import io.ringtally.journal.LogIdentity;
import io.ringtally.persist.DatabaseSettings;
import io.ringtally.tally.Amount;
import io.ringtally.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listener for operators with what stands behind it, and the audits the service makes by
 * itself, which need no listener.
 *
 * <p>Threading: started by the service's starting thread, stopped by its stopping one.
 */
final class AdminPort {

    private static final Logger LOG = LoggerFactory.getLogger(AdminPort.class);

    private final Settings settings;
    private final Pipeline pipeline;
    private final AdminServer server;
    private volatile Audit audit;
    private volatile Thread watch;

    AdminPort(Settings settings, Pipeline pipeline, LogIdentity log, Clock clock) {
        this.settings = settings;
        this.pipeline = pipeline;
        this.server = settings.admin().isOff() ? null
                : new AdminServer(settings.admin(), settings.http(),
                        settings.adminTls() ? pipeline.tls : null,
                        new AdminServer.Parts(pipeline.keys, pipeline.status, pipeline.http,
                                () -> audit, pipeline.operations, pipeline.troubles,
                                pipeline::letters, ServiceMetrics.of(pipeline, settings),
                                dashboard(log, clock)));
    }

    private Feed dashboard(LogIdentity log, Clock clock) {
        ServiceStatus status = pipeline.status;
        return new Dashboard(new Dashboard.Parts(clock, pipeline.ring, pipeline.journal,
                pipeline.gate, pipeline.http, pipeline::flusher, status, status::why,
                status::uptimeMillis, status::persistedLagMillis, status::jobs,
                settings.journal().maxBytes(), settings.tally().maxPendingCounters(),
                settings.lifecycles(), pipeline.latencies,
                ServiceStatus.version(), log.uuid().toString()));
    }

    /** Listens, unless it is off. */
    void start() {
        if (server != null) {
            server.start();
            LOG.info("operators are answered on port {} of {}", server.port(),
                    settings.admin().host());
        }
    }

    /** Where operators are answered. */
    String url() {
        if (server == null) {
            return "no port (admin.port = off)";
        }
        String host = settings.admin().host();
        return (settings.adminTls() ? "https://" : "http://")
                + (host.contains(":") ? "[" + host + "]" : host) + ":" + server.port();
    }

    /**
     * There is something to audit now: the pipeline runs.
     */
    void audit(DatabaseSettings database) {
        // by the log's own count, which owes nothing to the shards' one
        LedgerSource accepted = () -> {
            LogAccount log = pipeline.journal.account();
            return new LedgerSource.Accepted(log.position(), Amount.of(log.events(), log.sum()));
        };
        LocalBooks books = new LocalBooks(accepted, pipeline.flusher()::folding,
                pipeline.ids::duplicates);
        Audit made = new Audit(database, settings.audit(), books, pipeline.ledger);
        audit = made;
        if (!settings.audit().interval().isZero()) {
            Thread thread = new Thread(new BalanceWatch(made, settings.audit().interval()),
                    "audit");
            thread.setDaemon(true);
            thread.start();
            watch = thread;
        }
    }

    /** Breaks an audit under way off and closes all connections. */
    void stop() {
        Thread watching = watch;
        if (watching != null) {
            watching.interrupt();
        }
        Audit running = audit;
        if (running != null) {
            running.close();
        }
        if (server != null) {
            server.stop();
        }
    }
}
