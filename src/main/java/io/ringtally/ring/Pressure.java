package io.ringtally.ring;

import io.ringtally.tally.ShardGauges;
import io.ringtally.tally.TallySettings;
import java.util.List;

/**
 * Decides from the shards' gauges whether new counters, or all events, must wait outside.
 *
 * <p>Threading: {@link #reconsider} by stages after a batch and by the flusher after a flush; the
 * rest by any thread.
 */
final class Pressure {

    private final List<TallyStage> stages;
    private final TallySettings settings;
    private final AdmissionGate gate;
    private volatile long frozenCounters;

    Pressure(List<TallyStage> stages, TallySettings settings, AdmissionGate gate) {
        this.stages = stages;
        this.settings = settings;
        this.gate = gate;
    }

    /** Changed counters in the cut that is being flushed; 0 when none is. */
    void frozen(long counters) {
        frozenCounters = counters;
        reconsider();
    }

    /** Changed counters that wait for Postgres, frozen or not. */
    long pendingCounters() {
        long pending = frozenCounters;
        for (TallyStage stage : stages) {
            pending += stage.shard().gauges().pendingCounters();
        }
        return pending;
    }

    /**
     * Looks at the gauges and opens or closes the gate. One at a time: a look that began before the
     * backlog went must not have the last word, for with the gate closed no batch may follow.
     */
    synchronized void reconsider() {
        long pending = frozenCounters;
        long counters = 0;
        boolean refused = false;
        for (TallyStage stage : stages) {
            ShardGauges gauges = stage.shard().gauges();
            pending += gauges.pendingCounters();
            counters += gauges.counters();
            refused |= gauges.storeRefused();
        }
        Admission before = gate.pressure();
        Admission after = judge(before, pending, counters, refused);
        if (after != before) {
            gate.press(after);
        }
    }

    private Admission judge(Admission before, long pending, long counters, boolean refused) {
        long max = settings.maxPendingCounters();
        // once closed, it opens again with a tenth to spare: no flutter at the limit
        long limit = before == Admission.BACKLOG_FULL ? max - max / 10 : max;
        if (pending >= limit) {
            return Admission.BACKLOG_FULL;
        }
        return refused || counters >= settings.maxCounters()
                ? Admission.STORE_FULL : Admission.ACCEPTED;
    }
}
