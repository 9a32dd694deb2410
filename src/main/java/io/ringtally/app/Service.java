package io.ringtally.app;

import io.ringtally.admin.ManagementBeans;
import io.ringtally.config.Configuration;
import io.ringtally.config.ConfigurationException;
import io.ringtally.fault.FaultPoint;
import io.ringtally.journal.Journal;
import io.ringtally.journal.JournalPlace;
import io.ringtally.journal.LogIdentity;
import io.ringtally.journal.LogPosition;
import io.ringtally.persist.FlusherEvents;
import io.ringtally.persist.StartSnapshot;
import io.ringtally.recovery.DataDirectory;
import io.ringtally.recovery.IdRehydration;
import io.ringtally.recovery.Replay;
import io.ringtally.time.Clock;
import io.ringtally.time.SystemClock;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running service: starts bottom-up, stops top-down.
 *
 * <p>Threading: {@link #start} is called once by the main thread, {@link #stop} once by the
 * shutdown hook; {@link #die} by any thread that meets the end.
 */
final class Service {

    private static final Logger LOG = LoggerFactory.getLogger(Service.class);

    private static final long START_ABORT_SECONDS = 20;

    private final Configuration configuration;
    private final Settings settings;
    private final StderrBar bar;
    private final Clock clock = new SystemClock();
    private final AtomicReference<ExitCode> ending = new AtomicReference<>();
    private final CountDownLatch startEnded = new CountDownLatch(1);
    private volatile boolean stopping;
    private volatile boolean failed;
    private volatile Thread starter;

    private DataDirectory data;
    private volatile Pipeline pipeline;
    private AdminPort admin;
    private DatabaseStart database;
    private ManagementBeans beans;
    private EverySecond seconds;
    private TroubleWatch watch;

    /**
     * A service that is to be started.
     *
     * @param bar where it may be drawn how far long work has come, or null
     */
    Service(Configuration configuration, StderrBar bar) throws ConfigurationException {
        this.configuration = configuration;
        this.bar = bar;
        this.settings = Settings.of(configuration);
        if (!configuration.embeddedDatabase()) {
            configuration.database(configuration.databaseUrl());
        }
    }

    /**
     * Starts and returns once events are taken, or a stop was asked for meanwhile.
     *
     * @throws IOException if something on this machine is in the way; the message says what
     */
    void start() throws IOException, ConfigurationException {
        starter = Thread.currentThread();
        StartReport report = new StartReport(configuration, settings);
        report.begin();
        try {
            data = DataDirectory.lock(configuration.dataDir());
            report.places(data.path());
            FaultPoint.START_LOCKED.passed();
            LogIdentity log = LogIdentity.openOrCreate(data.log());
            FaultPoint.START_IDENTITY_WRITTEN.passed();
            Journal journal = openJournal(log);
            pipeline = new Pipeline(settings, log, journal, clock,
                    cause -> die(ExitCode.STAGE_DIED));
            watch = new TroubleWatch(pipeline);
            watch.start();
            beans = ManagementBeans.register(new Management(pipeline, log), pipeline.gate,
                    pipeline.ring, settings.tally(), clock);
            pipeline.ring.onShardsChanged(beans::shards);
            ProgressTeller operators = ProgressTeller.of(List.of(pipeline.operations.draining(),
                    pipeline.operations.resharding()), null);
            seconds = EverySecond.start(pipeline.latencies::tick, beans::look, () -> {
                // the end has a teller of its own
                if (isUp()) {
                    operators.tick();
                }
            });
            listen(pipeline.http::start, "http", settings.http().host(), settings.http().port());
            admin = new AdminPort(settings, pipeline, log, clock);
            listen(admin::start, "admin", settings.admin().host(), settings.admin().port());
            database = new DatabaseStart(configuration, pipeline.status.filling());
            // beside the database's start: both take their time, and neither needs the other
            Recovering recovering = new Recovering(journal::recover);
            recovering.start();
            database.open(data.path());
            recovering.await();
            ProgressTeller teller = ProgressTeller.start(pipeline.status.works(), bar);
            try {
                recover(log);
            } finally {
                teller.close();
            }
        } catch (IOException givenUp) {
            if (!stopping) {
                failed = true;
                throw givenUp;
            }
            LOG.info("the start was given up: {}", givenUp.getMessage());
        } catch (ConfigurationException | RuntimeException | Error inTheWay) {
            failed = true;
            throw inTheWay;
        } finally {
            startEnded.countDown();
        }
        if (isUp()) {
            LOG.info("counting at {}, log {}; operators at {}; database {}", url(),
                    pipeline.flusher().checkpoint().log(), admin.url(),
                    database.settings().shownUrl());
        }
    }

    private Journal openJournal(LogIdentity log) throws IOException {
        Path head = configuration.headDir() == null ? data.log() : configuration.headDir();
        JournalPlace place = new JournalPlace(data.log(), head, log.uuid(),
                settings.ring().slots(), settings.ring().slotBytes());
        return place.open(settings.journal(), cause -> pipeline.ring.logFailed(cause));
    }

    private static void listen(Runnable start, String section, String host, int port)
            throws IOException {
        try {
            start.run();
        } catch (RuntimeException taken) {
            throw new IOException("cannot listen on " + host + ":" + port + ": "
                    + taken.getMessage() + "; choose another " + section + ".port (RINGTALLY_"
                    + section.toUpperCase(Locale.ROOT) + "_PORT)", taken);
        }
    }

    /** Reads every counter back; begins anew if Postgres goes away meanwhile. */
    private void recover(LogIdentity log) throws IOException {
        while (!stopping) {
            boolean fresh = pipeline.journal.end().equals(LogPosition.START);
            StartSnapshot opened = database.snapshot(log.uuid(), fresh, settings.lifecycles(),
                    pipeline.status::reason, () -> stopping);
            if (opened == null) {
                return;
            }
            FaultPoint.START_EPOCH_RAISED.passed();
            pipeline.watchKeys(database.settings());
            try (StartSnapshot snapshot = opened) {
                Replay.check(pipeline.journal, snapshot);
                pipeline.status.reason("reading counters back from Postgres");
                pipeline.status.rehydration().run(snapshot, pipeline.ring);
                new IdRehydration(clock).run(snapshot, pipeline.ids);
            } catch (SQLException gone) {
                LOG.warn("Postgres went away while counters were read back, beginning again: {}",
                        gone.getMessage());
                database.look();
                continue;
            }
            // only now: closing the snapshot may fail too, and nothing may start twice
            if (!stopping) {
                FaultPoint.START_REHYDRATED.passed();
                pipeline.status.reason("replaying the log");
                Recovering replaying = new Recovering(() -> pipeline.start(database.database(),
                        opened.checkpoint(), new Events(), () -> stopping));
                replaying.start();
                replaying.awaitEnd();
                pipeline.status.reason("");
                beans.persisting(pipeline.operations, pipeline.flusher(), database.database(),
                        pipeline.ledger, pipeline.journal);
                admin.audit(database.settings());
                pipeline.queries.start(database.settings());
                pipeline.retain(database.settings());
                pipeline.open();
            }
            return;
        }
    }

    /** Whether events are being taken. */
    boolean isUp() {
        return !stopping && pipeline.flusher() != null;
    }

    /** Where it listens. */
    String url() {
        String host = settings.http().host();
        return (settings.tls() == null ? "http://" : "https://")
                + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + pipeline.http.port();
    }

    /** Ends the process with this code; the first caller decides. Returns at once. */
    void die(ExitCode code) {
        if (ending.compareAndSet(null, code)) {
            Thread end = new Thread(() -> System.exit(code.code()), "end");
            end.start();
        }
    }

    /**
     * Drains and stops everything.
     *
     * @return the exit code
     */
    ExitCode stop() throws InterruptedException, IOException {
        long deadline = System.nanoTime() + settings.drainTimeout().toNanos();
        stopping = true;
        Pipeline running = pipeline;
        if (running != null) {
            running.gate.close();
        }
        FaultPoint.STOP_BEGINS.passed();
        if (!failed) {
            // after a start that has failed the reason is the last that is said
            LOG.info("stopping: nothing more is accepted");
        }
        abortStart();
        if (pipeline == null) {
            closeAll(true);
            return codeOr(ExitCode.OK);
        }
        // one made after the stop was asked for
        pipeline.gate.close();
        boolean drained = ending.get() == null ? tellOfDrain(deadline) : giveUp();
        closeAll(drained);
        return codeOr(drained ? ExitCode.OK : ExitCode.DRAIN_TIMEOUT);
    }

    /** A start still under way may be waiting for a database: it is interrupted and cleans up. */
    private void abortStart() throws InterruptedException {
        Thread starting = starter;
        if (startEnded.getCount() > 0 && starting != null) {
            starting.interrupt();
        }
        startEnded.await(START_ABORT_SECONDS, TimeUnit.SECONDS);
    }

    private ExitCode codeOr(ExitCode otherwise) {
        ExitCode code = ending.get();
        return code == null ? otherwise : code;
    }

    private boolean tellOfDrain(long deadline) throws InterruptedException {
        pipeline.operations.draining().begin();
        ProgressTeller teller = ProgressTeller.start(pipeline.status.works(), bar);
        try {
            return drain(deadline);
        } finally {
            teller.close();
            pipeline.operations.draining().end();
        }
    }

    private boolean drain(long deadline) throws InterruptedException {
        if (pipeline.flusher() != null) {
            // most of it goes now, while open requests are being answered
            pipeline.flusher().flushNow(millisUntil(deadline) / 2);
            FaultPoint.STOP_FLUSHED.passed();
        }
        pipeline.http.stop(Math.min(5_000, millisUntil(deadline)));
        boolean drained = pipeline.finish(deadline);
        if (pipeline.flusher() == null) {
            if (!failed) {
                LOG.info("stopped: nothing was accepted");
            }
        } else if (drained) {
            LOG.info("stopped: everything accepted is in Postgres");
        } else {
            LOG.error("stopped by shutdown.drain-timeout = {} ms: {} events, changes of {}"
                    + " counters, are not in Postgres", settings.drainTimeout().toMillis(),
                    pipeline.ring.unpersistedEvents() + pipeline.ring.backlogSlots(),
                    pipeline.ring.pendingCounters());
        }
        return drained;
    }

    private boolean giveUp() {
        pipeline.http.stop(1_000);
        LOG.error("stopped without a drain ({}): changes of {} counters are not in Postgres",
                ending.get(), pipeline.ring.pendingCounters());
        return false;
    }

    private static long millisUntil(long deadlineNanos) {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime()));
    }

    private void closeAll(boolean drained) throws InterruptedException, IOException {
        if (seconds != null) {
            seconds.close();
        }
        if (beans != null) {
            beans.unregister();
        }
        if (admin != null) {
            admin.stop();
        }
        if (watch != null) {
            watch.close();
        }
        if (pipeline != null) {
            pipeline.queries.close();
        }
        if (pipeline != null && ending.get() == null) {
            pipeline.close();
        }
        if (database != null) {
            if (drained) {
                database.close();
            } else {
                database.abandon();
            }
        }
        if (data != null) {
            data.close();
        }
    }

    private final class Events implements FlusherEvents {

        @Override
        public void attemptFailed(SQLException failure) {
            database.look();
        }

        @Override
        public void fenced(String explanation) {
            pipeline.status.reason(explanation);
            pipeline.gate.fence();
            die(ExitCode.FENCED);
        }

        @Override
        public void died(Throwable cause) {
            pipeline.status.reason("the flusher has died: " + cause);
            pipeline.gate.fail();
            die(ExitCode.STAGE_DIED);
        }
    }
}
