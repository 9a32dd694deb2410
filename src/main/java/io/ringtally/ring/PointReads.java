package io.ringtally.ring;

import com.lmax.disruptor.Sequencer;
import io.ringtally.event.EventHash;
import io.ringtally.tally.CounterBase;
import io.ringtally.tally.Lookup;
import io.ringtally.tally.TallyShard;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads of single counters and messages. A read notes the ring's cursor and is answered by the
 * shard that owns the message once it has applied everything up to there: whatever was acknowledged
 * before the read is in its answer.
 *
 * <p>Threading: called by any thread; answers come on the shard's thread.
 */
public final class PointReads {

    private static final int READS_PER_WAKE = 16;

    private final Sequencer sequencer;
    private final List<TallyStage> stages;
    private final long hashSeed;
    private volatile long rebases;

    PointReads(Sequencer sequencer, List<TallyStage> stages, long hashSeed) {
        this.sequencer = sequencer;
        this.stages = stages;
        this.hashSeed = hashSeed;
    }

    /**
     * Asks for one counter.
     *
     * @param answer called on the shard's thread: it must only hand the answer on
     * @return false if too many reads are waiting
     */
    public boolean counter(byte[] app, byte[] message, byte[] event, Consumer<Lookup> answer) {
        return ask(app, message, shard -> shard.counter(app, message, event), answer);
    }

    /** Asks for all counters of a message; otherwise like {@link #counter}. */
    public boolean message(byte[] app, byte[] message, Consumer<Lookup> answer) {
        return ask(app, message, shard -> shard.message(app, message), answer);
    }

    /** Grows with what is published and with what is rebased: else nothing changes. */
    public long version() {
        return sequencer.getCursor() + rebases;
    }

    /**
     * What to read.
     *
     * @param event the event name of one counter, or null for all counters of the message
     */
    public record Target(byte[] app, byte[] message, byte[] event) {

        private Lookup read(TallyShard shard) {
            return event == null ? shard.message(app, message)
                    : shard.counter(app, message, event);
        }
    }

    /**
     * Asks for several at once: each shard concerned is asked once, and each of its answers has
     * what was acknowledged before. They need not be of the same moment.
     *
     * @param targets at least one
     * @param answer called once, on the thread of the shard that answers last, with an answer for
     *     each target
     * @return false if too many reads are waiting: then it is not called
     */
    public boolean all(List<Target> targets, Consumer<List<Lookup>> answer) {
        long cursor = sequencer.getCursor();
        Map<TallyStage, List<Integer>> places = new HashMap<>();
        for (int place = 0; place < targets.size(); place++) {
            Target target = targets.get(place);
            places.computeIfAbsent(stageOf(target.app, target.message),
                    stage -> new ArrayList<>()).add(place);
        }
        Lookup[] found = new Lookup[targets.size()];
        // each shard's answers are written before it counts down, and read after the last one did
        AtomicInteger left = new AtomicInteger(places.size());
        for (Map.Entry<TallyStage, List<Integer>> part : places.entrySet()) {
            List<Integer> mine = part.getValue();
            boolean taken = part.getKey().submit(new Task(cursor, weightOf(mine.size()), shard -> {
                mine.forEach(place -> found[place] = targets.get(place).read(shard));
                if (left.decrementAndGet() == 0) {
                    answer.accept(Arrays.asList(found));
                }
            }));
            if (!taken) {
                return false;
            }
        }
        return true;
    }

    /** Among the reads that may wait: waking the shard costs as much as some look-ups. */
    private static int weightOf(int reads) {
        return 1 + reads / READS_PER_WAKE;
    }

    private boolean ask(byte[] app, byte[] message, Function<TallyShard, Lookup> read,
            Consumer<Lookup> answer) {
        long cursor = sequencer.getCursor();
        return stageOf(app, message).submit(
                new Task(cursor, 1, shard -> answer.accept(read.apply(shard))));
    }

    /**
     * Makes the shards take over what Postgres holds of counters that it has changed otherwise than
     * they did, and waits until that is done: their current changes must still be those since the
     * cut that was flushed.
     */
    void rebase(List<CounterBase> bases) throws InterruptedException {
        Map<TallyStage, List<CounterBase>> parts = new HashMap<>();
        for (CounterBase base : bases) {
            parts.computeIfAbsent(stageOf(base.app(), base.message()), stage -> new ArrayList<>())
                    .add(base);
        }
        CountDownLatch done = new CountDownLatch(parts.size());
        parts.forEach((stage, part) -> stage.submitAlways(new Task(-1, 1, shard -> {
            try {
                part.forEach(base -> shard.rebase(base, hashSeed));
            } finally {
                // the flusher waits, whatever becomes of it
                done.countDown();
            }
        })));
        done.await();
        // one writer, who flushes: no increment is lost
        rebases = rebases + 1;
    }

    private TallyStage stageOf(byte[] app, byte[] message) {
        long slice = EventHash.sliceOf(app, message, hashSeed);
        return stages.get(EventHash.shardOf(slice, stages.size()));
    }

    private record Task(long afterSequence, int weight, Consumer<TallyShard> work)
            implements ShardTask {

        @Override
        public void run(TallyShard shard) {
            work.accept(shard);
        }
    }
}
