package io.ringtally.dashboard;

import io.ringtally.journal.Journal;
import io.ringtally.journal.JournalState;
import io.ringtally.persist.Flusher;
import io.ringtally.persist.PersisterState;
import io.ringtally.ring.Ring;
import io.ringtally.tally.ShardGauges;
import java.util.List;
import java.util.stream.IntStream;

/**
 * All gauges, read one after the other.
 *
 * <p>Threading: immutable.
 *
 * @param nanos monotonic time
 * @param millis wall-clock time
 * @param accepted events the log has, over all its runs; 0 before the flusher runs
 * @param lags slots each shard has not applied
 * @param waits time each shard has waited for the slow resource, nanoseconds since the start
 * @param persister null before the flusher runs
 * @param flushingNanos time spent on flushes since the start
 * @param oldestMillis age of the oldest change that Postgres does not have; 0 if there is none
 * @param cpuNanos processor time of the whole process
 */
record Reading(long nanos, long millis, long accepted, List<ShardGauges> shards, List<Long> lags,
        List<Long> waits, long backlogSlots, JournalState journal, PersisterState persister,
        long flushingNanos, long unpersisted, long pendingCounters, long oldestMillis,
        long cpuNanos) {

    /** Reads them. */
    static Reading now(Dashboard.Parts of) {
        Ring ring = of.ring();
        Journal journal = of.journal();
        Flusher flusher = of.flusher().get();
        List<ShardGauges> shards = ring.shardGauges();
        List<Long> waits = IntStream.range(0, shards.size())
                .mapToObj(shard -> ring.resource().waitedNanos("tally-" + shard)).toList();
        return new Reading(of.clock().nanoTime(), of.clock().epochMicros() / 1_000,
                // a log that is still being opened has no account
                flusher == null ? 0 : journal.account().events(), shards, ring.lagSlots(), waits,
                ring.backlogSlots(), journal.state(),
                flusher == null ? null : flusher.state(),
                flusher == null ? 0 : flusher.busyNanos(), ring.unpersistedEvents(),
                ring.pendingCounters(), of.oldestMillis().getAsLong(), ProcessUse.cpuNanos());
    }

    long persisted() {
        return persister == null ? 0 : persister.flushedEvents();
    }

    /** What has grown from one reading to this one, per second; 0 if it has begun anew. */
    long perSecond(Reading before, long then, long now) {
        long span = nanos - before.nanos;
        return span <= 0 || now <= then ? 0 : Math.round((now - then) * 1e9 / span);
    }

    /** Which share of the time since then is this growth of time, 0 to {@code max}. */
    double share(Reading before, long thenNanos, long nowNanos, int max) {
        long span = nanos - before.nanos;
        return span <= 0 ? 0
                : Math.min(max, Math.max(0, (nowNanos - thenNanos) / (double) span));
    }
}
