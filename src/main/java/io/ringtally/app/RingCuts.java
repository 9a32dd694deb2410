package io.ringtally.app;

import io.ringtally.persist.CutSource;
import io.ringtally.persist.RefusedChange;
import io.ringtally.ring.Ring;
import io.ringtally.tally.FrozenCut;

/**
 * The ring as the flusher sees it.
 *
 * <p>Threading: as {@link CutSource} says.
 */
final class RingCuts implements CutSource {

    private final Ring ring;

    RingCuts(Ring ring) {
        this.ring = ring;
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
    public FrozenCut cut() {
        return ring.cut();
    }

    @Override
    public void persisted(FrozenCut cut, Iterable<RefusedChange> refused)
            throws InterruptedException {
        for (RefusedChange change : refused) {
            ring.rebase(change.change(), change.row());
        }
        ring.persisted(cut);
    }
}
