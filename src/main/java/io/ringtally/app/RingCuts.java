package io.ringtally.app;

import io.ringtally.fault.FaultPoint;
import io.ringtally.journal.Journal;
import io.ringtally.metrics.Latencies;
import io.ringtally.metrics.LatencyWriter;
import io.ringtally.event.Change;
import io.ringtally.persist.ChangeResult;
import io.ringtally.persist.CutSource;
import io.ringtally.persist.RefusedChange;
import io.ringtally.ring.Ring;
import io.ringtally.ring.StageDiedException;
import io.ringtally.tally.FrozenCut;
import io.ringtally.time.Clock;
import java.util.List;

/**
 * Ring and log as the flusher sees them: a cut is given out only once the log is forced up to it,
 * so that Postgres is never ahead of what a loss of power leaves.
 *
 * <p>Threading: as {@link CutSource} says.
 */
final class RingCuts implements CutSource {

    private static final long LOOK_MILLIS = 500;

    private final Ring ring;
    private final Journal journal;
    private final LogDurability durability;
    private final LatencyWriter persisted;
    private final LatencyWriter flush;
    private final Clock clock;
    private long cutNanos;
    private volatile long deadLetters;

    RingCuts(Ring ring, Journal journal, LogDurability durability,
            Latencies latencies, Clock clock) {
        this.ring = ring;
        this.journal = journal;
        this.durability = durability;
        this.persisted = latencies.persisted().writer(0);
        this.flush = latencies.flush().writer(0);
        this.clock = clock;
    }

    /** Dead letters that Postgres has taken since the start; for any thread. */
    long deadLetters() {
        return deadLetters;
    }

    @Override
    public long unpersistedEvents() {
        return ring.eventsSinceCut();
    }

    @Override
    public long oldestNanos() {
        return ring.oldestChangeNanos();
    }

    @Override
    public boolean hasBacklog() {
        return ring.backlogSlots() > 0;
    }

    @Override
    public int changesRoom() {
        return ring.changesRoom();
    }

    @Override
    public FrozenCut cut(List<Change> changes) throws InterruptedException {
        FaultPoint.FLUSH_BEGINS.passed();
        cutNanos = clock.nanoTime();
        FrozenCut cut = ring.cut(changes);
        FaultPoint.FLUSH_CUT_TAKEN.passed();
        while (!journal.awaitForced(cut.position(), LOOK_MILLIS)) {
            if (ring.isDead()) {
                throw new StageDiedException();
            }
        }
        FaultPoint.FLUSH_CUT_FORCED.passed();
        return cut;
    }

    @Override
    public void discard(FrozenCut cut) {
        // the log goes by the checkpoint: its segments stay
        ring.persisted(cut);
    }

    @Override
    public void persisted(FrozenCut cut, List<RefusedChange> refused,
            List<ChangeResult> results, boolean replayed) throws InterruptedException {
        if (!replayed) {
            cut.persistedAt(clock.epochMicros(), persisted);
            flush.record(clock.nanoTime() - cutNanos);
        }
        FaultPoint.FLUSH_REPORTED.passed();
        for (RefusedChange change : refused) {
            ring.rebase(change.change(), change.row());
        }
        // one writer, who flushes: no addition is lost
        deadLetters += cut.deadLetters().size() + refused.size();
        if (!cut.changes().isEmpty()) {
            ring.rebase(results.stream().flatMap(result -> result.bases().stream()).toList());
            FaultPoint.CHANGE_TAKEN_OVER.passed();
        }
        ring.persisted(cut);
        if (replayed) {
            // the segments are being read
            return;
        }
        journal.persisted(cut.position());
        durability.persisted();
    }
}
