package io.ringtally.persist;

import io.ringtally.tally.CounterDelta;
import io.ringtally.tally.FrozenCut;
import io.ringtally.time.Clock;
import io.ringtally.time.WorkProgress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that takes cuts and persists them, one at a time. A cut that fails is tried again,
 * unchanged, until Postgres has it; meanwhile the shards go on counting.
 *
 * <p>Threading: {@link #run} is the flusher's own thread; everything else is for any thread.
 */
public final class Flusher implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Flusher.class);

    private static final long LOOK_NANOS = 100_000_000;
    /** Between two looks whether what may still come into the ring has been applied. */
    private static final long END_NANOS = 5_000_000;
    /** While Postgres has everything; the first batch ends it. */
    private static final long QUIET_NANOS = 1_000_000_000;
    private static final long COMPLAIN_NANOS = 10_000_000_000L;

    private final Database database;
    private final CutSource source;
    private final CutWriter writer;
    private final FlushPolicy policy;
    private final FlusherEvents events;
    private final Clock clock;
    private final WorkProgress progress;
    private final BackOff backOff = new BackOff(RandomGenerator.getDefault());

    private final FlushRequests requests = new FlushRequests();
    private final Queue<Runnable> errands = new ConcurrentLinkedQueue<>();
    private final ChangeQueue changes;
    private volatile Thread thread;
    private volatile boolean paused;
    private volatile boolean finishing;
    /** Whether it sleeps until something is applied. */
    private volatile boolean quiet;
    private volatile boolean finished;
    private volatile boolean ended;

    private volatile long frozenSinceNanos;
    /** Monotonic time at which the flush under way began; 0 if there is none. */
    private volatile long busySinceNanos;
    private volatile long busyNanos;
    private volatile long flushes;
    private volatile long flushedEvents;
    private volatile long lastFlushMillis;
    private volatile int failures;
    private volatile long failedAttempts;
    private volatile String lastError = "";
    private volatile EventIdPartitions partitions;
    private long lastBegunNanos;
    private long lastComplaintNanos;

    /**
     * Creates a flusher that is not running yet.
     *
     * @param checkpoint the epoch and position this process owns
     * @param changes what is to be decided
     * @param events told about trouble and the end
     */
    public Flusher(Database database, Checkpoint checkpoint, PersistSettings settings,
            CutSource source, ChangeQueue changes, FlusherEvents events, Clock clock) {
        this.database = database;
        this.writer = new CutWriter(database, checkpoint);
        this.policy = new FlushPolicy(settings);
        this.source = source;
        this.changes = changes;
        this.events = events;
        this.clock = clock;
        this.progress = new WorkProgress(clock, "flushing", "events");
        this.lastBegunNanos = clock.nanoTime() - TimeUnit.SECONDS.toNanos(60);
    }

    /** Makes room for ids, and forgets them in Postgres after this time. To be set once. */
    public void keepIdsFor(Duration window) {
        partitions = new EventIdPartitions(database, writer.checkpoint().log(), window,
                clock.nanoTime());
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        changes.onSubmitted(this::hurry);
        try {
            while (true) {
                runErrands();
                boolean last = finishing && !source.hasBacklog();
                long requested = requests.latest();
                if (last || !changes.isEmpty() || due(requested)) {
                    busySinceNanos = clock.nanoTime();
                    flush();
                    busyNanos += clock.nanoTime() - busySinceNanos;
                    busySinceNanos = 0;
                    requests.done(requested);
                }
                if (last && source.unpersistedEvents() == 0 && changes.isEmpty()) {
                    finished = true;
                    return;
                }
                sleepUntilDue();
            }
        } catch (FencedException fenced) {
            LOG.error("{}", fenced.getMessage());
            lastError = fenced.getMessage();
            events.fenced(fenced.getMessage());
        } catch (Throwable fatal) {
            LOG.error("the flusher has died; the service cannot go on", fatal);
            lastError = fatal.toString();
            events.died(fatal);
        } finally {
            ended = true;
            requests.end();
        }
    }

    private void runErrands() {
        Runnable errand;
        while ((errand = errands.poll()) != null) {
            errand.run();
        }
    }

    /**
     * Has something done between two flushes, on the flusher's thread: no cut is frozen then. It
     * must not throw; while Postgres does not take a flush it does not get its turn.
     */
    public void submit(Runnable errand) {
        errands.add(errand);
        LockSupport.unpark(thread);
    }

    private boolean due(long requested) {
        if (requests.isNew(requested)) {
            return true;
        }
        return !paused && dueInNanos() <= 0;
    }

    private long dueInNanos() {
        long now = clock.nanoTime();
        long oldest = source.oldestNanos();
        return policy.dueInNanos(source.unpersistedEvents(), oldest == 0 ? 0 : now - oldest,
                now - lastBegunNanos);
    }

    private void sleepUntilDue() {
        if (finishing) {
            LockSupport.parkNanos(this, END_NANOS);
            return;
        }
        // before the look: a batch that it misses sees this, and ends the sleep
        quiet = true;
        quiet = source.unpersistedEvents() == 0;
        long rest = quiet ? QUIET_NANOS : paused ? LOOK_NANOS : Math.min(LOOK_NANOS, dueInNanos());
        if (rest > 0) {
            LockSupport.parkNanos(this, rest);
        }
        quiet = false;
    }

    private void flush() throws FencedException, InterruptedException {
        long begun = clock.nanoTime();
        lastBegunNanos = begun;
        long oldest = source.oldestNanos();
        // before the cut: what it freezes is never without an age
        frozenSinceNanos = oldest == 0 ? begun : oldest;
        List<PendingChange> taken = changes.take(source.changesRoom());
        FrozenCut cut = source.cut(taken.stream().map(PendingChange::change).toList());
        if (cut.isEmpty()) {
            source.discard(cut);
            frozenSinceNanos = 0;
            return;
        }
        tendPartitions(cut);
        long count = cut.acceptedEvents();
        List<RefusedChange> refused;
        progress.begin(count);
        try {
            refused = writeUntilDecided(cut);
            progress.done(count);
        } finally {
            progress.end();
        }
        List<ChangeResult> results = writer.results();
        source.persisted(cut, refused, results, false);
        changes.decided(taken, results);
        frozenSinceNanos = 0;
        long took = clock.nanoTime() - begun;
        if (failures == 0) {
            policy.flushed(took);
        }
        failures = 0;
        lastFlushMillis = TimeUnit.NANOSECONDS.toMillis(took);
        flushedEvents += count;
        flushes++;
    }

    /**
     * Brings a cut of the replayed log into Postgres; before the thread runs.
     *
     * @throws InterruptedException if the start is given up meanwhile
     */
    public void flushReplayed(FrozenCut cut) throws FencedException, InterruptedException {
        tendPartitions(cut);
        List<RefusedChange> refused = writeUntilDecided(cut);
        source.persisted(cut, refused, writer.results(), true);
    }

    private void tendPartitions(FrozenCut cut) {
        EventIdPartitions tended = partitions;
        if (tended != null) {
            if (cut.hasIds()) {
                tended.expectIds();
            }
            tended.tend(clock.nanoTime(), clock.epochMicros());
        }
    }

    private List<RefusedChange> writeUntilDecided(FrozenCut cut)
            throws FencedException, InterruptedException {
        CounterDelta[] deltas = cut.sortedDeltas();
        while (true) {
            try {
                List<RefusedChange> refused = writer.write(cut, deltas);
                if (backOff.failures() > 0) {
                    LOG.info("Postgres takes flushes again after {} failed attempts",
                            backOff.failures());
                }
                backOff.succeeded();
                lastError = "";
                progress.recovered();
                return refused;
            } catch (SQLException failed) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("a flush was broken off");
                }
                failedOnce(failed);
            }
        }
    }

    private void failedOnce(SQLException failed) {
        long waitMillis = backOff.failedMillis();
        failures = backOff.failures();
        failedAttempts++;
        lastError = DatabaseTrouble.of(failed);
        progress.trouble(lastError);
        long now = clock.nanoTime();
        if (failures == 1 || now - lastComplaintNanos > COMPLAIN_NANOS) {
            lastComplaintNanos = now;
            LOG.warn("a flush failed ({} in a row), trying the same again for as long as it takes:"
                    + " {}", failures, lastError);
        }
        events.attemptFailed(failed);
        LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(waitMillis));
    }

    /**
     * Wakes the flusher if it has nothing to wait for, or as many events wait as are worth a flush.
     * Called after each batch.
     */
    public void eventsApplied() {
        if (quiet || !paused
                && source.unpersistedEvents() > policy.settings().maxUpdates()) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Flushes everything applied so far and waits for it.
     *
     * @return whether Postgres has it within the time
     */
    public boolean flushNow(long timeoutMillis) throws InterruptedException {
        long ticket = requests.ask();
        LockSupport.unpark(thread);
        return requests.await(ticket, timeoutMillis);
    }

    /** Somebody waits for what was accepted: the next flush begins now. Returns at once. */
    public void hurry() {
        requests.ask();
        LockSupport.unpark(thread);
    }

    /** Begins no flush on its own until {@link #resume()}; requests and a drain still do. */
    public void pause() {
        paused = true;
    }

    public void resume() {
        paused = false;
        LockSupport.unpark(thread);
    }

    /**
     * Ends the thread once everything accepted is in Postgres; nothing may be accepted any more.
     * Returns at once: the caller waits for the thread.
     */
    public void finish() {
        finishing = true;
        LockSupport.unpark(thread);
    }

    /** Whether the thread has ended because everything accepted is in Postgres. */
    public boolean isFinished() {
        return finished;
    }

    /** Time spent on flushes since the start, what they waited for Postgres included. */
    public long busyNanos() {
        long before = busyNanos;
        long since = busySinceNanos;
        return since == 0 ? before : before + clock.nanoTime() - since;
    }

    public PersistSettings settings() {
        return policy.settings();
    }

    /** Replaces the thresholds; they hold from the next decision on. */
    public void settings(PersistSettings settings) {
        policy.settings(settings);
        LockSupport.unpark(thread);
    }

    public Checkpoint checkpoint() {
        return writer.checkpoint();
    }

    /** Where the checkpoint row stands, or may stand while its transaction is under way. */
    public Folding folding() {
        return writer.folding();
    }

    /** Attempts that failed since the start. */
    public long failedAttempts() {
        return failedAttempts;
    }

    /** What has become of changes. */
    public ChangeCounts changeCounts() {
        return changes.counts();
    }

    /** How far the flush under way is: all or nothing, it is one transaction. */
    public WorkProgress progress() {
        return progress;
    }

    /** What the flusher is doing. */
    public PersisterState state() {
        return new PersisterState(writer.checkpoint().position(), flushes, flushedEvents,
                lastFlushMillis, frozenSinceNanos, failures, lastError, paused, ended);
    }
}
