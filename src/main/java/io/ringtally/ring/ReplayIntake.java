package io.ringtally.ring;

import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.Sequencer;
import io.ringtally.event.Change;
import io.ringtally.event.ChangeLayout;
import io.ringtally.journal.LogPosition;
import io.ringtally.journal.LogRecord;
import io.ringtally.journal.RecordType;
import io.ringtally.journal.RecordVisitor;
import io.ringtally.tally.FrozenCut;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * Puts the records of the log that Postgres does not have into the ring again, each at the sequence
 * of its position, so that the same stages apply them in the same way. They carry no commit word:
 * the body has them.
 *
 * <p>CUTs of an earlier run are passed over: the first one of this run covers all. Those with
 * changes are not: they are decided where they stand.
 *
 * <p>Threading: the starting thread, before anything is accepted.
 */
public final class ReplayIntake implements RecordVisitor {

    private static final long FULL_NANOS = 100_000;

    private final Sequencer sequencer;
    private final Slots slots;
    private final Bells bells;
    private final BooleanSupplier dead;
    private final CutExchange cuts;
    private final IntSupplier shards;
    private final Flush flush;

    /** Brings a cut into Postgres. */
    public interface Flush {

        /**
         * Returns when it is there.
         *
         * @throws IOException if it will never be
         */
        void flush(FrozenCut cut) throws IOException;
    }

    /**
     * A way into this ring.
     *
     * @param dead whether a stage has died: then a full ring stays full
     */
    ReplayIntake(RingCore core, CutExchange cuts, IntSupplier shards, Flush flush,
            BooleanSupplier dead) {
        this.dead = dead;
        this.shards = shards;
        this.sequencer = core.sequencer();
        this.slots = core.slots();
        this.bells = core.bells();
        this.cuts = cuts;
        this.flush = flush;
    }

    @Override
    public void record(LogRecord record, ByteBuffer bytes, int at) throws IOException {
        if (record.type() == RecordType.EVENTS) {
            if (record.length() > slots.room()) {
                throw new IOException("the log has a record of " + record.length() + " bytes at"
                        + " position " + record.position() + ", and a slot has room for "
                        + slots.room() + ": raise ring.slot-bytes to what it was, start, and stop"
                        + " once before it is lowered");
            }
            long sequence = claim(record.position());
            slots.writeReplayed(sequence, record, bytes, at);
            publish(sequence);
        } else if (record.type() == RecordType.CHANGE) {
            change(record, bytes, at);
        } else {
            long positions = record.type() == RecordType.GAP ? bytes.getLong(at) : 1;
            for (long i = 0; i < positions; i++) {
                long sequence = claim(record.position() + i);
                slots.writeReplayedVoid(sequence);
                publish(sequence);
            }
        }
    }

    /** What the log has up to here is flushed, with the changes, before anything after it. */
    private void change(LogRecord record, ByteBuffer bytes, int at) throws IOException {
        List<Change> changes = decoded(record, bytes, at);
        cuts.begin(shards.getAsInt(), false);
        long sequence = claim(record.position());
        slots.writeReplayed(sequence, record, bytes, at);
        publish(sequence);
        bells.ring();
        flush.flush(cuts.end(new LogPosition(record.position()), changes));
    }

    private static List<Change> decoded(LogRecord record, ByteBuffer bytes, int at)
            throws IOException {
        try {
            return ChangeLayout.decode(bytes, at, record.length());
        } catch (IllegalArgumentException unknown) {
            throw new IOException("the log has a CHANGE at position " + record.position()
                    + " that this version cannot read: " + unknown.getMessage(), unknown);
        }
    }

    private long claim(long position) throws IOException {
        while (true) {
            try {
                long sequence = sequencer.tryNext();
                if (sequence != slots.sequenceOf(position)) {
                    throw new IOException("position " + position + " follows "
                            + (slots.positionOf(sequence) - 1) + " in the log");
                }
                return sequence;
            } catch (InsufficientCapacityException full) {
                if (dead.getAsBoolean()) {
                    throw new IOException("a stage has died while the log was replayed, at"
                            + " position " + position);
                }
                LockSupport.parkNanos(this, FULL_NANOS);
            }
        }
    }

    private void publish(long sequence) {
        sequencer.publish(sequence);
        bells.published(sequence);
    }
}
