package io.ringtally.tally;

import io.ringtally.event.Change;
import io.ringtally.journal.LogPosition;
import io.ringtally.metrics.LatencyWriter;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Everything the shards have counted between two cuts, frozen until Postgres has it. Trying to
 * persist it again means exactly the same rows.
 *
 * <p>Threading: assembled by the shards, then the flusher's alone.
 */
public final class FrozenCut {

    private final LogPosition position;
    private final List<ChangeSet> parts;
    private final List<Change> changes;

    /**
     * Puts the shards' parts together.
     *
     * @param position the log position of the CUT record
     * @param changes what its flush is to decide, once it has added what was counted
     */
    public FrozenCut(LogPosition position, List<ChangeSet> parts, List<Change> changes) {
        this.position = position;
        this.parts = List.copyOf(parts);
        this.changes = List.copyOf(changes);
    }

    /** The log position of the CUT record that closed it. */
    public LogPosition position() {
        return position;
    }

    /** Whether nothing was accepted since the cut before, and nothing is to be decided. */
    public boolean isEmpty() {
        return acceptedEvents() == 0 && changes.isEmpty();
    }

    /** What is to be decided on the rows after everything was added, in this order. */
    public List<Change> changes() {
        return changes;
    }

    /** Events accepted between the cuts, counted or not. */
    public long acceptedEvents() {
        return parts.stream().mapToLong(ChangeSet::acceptedEvents).sum();
    }

    /** The sum of their values. */
    public BigInteger acceptedSum() {
        Sum128 sum = new Sum128();
        parts.forEach(part -> sum.add(part.acceptedSum()));
        return sum.toBigInteger();
    }

    /** Changed counters and dead letters. */
    public int pending() {
        return parts.stream().mapToInt(ChangeSet::pending).sum();
    }

    /** The changed counters, each once, in the order every instance uses. */
    public CounterDelta[] sortedDeltas() {
        CounterDelta[] deltas =
                new CounterDelta[parts.stream().mapToInt(ChangeSet::size).sum()];
        int n = 0;
        for (ChangeSet part : parts) {
            for (int entry = 0; entry < part.size(); entry++) {
                deltas[n++] = new CounterDelta(part, entry);
            }
        }
        Arrays.sort(deltas);
        return deltas;
    }

    /** What could not be counted. */
    public List<DeadLetter> deadLetters() {
        List<DeadLetter> all = new ArrayList<>();
        parts.forEach(part -> all.addAll(part.deadLetters()));
        return all;
    }

    /** The ids of the events, shard by shard. */
    public List<AcceptedIds> ids() {
        return parts.stream().map(ChangeSet::ids).toList();
    }

    /** Whether any event had an id. */
    public boolean hasIds() {
        return parts.stream().anyMatch(part -> part.ids().count() > 0);
    }

    /** It is in Postgres: records how long its events took to get there, without replayed ones. */
    public void persistedAt(long nowMicros, LatencyWriter writer) {
        parts.forEach(part -> part.acceptTimes().finishedAt(nowMicros, writer));
    }

    /** Empties the parts for their shards' next use; nothing of this cut may be read afterwards. */
    public void release() {
        parts.forEach(ChangeSet::clear);
    }
}
