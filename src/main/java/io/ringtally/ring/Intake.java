package io.ringtally.ring;

import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.Sequencer;
import io.ringtally.event.EventBatch;
import io.ringtally.event.EventCursor;
import io.ringtally.fault.FaultPoint;
import io.ringtally.journal.RecordType;
import io.ringtally.tally.MessageQuotas;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where events are claimed, copied and published. It never waits: what cannot be
 * taken now is refused with the reason.
 *
 * <p>Threading: {@link #offer} by any number of I/O threads, {@link #offerCut} by the flusher.
 */
public final class Intake {

    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    private final Sequencer sequencer;
    private final Slots slots;
    private final int batchSlotsMax;
    private final AdmissionGate gate;
    private final Bells bells;
    private final Predicate<EventCursor> known;
    private final Consumer<Throwable> broken;
    private MessageQuotas quotas;

    /**
     * Creates the intake of a ring.
     *
     * @param batchSlotsMax slots of the largest request taken
     * @param known whether the tally already has the event's counter; asked only when the store is
     *     full
     * @param broken told when a claimed slot could neither be filled nor voided
     */
    Intake(RingCore core, AdmissionGate gate, int batchSlotsMax, Predicate<EventCursor> known,
            Consumer<Throwable> broken) {
        this.sequencer = core.sequencer();
        this.slots = core.slots();
        this.batchSlotsMax = batchSlotsMax;
        this.bells = core.bells();
        this.gate = gate;
        this.known = known;
        this.broken = broken;
    }

    /** Sets how many messages apps may have, before anything is offered; null for any number. */
    public void limitBy(MessageQuotas perApp) {
        quotas = perApp;
    }

    /**
     * Takes all events of a request or none. If they are in the log afterwards, the batch knows
     * {@linkplain EventBatch#publishedAt() where}, also when this throws.
     */
    public Admission offer(EventBatch batch) {
        Admission now = gate.now();
        if (now != Admission.ACCEPTED
                && !(now == Admission.STORE_FULL && allKnown(batch))) {
            return now;
        }
        if (quotas != null && quotas.usedUp() > 0 && isBeyondQuota(batch)) {
            return Admission.QUOTA_USED_UP;
        }
        if (batch.count() == 0) {
            return Admission.ACCEPTED;
        }
        int count = slots.slotsFor(batch);
        if (count > batchSlotsMax) {
            return Admission.BATCH_TOO_LARGE;
        }
        long last;
        try {
            last = sequencer.tryNext(count);
        } catch (InsufficientCapacityException full) {
            return Admission.RING_FULL;
        }
        return fill(last - count + 1, last, batch);
    }

    private Admission fill(long first, long last, EventBatch batch) {
        Admission outcome = Admission.ACCEPTED;
        FaultPoint.INTAKE_CLAIMED.passed();
        try {
            slots.write(first, last, batch);
            batch.published(slots.positionOf(last));
        } catch (RuntimeException | Error unexpected) {
            outcome = Admission.FAILED;
            voidOut(first, last, unexpected);
        } finally {
            sequencer.publish(first, last);
        }
        FaultPoint.INTAKE_PUBLISHED.passed();
        bells.published(last);
        return outcome;
    }

    private void voidOut(long first, long last, Throwable cause) {
        try {
            LOG.error("a claimed slot could not be filled and is void", cause);
            for (long sequence = first; sequence <= last; sequence++) {
                slots.writeControl(sequence, RecordType.VOID);
            }
        } catch (RuntimeException | Error worse) {
            gate.fail();
            broken.accept(worse);
        }
    }

    private boolean isBeyondQuota(EventBatch batch) {
        EventCursor event = batch.cursor();
        for (int at = 0; at < batch.usedBytes(); at += event.size()) {
            if (quotas.refuses(event.at(at))) {
                return true;
            }
        }
        return false;
    }

    private boolean allKnown(EventBatch batch) {
        EventCursor event = batch.cursor();
        for (int at = 0; at < batch.usedBytes(); at += event.size()) {
            if (!known.test(event.at(at))) {
                return false;
            }
        }
        return true;
    }

    /** Bytes of changes that fit one CHANGE record. */
    int changesRoom() {
        return slots.room();
    }

    /**
     * Publishes a CUT record, or a CHANGE, and wakes every stage for it.
     *
     * @param changes the bytes of the changes of a CHANGE, none for a CUT
     * @return its sequence, or -1 if the ring has no room at the moment
     */
    long offerCut(byte[] changes) {
        long sequence;
        try {
            sequence = sequencer.tryNext();
        } catch (InsufficientCapacityException full) {
            return -1;
        }
        try {
            if (changes.length == 0) {
                slots.writeControl(sequence, RecordType.CUT);
            } else {
                slots.writeChanges(sequence, changes);
            }
        } finally {
            sequencer.publish(sequence);
        }
        bells.ring();
        return sequence;
    }
}
