package io.ringtally.ring;

import com.lmax.disruptor.Sequencer;
import io.ringtally.event.EventHash;
import io.ringtally.tally.ShardGauges;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The shards that count at one time, with their stages and threads. Another number of shards is
 * another team.
 *
 * <p>Threading: started and ended by the service's starting thread or the flusher; the gauges are
 * for any thread.
 */
final class ShardTeam {

    private static final long LOOK_MILLIS = 100;

    private final List<TallyStage> stages;
    /** Events that the teams before have applied. */
    private final long appliedBefore;
    private final List<Thread> threads = new ArrayList<>();

    ShardTeam(List<TallyStage> stages, long appliedBefore) {
        this.stages = List.copyOf(stages);
        this.appliedBefore = appliedBefore;
    }

    List<TallyStage> stages() {
        return stages;
    }

    /** The stage of the shard that owns a slice. */
    TallyStage stageOf(long slice) {
        return stages.get(EventHash.shardOf(slice, stages.size()));
    }

    /** Runs the stages, each from behind what it has applied. */
    void start() {
        threads.clear();
        for (TallyStage stage : stages) {
            threads.add(new Thread(stage, "tally-" + stage.shard().number()));
        }
        threads.forEach(Thread::start);
    }

    /** Lets the stages end once they have applied everything published. */
    void stop() {
        stages.forEach(TallyStage::stop);
    }

    /**
     * Waits for the threads to end.
     *
     * @return false if the time was up before
     */
    boolean awaitEnd(long deadlineNanos) throws InterruptedException {
        for (Thread thread : threads) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            thread.join(Math.max(1, left));
            if (thread.isAlive()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Waits for the threads to end, which they do at the cut they were told.
     *
     * @throws StageDiedException if one has died
     */
    void awaitEnd(BooleanSupplier dead) {
        try {
            for (Thread thread : threads) {
                while (thread.isAlive() && !dead.getAsBoolean()) {
                    thread.join(LOOK_MILLIS);
                }
            }
        } catch (InterruptedException nobodyDoes) {
            throw new IllegalStateException("the flusher was interrupted", nobodyDoes);
        }
        if (dead.getAsBoolean()) {
            throw new StageDiedException();
        }
    }

    /** Gates the ring on this team, behind {@code sequence}, which it has applied. */
    void gate(Sequencer sequencer, long sequence) {
        for (TallyStage stage : stages) {
            // sets it to the cursor, which is too far; who gated before still does
            sequencer.addGatingSequences(stage.applied());
            stage.applied().set(sequence);
        }
    }

    /** Gates the ring on this team no more. */
    void ungate(Sequencer sequencer) {
        stages.forEach(stage -> sequencer.removeGatingSequence(stage.applied()));
    }

    /** Gauges of every shard, by number. */
    List<ShardGauges> gauges() {
        return stages.stream().map(stage -> stage.shard().gauges()).toList();
    }

    /** Events applied since the start, by this team and those before it. */
    long appliedEvents() {
        long applied = appliedBefore;
        for (TallyStage stage : stages) {
            applied += stage.shard().gauges().appliedEvents();
        }
        return applied;
    }

    long slowestApplied() {
        long slowest = Long.MAX_VALUE;
        for (TallyStage stage : stages) {
            slowest = Math.min(slowest, stage.applied().get());
        }
        return slowest;
    }

    /** Events applied since the last cut. */
    long eventsSinceCut() {
        long events = 0;
        for (TallyStage stage : stages) {
            events += stage.shard().gauges().unpersistedEvents();
        }
        return events;
    }

    /** Monotonic time of the oldest change since the last cut; 0 if there is none. */
    long oldestChangeNanos() {
        long oldest = 0;
        for (TallyStage stage : stages) {
            long nanos = stage.shard().gauges().oldestChangeNanos();
            if (nanos != 0 && (oldest == 0 || nanos - oldest < 0)) {
                oldest = nanos;
            }
        }
        return oldest;
    }

    /** Frees the shards' memory; the stages have stopped. */
    void close() {
        stages.forEach(stage -> stage.shard().close());
    }
}
