package io.ringtally.ring;

import com.lmax.disruptor.Sequencer;
import io.ringtally.event.EventHash;
import io.ringtally.tally.CounterBase;
import io.ringtally.tally.CounterKey;
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
import java.util.function.Supplier;

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
    private final Supplier<ShardTeam> team;
    private final long hashSeed;
    private volatile long rebases;

    PointReads(Sequencer sequencer, Supplier<ShardTeam> team, long hashSeed) {
        this.sequencer = sequencer;
        this.team = team;
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
        List<Integer> places = new ArrayList<>();
        for (int place = 0; place < targets.size(); place++) {
            places.add(place);
        }
        ShardTeam now = team.get();
        Map<TallyStage, List<Integer>> parts = byStage(now, targets, places);
        Group group = new Group(targets, new Lookup[targets.size()],
                new AtomicInteger(parts.size()), answer);
        for (Map.Entry<TallyStage, List<Integer>> part : parts.entrySet()) {
            if (!part.getKey().submit(new GroupTask(cursor, group, part.getValue()))) {
                return false;
            }
        }
        return true;
    }

    private Map<TallyStage, List<Integer>> byStage(ShardTeam of, List<Target> targets,
            List<Integer> places) {
        Map<TallyStage, List<Integer>> parts = new HashMap<>();
        for (int place : places) {
            Target target = targets.get(place);
            parts.computeIfAbsent(of.stageOf(sliceOf(target.app, target.message)),
                    stage -> new ArrayList<>()).add(place);
        }
        return parts;
    }

    /**
     * What several shards answer together: each shard's answers are written before it counts down,
     * and read after the last one did.
     */
    private record Group(List<Target> targets, Lookup[] found, AtomicInteger left,
            Consumer<List<Lookup>> answer) {
    }

    /**
     * One shard's part of a group.
     *
     * <p>Threading: as {@link ShardTask} says.
     */
    private final class GroupTask implements ShardTask {

        private final long afterSequence;
        private final Group group;
        private final List<Integer> places;

        GroupTask(long afterSequence, Group group, List<Integer> places) {
            this.afterSequence = afterSequence;
            this.group = group;
            this.places = places;
        }

        @Override
        public long afterSequence() {
            return afterSequence;
        }

        @Override
        public int weight() {
            return weightOf(places.size());
        }

        @Override
        public void moveTo(ShardTeam next) {
            Map<TallyStage, List<Integer>> parts = byStage(next, group.targets, places);
            group.left.addAndGet(parts.size() - 1);
            parts.forEach((stage, mine) ->
                    stage.submitAlways(new GroupTask(afterSequence, group, mine)));
        }

        @Override
        public void run(TallyShard shard) {
            for (int place : places) {
                group.found[place] = group.targets.get(place).read(shard);
            }
            if (group.left.decrementAndGet() == 0) {
                group.answer.accept(Arrays.asList(group.found));
            }
        }
    }

    /** Among the reads that may wait: waking the shard costs as much as some look-ups. */
    private static int weightOf(int reads) {
        return 1 + reads / READS_PER_WAKE;
    }

    private boolean ask(byte[] app, byte[] message, Function<TallyShard, Lookup> read,
            Consumer<Lookup> answer) {
        long cursor = sequencer.getCursor();
        long slice = sliceOf(app, message);
        return team.get().stageOf(slice).submit(
                new Task(cursor, slice, shard -> answer.accept(read.apply(shard))));
    }

    /**
     * Makes the shards take over what Postgres holds of counters that it has changed otherwise than
     * they did, and waits until that is done: their current changes must still be those since the
     * cut that was flushed.
     */
    void rebase(List<CounterBase> bases) throws InterruptedException {
        ShardTeam now = team.get();
        Map<TallyStage, List<CounterBase>> parts = new HashMap<>();
        for (CounterBase base : bases) {
            parts.computeIfAbsent(now.stageOf(sliceOf(base.app(), base.message())),
                    stage -> new ArrayList<>()).add(base);
        }
        CountDownLatch done = new CountDownLatch(parts.size());
        parts.forEach((stage, part) -> submitAndCount(stage, part.get(0), done,
                shard -> part.forEach(base -> shard.rebase(base, hashSeed))));
        done.await();
        // one writer, who flushes: no increment is lost
        rebases = rebases + 1;
    }

    /** Makes the shard leave a counter to Postgres, whose row may have been changed or not. */
    void forget(CounterBase base) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        submitAndCount(team.get().stageOf(sliceOf(base.app(), base.message())), base, done,
                shard -> shard.giveUpBase(
                        new CounterKey().of(base.app(), base.message(), base.event())));
        done.await();
        rebases = rebases + 1;
    }

    private long sliceOf(byte[] app, byte[] message) {
        return EventHash.sliceOf(app, message, hashSeed);
    }

    /** The team stays what it is meanwhile: it changes on the same thread, the flusher's. */
    private void submitAndCount(TallyStage stage, CounterBase first, CountDownLatch done,
            Consumer<TallyShard> work) {
        stage.submitAlways(new Task(-1, sliceOf(first.app(), first.message()), shard -> {
            try {
                work.accept(shard);
            } finally {
                // the flusher waits, whatever becomes of it
                done.countDown();
            }
        }));
    }

    private record Task(long afterSequence, long slice, Consumer<TallyShard> work)
            implements ShardTask {

        @Override
        public int weight() {
            return 1;
        }

        @Override
        public void moveTo(ShardTeam next) {
            next.stageOf(slice).submitAlways(this);
        }

        @Override
        public void run(TallyShard shard) {
            work.accept(shard);
        }
    }
}
