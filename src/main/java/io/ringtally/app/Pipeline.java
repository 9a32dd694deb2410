package io.ringtally.app;

import io.ringtally.auth.KeyRing;
import io.ringtally.dedupe.EventIdentity;
import io.ringtally.dedupe.IdTable;
import io.ringtally.audit.LedgerAlarm;
import io.ringtally.http.HttpServer;
import io.ringtally.http.Tls;
import io.ringtally.fault.FaultPoint;
import io.ringtally.journal.Journal;
import io.ringtally.journal.LogIdentity;
import io.ringtally.metrics.Latencies;
import io.ringtally.operate.DeadLetters;
import io.ringtally.operate.Operations;
import io.ringtally.operate.SettingValues;
import io.ringtally.operate.StateLog;
import io.ringtally.operate.Troubles;
import io.ringtally.persist.ChangeQueue;
import io.ringtally.persist.Checkpoint;
import io.ringtally.persist.Database;
import io.ringtally.persist.DatabaseSettings;
import io.ringtally.persist.DeadLetterTable;
import io.ringtally.persist.FencedException;
import io.ringtally.persist.Flusher;
import io.ringtally.persist.FlusherEvents;
import io.ringtally.query.Queries;
import io.ringtally.persist.KeyWatch;
import io.ringtally.persist.Retention;
import io.ringtally.ring.Admission;
import io.ringtally.ring.AdmissionGate;
import io.ringtally.ring.Ring;
import io.ringtally.ring.RingParts;
import io.ringtally.tally.FrozenCut;
import io.ringtally.tally.MessageQuotas;
import io.ringtally.tally.TallyShard;
import io.ringtally.time.Clock;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The graph: the edge puts events into the ring, which is the head of the log; the journal appends
 * them to its body, the shards count them, the flusher takes cuts.
 *
 * <p>Threading: built and started by the service's starting thread.
 */
final class Pipeline {

    final AdmissionGate gate = new AdmissionGate();
    final Ring ring;
    final Journal journal;
    final LogDurability durability;
    final IdTable ids;
    final Latencies latencies;
    final Queries queries;
    /** What is asked of counters besides events. */
    final ChangeQueue changes = new ChangeQueue();
    final HttpServer http;
    final ServiceStatus status;
    final LedgerAlarm ledger;
    final Operations operations;
    final Troubles troubles;
    final StateLog states;
    /** What makes the listeners HTTPS, or null. */
    final Tls tls;
    /** Who may, or null for everybody. */
    final KeyRing keys;
    /** How many messages apps may have, or null for any number. */
    final MessageQuotas quotas;
    private final Settings settings;
    private final Clock clock;
    private volatile KeyWatch keyWatch;
    private volatile Retention retention;
    private volatile Flusher flusher;
    private volatile RingCuts cuts;
    private volatile Database database;
    private volatile DeadLetters letters;
    private Thread flusherThread;

    Pipeline(Settings settings, LogIdentity log, Journal journal, Clock clock,
            Consumer<Throwable> died) throws IOException {
        this.tls = settings.tls() == null ? null : Tls.start(settings.tls());
        this.settings = settings;
        this.clock = clock;
        this.journal = journal;
        this.latencies = new Latencies(clock);
        this.quotas = MessageQuotas.of(settings.quotas(), log.hashSeed());
        RingParts parts = new RingParts(settings.ring(), settings.tally(), log.hashSeed(), clock,
                new RingParts.Durable(journal.head(), journal, settings.journal().syncInterval(),
                        settings.journal().batchBytesMax()),
                (number, tally, memory) -> TallyShard.offHeap(number, tally, memory, quotas),
                latencies, settings.mock());
        this.ring = new Ring(parts, gate, died);
        ring.intake().limitBy(quotas);
        this.durability = new LogDurability(this);
        this.ids = new IdTable(settings.dedupe(), new EventIdentity(log.hashSeed()),
                clock.epochMicros());
        this.keys = settings.auth().keys() ? new KeyRing() : null;
        this.ledger = new LedgerAlarm(clock);
        this.status = new ServiceStatus(this, settings, log, clock);
        this.troubles = new Troubles(clock);
        this.states = new StateLog(status::word, status::why, troubles);
        this.operations = new Operations(states, gate, ring, this::flusher,
                new SettingValues(settings.persist(), settings.mock()), settings.drainTimeout(),
                clock);
        this.queries = new Queries(settings.query(), status::persistedLagMillis);
        this.http = new HttpServer(settings.http(), settings.generator(),
                new HttpServer.Parts(ring.intake(), ring.reads(), queries, gate,
                        status, status::retryAfterSeconds, clock, log.hashSeed(), ids,
                        keys, settings.limits(), tls, durability, settings.ack(),
                        settings.lifecycles(), settings.mappings(), latencies.request(),
                        changes));
    }

    /**
     * Starts counting from a checkpoint, bottom up; {@link #open} lets events in.
     *
     * @param givenUp whether a stop was asked for meanwhile
     * @throws IOException if the log cannot be used, or its replay was given up
     */
    void start(Database database, Checkpoint checkpoint, FlusherEvents events,
            BooleanSupplier givenUp) throws IOException {
        journal.onWriteWanted(ring::hurryJournal);
        journal.start(checkpoint.position());
        ring.start(checkpoint.position(), journal.end());
        cuts = new RingCuts(ring, journal, durability, latencies, clock);
        Flusher made = new Flusher(database, checkpoint, settings.persist(), cuts, changes,
                events, clock);
        made.keepIdsFor(settings.dedupe().window());
        status.replay().run(journal, checkpoint.position(),
                ring.replay(cut -> flushReplayed(made, cut, events)), givenUp);
        ring.awaitReplayed();
        journal.persisted(made.checkpoint().position());
        journal.onSpaceChange(() -> gate.journalFull(journal.isFull()));
        gate.journalFull(journal.isFull());
        ring.onApplied(made::eventsApplied);
        ring.pace(new FlushPace(ring, made, settings.ring().parkMicros()));
        flusherThread = new Thread(made, "flusher");
        flusherThread.start();
        flusher = made;
        this.database = database;
        letters = new DeadLetters(new DeadLetterTable(database), made, ring);
    }

    private static void flushReplayed(Flusher flusher, FrozenCut cut, FlusherEvents events)
            throws IOException {
        try {
            flusher.flushReplayed(cut);
        } catch (FencedException fenced) {
            events.fenced(fenced.getMessage());
            throw new IOException(fenced.getMessage(), fenced);
        } catch (InterruptedException givenUp) {
            throw new IOException("interrupted while the log was replayed", givenUp);
        }
    }

    /** From now on lets in whoever has a key that Postgres knows, where keys are asked for. */
    void watchKeys(DatabaseSettings database) {
        if (keys != null && keyWatch == null) {
            KeyWatch made = new KeyWatch(database, settings.auth().refresh(), keys);
            made.look();
            Thread thread = new Thread(made, "keys");
            thread.setDaemon(true);
            thread.start();
            keyWatch = made;
        }
    }

    /** From now on messages that nobody counts any more go, if they ever shall. */
    void retain(DatabaseSettings database) {
        if (settings.retention().isOn()) {
            Retention made = new Retention(settings.retention(), database, changes, () -> {
                Admission now = gate.now();
                return now == Admission.ACCEPTED || now == Admission.STORE_FULL;
            }, clock);
            Thread thread = new Thread(made, "retention");
            thread.setDaemon(true);
            thread.start();
            retention = made;
        }
    }

    /** The watch on the keys, or null. */
    KeyWatch keyWatch() {
        return keyWatch;
    }

    /** What lets old messages go, or null. */
    Retention retention() {
        return retention;
    }

    /** Lets events in: last of all, when everything that speaks of them is there. */
    void open() {
        gate.open();
        FaultPoint.START_OPENED.passed();
    }

    /** What became of no counter, or null before the pipeline has started. */
    DeadLetters letters() {
        return letters;
    }

    /** The flusher, or null before the pipeline has started. */
    Flusher flusher() {
        return flusher;
    }

    /** The flusher's pool, or null before the pipeline has started. */
    Database database() {
        return database;
    }

    /** Dead letters since the start. */
    long deadLetters() {
        RingCuts made = cuts;
        return made == null ? 0 : made.deadLetters();
    }

    /**
     * Brings everything accepted into Postgres. Nothing is accepted any more.
     *
     * @return whether that was done in time
     */
    boolean finish(long deadlineNanos) throws InterruptedException {
        if (retention != null) {
            retention.close();
        }
        if (flusher == null) {
            return true;
        }
        flusher.finish();
        flusherThread.join(Math.max(1, (deadlineNanos - System.nanoTime()) / 1_000_000));
        return flusher.isFinished();
    }

    /** Stops the stages, if they run, and frees their memory; after the flusher has ended. */
    void close() throws InterruptedException, IOException {
        if (keyWatch != null) {
            keyWatch.close();
        }
        if (tls != null) {
            tls.close();
        }
        if (!ring.stop(5_000)) {
            // a stage that does not end may still touch its memory: leave it to the process's end
            return;
        }
        ring.close();
        journal.close();
    }
}
