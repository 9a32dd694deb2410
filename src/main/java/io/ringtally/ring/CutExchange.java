package io.ringtally.ring;

import io.ringtally.event.Change;
import io.ringtally.event.ChangeLayout;
import io.ringtally.tally.ChangeSet;
import io.ringtally.tally.FrozenCut;
import io.ringtally.journal.LogPosition;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Where the shards hand over, at a CUT record, what changed since the cut before; one at a time.
 *
 * <p>Threading: {@link #cut} is the flusher's, {@link #begin} and {@link #end} the starting
 * thread's before there is one; {@link #handOver} each shard's own.
 *
 * <p>Ordering: {@code open} is set before the CUT is published and read after it was consumed. The
 * parts are plain writes before the count-down (volatile) that the flusher waits for.
 */
final class CutExchange {

    private static final long RETRY_NANOS = 1_000_000;
    private static final long LOOK_NANOS = 100_000_000;

    private volatile OpenCut open;
    private volatile boolean dead;

    /**
     * Publishes a CUT, or a CHANGE, and waits until every shard has handed over.
     *
     * @param changes what the flush of the cut is to decide; fits one record
     * @param shards how many there are
     * @param last whether the shards end there
     * @throws StageDiedException if a shard will never do so
     */
    FrozenCut cut(Intake intake, Slots slots, List<Change> changes, int shards, boolean last) {
        byte[] bytes = encoded(changes);
        begin(shards, last);
        long sequence = intake.offerCut(bytes);
        while (sequence < 0) {
            // a full ring: the stages are at work, room comes
            LockSupport.parkNanos(this, RETRY_NANOS);
            check();
            sequence = intake.offerCut(bytes);
        }
        return end(new LogPosition(slots.positionOf(sequence)), changes);
    }

    private static byte[] encoded(List<Change> changes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        changes.forEach(change -> bytes.writeBytes(ChangeLayout.encode(change)));
        return bytes.toByteArray();
    }

    /** A record is about to be published at which every shard hands over. */
    void begin(int shards, boolean last) {
        open = new OpenCut(shards, last, Thread.currentThread());
    }

    /**
     * Waits until every shard has handed over at the record that was published.
     *
     * @throws StageDiedException if a shard will never do so
     */
    FrozenCut end(LogPosition position, List<Change> changes) {
        OpenCut cut = open;
        while (cut.missing.get() > 0) {
            check();
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
        open = null;
        return new FrozenCut(position, cut.parts, changes);
    }

    private void check() {
        if (dead) {
            throw new StageDiedException();
        }
    }

    /** Gives a shard's part; returns whether the shard ends here. */
    boolean handOver(int shard, long sequence, ChangeSet part) {
        OpenCut cut = open;
        assert cut != null : "a CUT at " + sequence + " that nobody waits for";
        cut.parts.set(shard, part);
        if (cut.missing.decrementAndGet() == 0) {
            LockSupport.unpark(cut.waiter);
        }
        return cut.last;
    }

    /** A shard has died: nobody shall wait for it. */
    void stageDied() {
        dead = true;
        OpenCut cut = open;
        if (cut != null) {
            LockSupport.unpark(cut.waiter);
        }
    }

    private static final class OpenCut {

        private final List<ChangeSet> parts;
        private final AtomicInteger missing;
        private final boolean last;
        private final Thread waiter;

        OpenCut(int shards, boolean last, Thread waiter) {
            this.parts = new ArrayList<>(Collections.nCopies(shards, null));
            this.missing = new AtomicInteger(shards);
            this.last = last;
            this.waiter = waiter;
        }
    }
}
