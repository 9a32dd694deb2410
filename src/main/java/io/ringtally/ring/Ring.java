package io.ringtally.ring;

import io.ringtally.event.Change;
import io.ringtally.event.EventCursor;
import io.ringtally.event.EventHash;
import io.ringtally.journal.Head;
import io.ringtally.journal.LogPosition;
import io.ringtally.tally.CounterBase;
import io.ringtally.tally.CounterDelta;
import io.ringtally.tally.CounterSnapshot;
import io.ringtally.tally.FrozenCut;
import io.ringtally.tally.ShardGauges;
import io.ringtally.tally.TallySettings;
import io.ringtally.tally.TallyShard;
import io.ringtally.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * The ring with its stages: events go in at {@link #intake()}, cuts come out at {@link #cut()}.
 *
 * <p>Threading: built, started and stopped by the service; {@link #cut} and {@link #persisted} are
 * the flusher's; the rest is for any thread.
 */
public final class Ring implements AutoCloseable {

    private static final long REPLAY_LOOK_NANOS = 200_000;

    private final RingCore core;
    private final CutExchange cuts = new CutExchange();
    private final SlowResource resource;
    private final Shards shards;
    private Thread journalThread;
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
        this.core = RingCore.over(parts.durable().head(), parts.ring());
        this.pace = new UsualPace(parts.ring().parkMicros() * 1_000L);
        this.resource = new SlowResource(parts.mock());
        StageListener listener = new Listener(parts.clock());
        this.shards = new Shards(core, parts, cuts, listener, resource);
        this.journal = parts.durable().body() == null ? null
                : new JournalStage(core, core.bells().journal(), parts.durable().body(),
                        listener, parts.durable().interval().toNanos());
        if (journal != null) {
            core.sequencer().addGatingSequences(journal.written());
        }
        this.pressure = new Pressure(shards::team, tally, gate);
        this.intake = new Intake(core, gate, parts.batchSlotsMax(), this::isKnown, died);
        this.reads = new PointReads(core.sequencer(), shards::team, hashSeed);
    }

    private boolean isKnown(EventCursor event) {
        return shards.knows(event);
    }

    /** The shard that owns a message, for rehydration before the stages start. */
    public TallyShard shardOf(byte[] app, byte[] message) {
        long slice = EventHash.sliceOf(app, message, hashSeed);
        return shards.team().stageOf(slice).shard();
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
        ShardTeam team = shards.team();
        for (TallyStage stage : team.stages()) {
            stage.replayedUpTo(core.slots().sequenceOf(end.number()));
            stage.shard().loaded();
            stage.shard().publishGauges(0);
        }
        pressure.reconsider();
        team.start();
        if (journal != null) {
            journal.begin(core.slots().sequenceOf(end.number()));
            journalThread = new Thread(journal, "journal");
            journalThread.start();
        }
    }

    /**
     * Takes the records between checkpoint and end, before anything new is accepted.
     *
     * @param flush what a CHANGE among them is flushed with
     */
    public ReplayIntake replay(ReplayIntake.Flush flush) {
        return new ReplayIntake(core, cuts, this::shards, flush, this::isDead);
    }

    /** Waits until the stages have applied what was replayed, and their gauges show it. */
    public void awaitReplayed() {
        core.bells().ring();
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
        FrozenCut cut = shards.cut(intake, changes, () -> dead);
        pressure.reconsider();
        return cut;
    }

    /** Bytes of changes that one cut can have. */
    public int changesRoom() {
        return intake.changesRoom();
    }

    /** How many shards count. */
    public int shards() {
        return shards.team().stages().size();
    }

    /**
     * Asks for another number of shards, from the next cut on. While the counters change hands,
     * events wait in the ring, and reads for their shard.
     *
     * @throws IllegalStateException if another change is wanted already
     */
    public ShardChange changeShards(int number) {
        return shards.change(number);
    }

    /** Called, on the flusher's thread, with the number of shards after each change. */
    public void onShardsChanged(IntConsumer told) {
        shards.onChanged(told);
    }

    /** The resource that the shards call, if it is switched on. */
    public SlowResource resource() {
        return resource;
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

    /** See {@link PointReads#forget}; by the flusher's thread, between two flushes. */
    public void forget(CounterBase base) throws InterruptedException {
        reads.forget(base);
    }

    /** Gauges of every shard, by number. */
    public List<ShardGauges> shardGauges() {
        return shards.team().gauges();
    }

    /** Events applied since the start, also by shards that are gone. */
    public long appliedEvents() {
        return shards.team().appliedEvents();
    }

    public int slots() {
        return core.settings().slots();
    }

    /** Slots published or being filled that the slowest stage has not applied: the true backlog. */
    public long backlogSlots() {
        return Math.max(0, core.sequencer().getCursor() - shards.team().slowestApplied());
    }

    /** Slots published or being filled that each shard has not applied, by number. */
    public List<Long> lagSlots() {
        long cursor = core.sequencer().getCursor();
        return shards.team().stages().stream().map(stage -> Math.max(0,
                cursor - stage.applied().get())).toList();
    }

    /**
     * Events applied that Postgres does not have, also those of a cut that is being flushed. The
     * difference of two counts that only grow, the smaller one read first: it is never 0 too early.
     */
    public long unpersistedEvents() {
        long persisted = persistedEvents;
        return Math.max(0, shards.team().appliedEvents() - persisted);
    }

    /** Events applied since the last cut. */
    public long eventsSinceCut() {
        return shards.team().eventsSinceCut();
    }

    /** Monotonic time of the oldest change since the last cut; 0 if there is none. */
    public long oldestChangeNanos() {
        return shards.team().oldestChangeNanos();
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
        shards.team().stop();
        if (journal != null) {
            journal.stop();
            if (journalThread != null) {
                journalThread.join(timeoutMillis);
                if (journalThread.isAlive()) {
                    return false;
                }
            }
        }
        return shards.team().awaitEnd(deadline);
    }

    /** Frees the shards' memory; the stages have stopped. */
    @Override
    public void close() {
        shards.team().close();
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
