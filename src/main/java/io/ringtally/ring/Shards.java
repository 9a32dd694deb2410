package io.ringtally.ring;

import com.lmax.disruptor.Sequencer;
import io.ringtally.dedupe.EventIdentity;
import io.ringtally.event.Change;
import io.ringtally.event.EventCursor;
import io.ringtally.tally.CounterKey;
import io.ringtally.tally.FrozenCut;
import io.ringtally.tally.TallySettings;
import io.ringtally.tally.ShardMove;
import io.ringtally.tally.TallyShard;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * Which shards count at the moment, and how others take over from them.
 *
 * <p>It happens at a cut. Every shard of the team hands over what it has changed, as at any cut,
 * and ends there; so all of them stand at the same record. What they hold goes, by its slices, to
 * the shards of the next team, which begin behind that record. The ring stays gated on the old team
 * until then: nothing is overwritten and nothing applied twice. Only memory changes; what Postgres
 * and the log hold is the same before and after, so dying on the way costs nothing.
 *
 * <p>Threading: {@link #cut} is the flusher's; the rest is for any thread.
 */
final class Shards {

    private final RingCore core;
    private final RingParts parts;
    private final CutExchange cuts;
    private final StageListener listener;
    private final SlowResource resource;
    private final AtomicReference<ShardChange> wanted = new AtomicReference<>();
    /** Held by who looks into a store from outside its shard, and by who frees one. */
    private final ReadWriteLock stores = new ReentrantReadWriteLock();
    private volatile ShardTeam team;
    private volatile IntConsumer changed = shards -> { };

    /** Makes the first team; it does not run yet. */
    Shards(RingCore core, RingParts parts, CutExchange cuts, StageListener listener,
            SlowResource resource) {
        this.core = core;
        this.parts = parts;
        this.cuts = cuts;
        this.listener = listener;
        this.resource = resource;
        Doorbell[] bells = Bells.make(parts.tally().shards());
        this.team = new ShardTeam(makeStages(bells), 0);
        core.bells().hang(bells);
        team.gate(core.sequencer(), Sequencer.INITIAL_CURSOR_VALUE);
    }

    /** A stage for each bell. */
    private List<TallyStage> makeStages(Doorbell[] bells) {
        TallySettings tally = parts.tally().withShards(bells.length);
        List<TallyStage> stages = new ArrayList<>();
        for (int number = 0; number < bells.length; number++) {
            TallyShard shard = parts.shards().make(number, tally, core.slots().memory());
            shard.identifyBy(new EventIdentity(parts.hashSeed()));
            TallyTimes times = new TallyTimes(parts.clock(),
                    parts.latencies().tallied().writer(number));
            stages.add(new TallyStage(core, shard, bells[number], cuts, listener, times,
                    resource));
        }
        return stages;
    }

    /** Those that count now. */
    ShardTeam team() {
        return team;
    }

    /** Whether the tally has an event's counter. */
    boolean knows(EventCursor event) {
        stores.readLock().lock();
        try {
            return team.stageOf(event.sliceHash()).shard().knows(new CounterKey().of(event));
        } finally {
            stores.readLock().unlock();
        }
    }

    /** See {@link Ring#changeShards}. */
    ShardChange change(int number) {
        ShardChange change = new ShardChange(number);
        ShardChange before = wanted.get();
        if (before != null && !before.isGivenUp() || !wanted.compareAndSet(before, change)) {
            throw new IllegalStateException("another change of the shards has not been made yet");
        }
        return change;
    }

    /** Called with the number of shards after each change. */
    void onChanged(IntConsumer told) {
        changed = told;
    }

    /**
     * Takes a cut, the last one of its team if a change is wanted.
     *
     * @param changes what the flush of the cut is to decide
     * @throws StageDiedException if a shard has died
     */
    FrozenCut cut(Intake intake, List<Change> changes, BooleanSupplier dead) {
        ShardTeam old = team;
        ShardChange change = wanted.getAndSet(null);
        if (change == null || !change.begin()) {
            return cuts.cut(intake, core.slots(), changes, old.stages().size(), false);
        }
        Doorbell[] bells = Bells.make(change.shards());
        List<TallyStage> stages;
        try {
            stages = makeStages(bells);
        } catch (RuntimeException | OutOfMemoryError noRoom) {
            change.failed(noRoom);
            return cuts.cut(intake, core.slots(), changes, old.stages().size(), false);
        }
        FrozenCut cut = lastCutOf(old, intake, changes, dead);
        ShardTeam next = new ShardTeam(stages, old.appliedEvents());
        List<TallyShard> owners = stages.stream().map(TallyStage::shard).toList();
        try {
            ShardMove move = new ShardMove(owners, parts.hashSeed());
            old.stages().forEach(stage -> move.from(stage.shard()));
        } catch (RuntimeException | OutOfMemoryError noRoom) {
            next.close();
            old.start();
            change.failed(noRoom);
            return cut;
        }
        old.stages().forEach(stage -> ShardMove.over(stage.shard()));
        replace(old, next, bells, core.slots().sequenceOf(cut.position().number()));
        change.made();
        return cut;
    }

    /** What waits before it is counted without the slow resource, which could take an hour. */
    private FrozenCut lastCutOf(ShardTeam old, Intake intake, List<Change> changes,
            BooleanSupplier dead) {
        resource.bypass(true);
        try {
            FrozenCut cut = cuts.cut(intake, core.slots(), changes, old.stages().size(),
                    true);
            old.awaitEnd(dead);
            return cut;
        } finally {
            resource.bypass(false);
        }
    }

    private void replace(ShardTeam old, ShardTeam next, Doorbell[] bells, long sequence) {
        for (TallyStage stage : next.stages()) {
            stage.shard().loaded();
            stage.shard().publishGauges(0);
        }
        next.gate(core.sequencer(), sequence);
        core.bells().hang(bells);
        team = next;
        old.ungate(core.sequencer());
        old.stages().forEach(stage -> stage.retire(next));
        next.start();
        stores.writeLock().lock();
        try {
            old.close();
        } finally {
            stores.writeLock().unlock();
        }
        changed.accept(next.stages().size());
    }
}
