package io.ringtally.ring;

import io.ringtally.dedupe.EventIdentity;
import io.ringtally.event.Change;
import io.ringtally.event.EventCursor;
import io.ringtally.event.EventHash;
import io.ringtally.journal.Head;
import io.ringtally.journal.LogPosition;
import io.ringtally.tally.CounterBase;
import io.ringtally.tally.CounterDelta;
import io.ringtally.tally.CounterKey;
import io.ringtally.tally.CounterSnapshot;
import io.ringtally.tally.FrozenCut;
import io.ringtally.tally.ShardGauges;
import io.ringtally.tally.TallySettings;
import io.ringtally.tally.TallyShard;
import io.ringtally.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The ring with its stages: events go in at {@link #intake()}, cuts come out at {@link #cut()}.
 *
 * <p>Threading: built, started and stopped by the service; {@link #cut} and {@link #persisted} are
 * the flusher's; the rest is for any thread.
 */
public final class Ring implements AutoCloseable {

    private static final long REPLAY_LOOK_NANOS = 200_000;

    private final RingCore core;
    private final List<TallyStage> stages = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final CutExchange cuts;
    private final Pressure pressure;
    private final Intake intake;
    /** Null for a ring in memory only. */
    private final JournalStage journal;
    private final Head head;
    private final PointReads reads;
    private final DrainRate drainRate = new DrainRate();
    private final long hashSeed;
    private volatile long persistedEvents;
    private volatile Runnable appliedListener = () -> { };
    private volatile StagePace pace;
    private volatile boolean dead;
    private final AdmissionGate gate;
    private final Consumer<Throwable> died;

    /**
     * Builds a ring whose stages do not run yet.
     *
     * @param parts geometry, tally layout, seed, clock
     * @param gate closed for good when a stage dies
     * @param died told on the dying thread; ends the process
     */
    public Ring(RingParts parts, AdmissionGate gate, Consumer<Throwable> died) {
        TallySettings tally = parts.tally();
        this.hashSeed = parts.hashSeed();
        this.gate = gate;
        this.died = died;
        this.head = parts.durable().head();
        this.core = RingCore.over(parts.durable().head(), parts.ring(), tally.shards() + 1);
        this.pace = new UsualPace(parts.ring().parkMicros() * 1_000L);
        this.cuts = new CutExchange(tally.shards());
        StageListener listener = new Listener(parts.clock());
        for (int number = 0; number < tally.shards(); number++) {
            TallyShard shard = parts.shards().make(number, tally, core.slots().memory());
            shard.identifyBy(new EventIdentity(hashSeed));
            TallyTimes times = new TallyTimes(parts.clock(),
                    parts.latencies().tallied().writer(number));
            TallyStage stage = new TallyStage(core, shard, cuts, listener, times);
            core.sequencer().addGatingSequences(stage.applied());
            stages.add(stage);
        }
        this.journal = parts.durable().body() == null ? null
                : new JournalStage(core, core.bells()[tally.shards()], parts.durable().body(),
                        listener, parts.durable().interval().toNanos());
        if (journal != null) {
            core.sequencer().addGatingSequences(journal.written());
        }
        this.pressure = new Pressure(stages, tally, gate);
        this.intake = new Intake(core, gate, parts.batchSlotsMax(), this::isKnown, died);
        this.reads = new PointReads(core.sequencer(), stages, hashSeed);
    }

    private boolean isKnown(EventCursor event) {
        int shard = EventHash.shardOf(event.sliceHash(), stages.size());
        return stages.get(shard).shard().knows(new CounterKey().of(event));
    }

    /** The shard that owns a message, for rehydration before the stages start. */
    public TallyShard shardOf(byte[] app, byte[] message) {
        long slice = EventHash.sliceOf(app, message, hashSeed);
        return stages.get(EventHash.shardOf(slice, stages.size())).shard();
    }

    /** Starts the stages of a ring in memory only. */
    public void start(LogPosition checkpoint) {
        head.begin(checkpoint.number() + 1);
        start(checkpoint, checkpoint);
    }

    /**
     * Starts the stages; the gate opens afterwards. The first record is the one after {@code
     * checkpoint}.
     *
     * @param checkpoint where the log stands in Postgres
     * @param end the last record the log has: what is between them is replayed first
     */
    public void start(LogPosition checkpoint, LogPosition end) {
        for (TallyStage stage : stages) {
            stage.replayedUpTo(core.slots().sequenceOf(end.number()));
            stage.shard().loaded();
            stage.shard().publishGauges(0);
            Thread thread = new Thread(stage, "tally-" + stage.shard().number());
            threads.add(thread);
        }
        if (journal != null) {
            journal.begin(core.slots().sequenceOf(end.number()));
            threads.add(new Thread(journal, "journal"));
        }
        pressure.reconsider();
        threads.forEach(Thread::start);
    }

    /**
     * Takes the records between checkpoint and end, before anything new is accepted.
     *
     * @param flush what a CHANGE among them is flushed with
     */
    public ReplayIntake replay(ReplayIntake.Flush flush) {
        return new ReplayIntake(core, cuts, flush);
    }

    /** Waits until the stages have applied what was replayed, and their gauges show it. */
    public void awaitReplayed() {
        for (Doorbell bell : core.bells()) {
            bell.ring();
        }
        while (backlogSlots() > 0 && !dead) {
            LockSupport.parkNanos(this, REPLAY_LOOK_NANOS);
        }
    }

    /** Makes the journal write at once what is published. */
    public void hurryJournal() {
        if (journal != null) {
            journal.hurry();
        }
    }

    /** Called, on a stage's thread, after each batch. */
    public void onApplied(Runnable listener) {
        appliedListener = listener;
    }

    /** Replaces the pace of the stages. */
    public void pace(StagePace replaced) {
        pace = replaced;
    }

    public Intake intake() {
        return intake;
    }

    public PointReads reads() {
        return reads;
    }

    /** The log cannot be written: nothing more is accepted, and the process ends. */
    public void logFailed(Throwable cause) {
        dead = true;
        gate.fail();
        died.accept(cause);
    }

    /** Whether a stage has died, and nobody shall wait for it. */
    public boolean isDead() {
        return dead;
    }

    /**
     * Freezes what all shards have counted since the cut before. Waits for the stages to get there;
     * the flusher may wait, requests never do.
     *
     * @throws StageDiedException if a shard has died
     */
    public FrozenCut cut() {
        return cut(List.of());
    }

    /**
     * The same, with changes that the flush of the cut decides.
     *
     * @param changes they fit {@link #changesRoom()}
     */
    public FrozenCut cut(List<Change> changes) {
        return cuts.cut(intake, core.slots(), changes);
    }

    /** Bytes of changes that one cut can have. */
    public int changesRoom() {
        return intake.changesRoom();
    }

    /** Releases a cut that Postgres has: its memory serves the next one. */
    public void persisted(FrozenCut cut) {
        // one writer, the flusher: no addition is lost
        persistedEvents += cut.acceptedEvents();
        long counters = cut.pending();
        cut.release();
        pressure.persisted(counters);
    }

    /** Takes over the row of a counter whose change Postgres refused, see {@link #rebase(List)}. */
    public void rebase(CounterDelta refused, CounterSnapshot row) throws InterruptedException {
        rebase(List.of(new CounterBase(refused.appId(), refused.messageId(), refused.event(),
                row)));
    }

    /** See {@link PointReads#rebase}. */
    public void rebase(List<CounterBase> bases) throws InterruptedException {
        reads.rebase(bases);
    }

    /** Gauges of every shard, by number. */
    public List<ShardGauges> shardGauges() {
        return stages.stream().map(stage -> stage.shard().gauges()).toList();
    }

    public int slots() {
        return core.settings().slots();
    }

    /** Slots published or being filled that the slowest stage has not applied: the true backlog. */
    public long backlogSlots() {
        return Math.max(0, core.sequencer().getCursor() - slowestApplied());
    }

    private long slowestApplied() {
        long slowest = Long.MAX_VALUE;
        for (TallyStage stage : stages) {
            slowest = Math.min(slowest, stage.applied().get());
        }
        return slowest;
    }

    /**
     * Events applied that Postgres does not have, also those of a cut that is being flushed. The
     * difference of two counts that only grow, the smaller one read first: it is never 0 too early.
     */
    public long unpersistedEvents() {
        long unpersisted = -persistedEvents;
        for (TallyStage stage : stages) {
            unpersisted += stage.shard().gauges().appliedEvents();
        }
        return Math.max(0, unpersisted);
    }

    /** Events applied since the last cut. */
    public long eventsSinceCut() {
        long events = 0;
        for (TallyStage stage : stages) {
            events += stage.shard().gauges().unpersistedEvents();
        }
        return events;
    }

    /** Monotonic time of the oldest change since the last cut; 0 if there is none. */
    public long oldestChangeNanos() {
        long oldest = 0;
        for (TallyStage stage : stages) {
            long nanos = stage.shard().gauges().oldestChangeNanos();
            if (nanos != 0 && (oldest == 0 || nanos - oldest < 0)) {
                oldest = nanos;
            }
        }
        return oldest;
    }

    /** Changed counters and dead letters that Postgres does not have yet. */
    public long pendingCounters() {
        return pressure.pendingCounters();
    }

    /** Slots the stages have freed per second lately. */
    public double drainSlotsPerSecond() {
        return drainRate.slotsPerSecond();
    }

    /** Whole seconds after which a full ring is worth another try, 1 to 60. */
    public int retryAfterSeconds() {
        return drainRate.secondsToDrain(backlogSlots());
    }

    /**
     * Stops the stages once they have applied everything published.
     *
     * @return whether all of them ended in time
     */
    public boolean stop(long timeoutMillis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        stages.forEach(TallyStage::stop);
        if (journal != null) {
            journal.stop();
        }
        for (Thread thread : threads) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            thread.join(Math.max(1, left));
            if (thread.isAlive()) {
                return false;
            }
        }
        return true;
    }

    /** Frees the shards' memory; the stages have stopped. */
    @Override
    public void close() {
        stages.forEach(stage -> stage.shard().close());
    }

    /** As configured, without regard to flushes. */
    private record UsualPace(long parkNanos) implements StagePace {

        @Override
        public long slotsUntilWake() {
            return Long.MAX_VALUE;
        }
    }

    private final class Listener implements StageListener {

        private final Clock clock;

        Listener(Clock clock) {
            this.clock = clock;
        }

        @Override
        public StagePace pace() {
            return pace;
        }

        @Override
        public void batchApplied(int shard, long sequence) {
            pressure.reconsider();
            if (shard == 0) {
                drainRate.sample(sequence, clock.nanoTime());
            }
            appliedListener.run();
        }

        @Override
        public void frozen(long counters) {
            pressure.frozen(counters);
        }

        @Override
        public void journalDied(Throwable cause) {
            logFailed(cause);
        }

        @Override
        public void stageDied(int shard, Throwable cause) {
            cuts.stageDied();
            logFailed(cause);
        }
    }
}
