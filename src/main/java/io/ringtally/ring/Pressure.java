package io.ringtally.ring;

import io.ringtally.tally.ShardGauges;
import io.ringtally.tally.TallySettings;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Decides from the shards' gauges whether new counters, or all events, must wait outside.
 *
 * <p>Threading: {@link #reconsider} by stages after a batch and by the flusher after a flush; the
 * rest by any thread.
 */
final class Pressure {

    private final Supplier<ShardTeam> team;
    private final TallySettings settings;
    private final AdmissionGate gate;
    private final AtomicLong frozenCounters = new AtomicLong();

    Pressure(Supplier<ShardTeam> team, TallySettings settings, AdmissionGate gate) {
        this.team = team;
        this.settings = settings;
        this.gate = gate;
    }

    /** A shard hands over this many changed counters; before its gauges stop showing them. */
    void frozen(long counters) {
        frozenCounters.addAndGet(counters);
    }

    /** Postgres has this many of those that were handed over. */
    void persisted(long counters) {
        frozenCounters.addAndGet(-counters);
        reconsider();
    }

    /** Changed counters that wait for Postgres, frozen or not. */
    long pendingCounters() {
        long pending = 0;
        for (TallyStage stage : team.get().stages()) {
            pending += stage.shard().gauges().pendingCounters();
        }
        // last: what the gauges have stopped showing is in there
        return pending + frozenCounters.get();
    }

    /**
     * Looks at the gauges and opens or closes the gate. One at a time: a look that began before the
     * backlog went must not have the last word, for with the gate closed no batch may follow.
     */
    synchronized void reconsider() {
        long pending = 0;
        long counters = 0;
        boolean refused = false;
        for (TallyStage stage : team.get().stages()) {
            ShardGauges gauges = stage.shard().gauges();
            pending += gauges.pendingCounters();
            counters += gauges.counters();
            refused |= gauges.storeRefused();
        }
        pending += frozenCounters.get();
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
