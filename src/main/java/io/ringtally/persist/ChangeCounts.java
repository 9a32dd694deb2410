package io.ringtally.persist;

import io.ringtally.event.Change;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many changes Postgres has decided since the start, those that retention asked for included.
 *
 * <p>Threading: any thread.
 */
public final class ChangeCounts {

    private final Map<ChangeResult.Outcome, LongAdder> decided =
            new EnumMap<>(ChangeResult.Outcome.class);
    private final LongAdder removed = new LongAdder();

    ChangeCounts() {
        for (ChangeResult.Outcome outcome : ChangeResult.Outcome.values()) {
            decided.put(outcome, new LongAdder());
        }
    }

    void add(ChangeResult result) {
        decided.get(result.outcome()).increment();
        if (result.isDone() && result.change().kind() != Change.Kind.SET) {
            removed.add(result.before().size());
        }
    }

    /** Changes by what became of them: {@code done}, {@code made} and so on. */
    public Map<String, Long> byOutcome() {
        Map<String, Long> counts = new TreeMap<>();
        decided.forEach((outcome, count) -> counts.put(outcome.word, count.sum()));
        return counts;
    }

    /** Changes decided, whatever became of them. */
    public long decided() {
        return decided.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Counters that were removed, one by one, with their message, or by retention. */
    public long removedCounters() {
        return removed.sum();
    }
}
