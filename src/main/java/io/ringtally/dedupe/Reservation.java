package io.ringtally.dedupe;

import io.ringtally.event.EventBatch;
import io.ringtally.event.EventCursor;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The ids of one request on their way: reserved all or none, then published or released together.
 *
 * <p>Threading: one I/O thread's, for one request after the other.
 */
public final class Reservation {

    private static final int KEPT_IDS = 1 << 12;
    private static final int WORDS = 3;

    private final IdTable table;
    private final long number;
    private final IdKey key = new IdKey();
    private final BitSet duplicates = new BitSet();

    /** High, low, fingerprint of each id reserved. */
    private long[] reserved = new long[16 * WORDS];
    private int count;
    private long acceptedAtMicros;
    private long latestPosition;
    private int met;

    Reservation(IdTable table, long number) {
        this.table = table;
        this.number = number;
    }

    /**
     * Reserves the new ids of a batch and marks the events that have been counted before, or that
     * the batch has twice. Unless the answer is {@code RESERVED}, nothing stays reserved.
     */
    public IdOutcome reserve(EventBatch batch) {
        assert count == 0 : count + " ids of an earlier request are still reserved";
        begin(batch);
        IdOutcome outcome = null;
        try {
            outcome = reserveAll(batch);
        } finally {
            if (outcome != IdOutcome.RESERVED) {
                release();
            }
        }
        if (outcome == IdOutcome.OTHER_BODY) {
            table.conflicts.increment();
        }
        return outcome;
    }

    private void begin(EventBatch batch) {
        acceptedAtMicros = batch.acceptedAtMicros();
        latestPosition = 0;
        duplicates.clear();
        if (reserved.length > KEPT_IDS * WORDS) {
            reserved = new long[16 * WORDS];
        }
        table.expire(acceptedAtMicros);
    }

    private IdOutcome reserveAll(EventBatch batch) {
        EventCursor event = batch.cursor();
        EventIdentity identity = table.identity();
        event.at(0);
        for (met = 0; met < batch.count(); met++) {
            if (event.idLength() > 0) {
                key.of(identity.high(event), identity.low(event), identity.fingerprint(event));
                IdOutcome outcome = reserveOne();
                if (outcome != IdOutcome.RESERVED) {
                    return outcome;
                }
            }
            event.at(event.address() + event.size());
        }
        return IdOutcome.RESERVED;
    }

    private IdOutcome reserveOne() {
        if (reserved.length == count * WORDS) {
            // before the table knows of it: what was reserved must be possible to release
            reserved = Arrays.copyOf(reserved, 2 * reserved.length);
        }
        long answer = table.reserve(key, number, acceptedAtMicros);
        if (answer == IdStripe.TAKEN) {
            int at = count++ * WORDS;
            reserved[at] = key.high;
            reserved[at + 1] = key.low;
            reserved[at + 2] = key.fingerprint;
        } else if (answer == IdStripe.PENDING) {
            return IdOutcome.IN_PROGRESS;
        } else if (answer == IdStripe.OTHER) {
            return IdOutcome.OTHER_BODY;
        } else if (answer == IdStripe.NO_ROOM) {
            return IdOutcome.FULL;
        } else {
            duplicates.set(met);
            latestPosition = Math.max(latestPosition, answer);
        }
        return IdOutcome.RESERVED;
    }

    /** The places, in the batch, of the events that must not be counted again. */
    public BitSet duplicates() {
        return duplicates;
    }

    /** The place, in the batch, of the event that decided a refusal. */
    public int refusedPlace() {
        return met;
    }

    /** The latest log position at which one of the duplicates was counted; 0 if there is none. */
    public long latestDuplicatePosition() {
        return latestPosition;
    }

    /** The batch is in the log, up to and including this position. */
    public void publish(long position) {
        while (count > 0) {
            table.publish(last(), number, position, acceptedAtMicros);
            count--;
        }
        table.duplicates.add(duplicates.cardinality());
    }

    /** The batch was refused: its ids are free again. */
    public void release() {
        while (count > 0) {
            table.release(last(), number);
            count--;
        }
    }

    private IdKey last() {
        int at = (count - 1) * WORDS;
        return key.of(reserved[at], reserved[at + 1], reserved[at + 2]);
    }
}
