package io.ringtally.ring;

import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.Sequencer;
import io.ringtally.journal.EventLog;
import io.ringtally.journal.RecordType;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that appends what is published to the body of the log, in order, whole requests at a
 * time, and gates the ring on what is written.
 *
 * <p>It collects for an interval, then sleeps on: a bell, a CUT or a quarter-full ring end the
 * sleep. When nothing comes it sleeps until the next record rings.
 *
 * <p>Threading: {@link #run} is the stage's thread; the rest is for any.
 */
final class JournalStage implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(JournalStage.class);

    private static final long IDLE_NANOS = 10_000_000_000L;
    private static final long CLAIM_NANOS = 50_000;

    private final Sequencer sequencer;
    private final Slots slots;
    private final Doorbell bell;
    private final EventLog log;
    private final StageListener listener;
    private final long intervalNanos;
    private final int wakeBacklog;
    private final int batchMax;

    private final Sequence written = new Sequence(Sequencer.INITIAL_CURSOR_VALUE);
    private volatile boolean stopping;

    JournalStage(RingCore core, Doorbell bell, EventLog log, StageListener listener,
            long intervalNanos) {
        this.sequencer = core.sequencer();
        this.slots = core.slots();
        this.bell = bell;
        this.log = log;
        this.listener = listener;
        this.intervalNanos = intervalNanos;
        this.wakeBacklog = core.settings().slots() / 4;
        this.batchMax = core.settings().slots() / 8;
    }

    /** Everything up to this sequence is in the body already; before the thread starts. */
    void begin(long sequence) {
        written.set(sequence);
    }

    @Override
    public void run() {
        try {
            long next = written.get() + 1;
            while (true) {
                boolean last = stopping;
                long before = next;
                next = writePublished(next);
                if (last && next > sequencer.getCursor()) {
                    return;
                }
                sleep(next, next == before);
            }
        } catch (Throwable fatal) {
            LOG.error("the journal has died; the service cannot go on", fatal);
            listener.journalDied(fatal);
        }
    }

    private void sleep(long next, boolean idle) {
        if (stopping || sequencer.getCursor() - next >= wakeBacklog) {
            return;
        }
        if (idle && sequencer.getCursor() >= next) {
            // claimed and not published: its producer may be waiting for this very core
            LockSupport.parkNanos(this, CLAIM_NANOS);
        } else if (idle) {
            bell.await(next, sequencer::getCursor, IDLE_NANOS);
        } else {
            bell.await(next + wakeBacklog - 1, sequencer::getCursor, intervalNanos);
        }
    }

    private long writePublished(long from) throws IOException {
        long available = sequencer.getHighestPublishedSequence(from, sequencer.getCursor());
        long next = from;
        while (next <= available) {
            long last = add(next, available);
            if (last < next) {
                // the rest of a request is being published at this moment
                break;
            }
            next = last + 1;
            if (next - from >= batchMax) {
                break;
            }
        }
        if (next > from) {
            log.write();
            written.setVolatile(next - 1);
        }
        return next;
    }

    /** Adds one request; returns its last sequence, or one before {@code first} to wait. */
    private long add(long first, long available) throws IOException {
        if (slots.position(first) != log.nextPosition()) {
            throw new IllegalStateException("position " + slots.position(first)
                    + " in the ring follows " + (log.nextPosition() - 1) + " in the body");
        }
        byte type = slots.type(first);
        if (type == RecordType.CHANGE) {
            log.addChanges(slots.memory(), slots.eventsAddress(first), slots.usedBytes(first));
            return first;
        }
        if (type != RecordType.EVENTS) {
            log.add(type);
            return first;
        }
        int count = slots.batchSlots(first);
        long last = first + count - 1;
        if (last > available) {
            return first - 1;
        }
        int bytes = 0;
        for (long sequence = first; sequence <= last; sequence++) {
            bytes += EventLog.RECORD_BYTES + slots.usedBytes(sequence);
        }
        log.begin(bytes);
        for (long sequence = first; sequence <= last; sequence++) {
            log.addEvents(slots.eventCount(sequence), (int) (sequence - first), count,
                    slots.memory(), slots.eventsAddress(sequence), slots.usedBytes(sequence));
        }
        return last;
    }

    /** Ends the sleep: somebody waits for what is published. */
    void hurry() {
        bell.ring();
    }

    /** Ends the thread once it has written everything published so far. */
    void stop() {
        stopping = true;
        bell.ring();
    }

    /** The sequence up to which everything is written; the ring is gated on it. */
    Sequence written() {
        return written;
    }
}
