package io.ringtally.ring;

import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.Sequencer;
import io.ringtally.event.EventCursor;
import io.ringtally.fault.FaultPoint;
import io.ringtally.journal.RecordType;
import io.ringtally.tally.ChangeSet;
import io.ringtally.tally.EventWalk;
import io.ringtally.tally.TallyShard;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of one tally shard: takes what was published since its last batch, applies its own
 * slice, answers reads, and sleeps until there is a reason to wake.
 *
 * <p>After a batch it sleeps even if a few more records have come: batches stay large and cheap. A
 * bell, a quarter-full ring, or as many records as are worth a flush end the sleep. Where nothing
 * has come for a whole sleep it sleeps on until something does: a service that nobody uses wakes
 * nobody.
 *
 * <p>Threading: {@link #run} is the stage's thread. {@link #submit}, {@link #stop} and the getters
 * are for any thread.
 *
 * <p>Ordering: {@code applied} is set (volatile, full fence) before the task queue is looked at; a
 * reader enqueues its task before it rings. So a task is either seen now or after the ring.
 */
final class TallyStage implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(TallyStage.class);

    /** Reads that may wait for one shard; more are refused. */
    private static final int TASKS_MAX = 10_000;
    /** While a slow resource is called, reads and cuts shall not wait for a long batch. */
    private static final int SLOW_BATCH_SLOTS = 4;
    /** Not for ever, only as a matter of caution: the next record ends the sleep. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final TallyShard shard;
    private final Sequencer sequencer;
    private final Slots slots;
    private final Doorbell bell;
    private final CutExchange cuts;
    private final StageListener listener;
    private final TallyTimes times;
    private final SlowResource resource;
    private final int batchMax;
    private final int wakeBacklog;

    private final Sequence applied = new Sequence(Sequencer.INITIAL_CURSOR_VALUE);
    private final EventCursor cursor;
    private final EventCursor walking;
    private final Queue<ShardTask> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger taskCount = new AtomicInteger();
    private volatile boolean stopping;
    /** Whether the shard has handed over all it had at a cut, and applies nothing behind it. */
    private boolean ended;
    private volatile boolean retired;
    /** What would have come next when it slept as long as its pace allows, or was rung. */
    private long sleptBefore = Sequencer.INITIAL_CURSOR_VALUE;
    /** Events that are not enough for a call of the resource. */
    private long notCalledFor;
    /** Events up to here were accepted in an earlier run: how long they took says nothing. */
    private long replayedUpTo = Sequencer.INITIAL_CURSOR_VALUE;

    TallyStage(RingCore core, TallyShard shard, Doorbell bell, CutExchange cuts,
            StageListener listener, TallyTimes times, SlowResource resource) {
        this.shard = shard;
        this.sequencer = core.sequencer();
        this.slots = core.slots();
        this.bell = bell;
        this.resource = resource;
        this.cuts = cuts;
        this.listener = listener;
        this.times = times;
        this.batchMax = Math.max(1, core.settings().slots() / 8);
        this.wakeBacklog = core.settings().slots() / 4;
        this.cursor = new EventCursor(slots.memory());
        this.walking = new EventCursor(slots.memory());
    }

    /** What is in the ring up to this sequence will have been replayed; before the start. */
    void replayedUpTo(long sequence) {
        replayedUpTo = sequence;
    }

    @Override
    public void run() {
        ended = false;
        try {
            long next = applied.get() + 1;
            while (true) {
                boolean last = stopping;
                next = applyPublished(next);
                runTasks();
                if (ended || last && next > sequencer.getCursor()) {
                    return;
                }
                sleep(next);
            }
        } catch (Throwable fatal) {
            LOG.error("shard {} has died; the service cannot go on", shard.number(), fatal);
            listener.stageDied(shard.number(), fatal);
        }
    }

    private void sleep(long next) {
        long claimed = sequencer.getCursor();
        if (resource.isOn() && claimed >= next) {
            return; // it waits elsewhere, and its batches are small
        }
        if (claimed < next && sleptBefore == next) {
            bell.await(next, sequencer::getCursor, QUIET_NANOS);
        } else if (claimed - next < wakeBacklog) {
            StagePace pace = listener.pace();
            long wakeAt = next + Math.min(wakeBacklog, pace.slotsUntilWake()) - 1;
            bell.await(wakeAt, sequencer::getCursor, pace.parkNanos());
            sleptBefore = next;
        }
    }

    /** Applies one batch, if there is one; returns the sequence to go on with. */
    private long applyPublished(long next) {
        long available = sequencer.getHighestPublishedSequence(next, sequencer.getCursor());
        if (available < next) {
            return next;
        }
        boolean slow = resource.isOn();
        FaultPoint.TALLY_BATCH_BEGINS.passed();
        long events = shard.appliedEvents();
        long last = apply(next, Math.min(available,
                next + (slow ? SLOW_BATCH_SLOTS : batchMax) - 1));
        if (slow) {
            callResource(shard.appliedEvents() - events);
        }
        FaultPoint.TALLY_BATCH_APPLIED.passed();
        shard.publishGauges(times.nanoTime());
        applied.setVolatile(last);
        listener.batchApplied(shard.number(), last);
        return last + 1;
    }

    private void callResource(long events) {
        notCalledFor += events;
        try {
            notCalledFor = resource.callFor(notCalledFor);
        } catch (InterruptedException nobodyDoes) {
            throw new IllegalStateException("a shard's thread was interrupted", nobodyDoes);
        }
    }

    /** Applies records; returns the last one, which is a CUT if the shard ends there. */
    private long apply(long first, long last) {
        long unsettled = first;
        for (long sequence = first; sequence <= last; sequence++) {
            byte type = slots.type(sequence);
            if (type == RecordType.EVENTS) {
                if (!shard.hasRoomFor(slots.eventCount(sequence))) {
                    settle(unsettled, sequence - 1);
                    unsettled = sequence;
                }
                collapse(sequence);
            } else if (type == RecordType.CUT || type == RecordType.CHANGE) {
                settle(unsettled, sequence - 1);
                unsettled = sequence + 1;
                ChangeSet part = shard.freeze();
                listener.frozen(part.pending());
                ended = cuts.handOver(shard.number(), sequence, part);
                FaultPoint.TALLY_HANDED_OVER.passed();
                if (ended) {
                    return sequence;
                }
            }
        }
        settle(unsettled, last);
        return last;
    }

    private void settle(long first, long last) {
        shard.settle(visitor -> walk(first, last, visitor));
        times.settled();
    }

    private void collapse(long sequence) {
        long position = slots.position(sequence);
        int address = slots.eventsAddress(sequence);
        int own = 0;
        for (int left = slots.eventCount(sequence); left > 0; left--) {
            cursor.at(address);
            if (shard.owns(cursor)) {
                own++;
                try {
                    shard.collapse(cursor, position);
                } catch (RuntimeException unreadable) {
                    LOG.error("the event at position {} cannot be applied", position, unreadable);
                    shard.reject(position, unreadable);
                }
            }
            address += cursor.size();
        }
        if (own > 0 && sequence > replayedUpTo) {
            long acceptedAt = slots.acceptedAtMicros(sequence);
            shard.acceptedAt(acceptedAt, own);
            times.taken(acceptedAt, own);
        }
    }

    private void walk(long first, long last, EventWalk.Visitor visitor) {
        for (long sequence = first; sequence <= last; sequence++) {
            if (slots.type(sequence) == RecordType.EVENTS) {
                int address = slots.eventsAddress(sequence);
                for (int left = slots.eventCount(sequence); left > 0; left--) {
                    visitor.visit(walking.at(address), slots.position(sequence));
                    address += walking.at(address).size();
                }
            }
        }
    }

    private void runTasks() {
        ShardTask task;
        while ((task = tasks.peek()) != null && task.afterSequence() <= applied.get()) {
            tasks.poll();
            taskCount.addAndGet(-task.weight());
            try {
                task.run(shard);
            } catch (RuntimeException failing) {
                LOG.error("a read of shard {} failed", shard.number(), failing);
            }
        }
    }

    /**
     * Queues a task and wakes the shard for it.
     *
     * @return false if too many wait already, or the shard is replaced at this moment
     */
    boolean submit(ShardTask task) {
        if (retired) {
            return false;
        }
        if (taskCount.addAndGet(task.weight()) > TASKS_MAX) {
            taskCount.addAndGet(-task.weight());
            return false;
        }
        tasks.add(task);
        if (retired && tasks.remove(task)) {
            return false; // who moves the tasks on has not seen this one
        }
        bell.ring();
        return true;
    }

    /** Takes no tasks any more and moves those that wait on; the thread has ended. */
    void retire(ShardTeam next) {
        retired = true;
        ShardTask task;
        while ((task = tasks.poll()) != null) {
            task.moveTo(next);
        }
    }

    /** Queues a task of the service itself, which is never refused. */
    void submitAlways(ShardTask task) {
        taskCount.addAndGet(task.weight());
        tasks.add(task);
        bell.ring();
    }

    /** Ends the thread once it has applied everything published so far. */
    void stop() {
        stopping = true;
        bell.ring();
    }

    /** The sequence up to which everything is applied; the ring is gated on it. */
    Sequence applied() {
        return applied;
    }

    TallyShard shard() {
        return shard;
    }
}
