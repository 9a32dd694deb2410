package io.ringtally.http;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often something was answered for which reason, by the words of problems: few, and known.
 *
 * <p>Threading: any thread.
 */
final class ReasonCounts {

    private final Map<String, LongAdder> byReason = new ConcurrentHashMap<>();

    /** Begins with these reasons at 0, so that whoever watches sees the first one come. */
    ReasonCounts(ProblemType... known) {
        for (ProblemType reason : known) {
            byReason.put(reason.word, new LongAdder());
        }
    }

    void add(String reason) {
        byReason.computeIfAbsent(reason, missing -> new LongAdder()).increment();
    }

    long sum() {
        return byReason.values().stream().mapToLong(LongAdder::sum).sum();
    }

    Map<String, Long> byReason() {
        Map<String, Long> counts = new TreeMap<>();
        byReason.forEach((reason, count) -> counts.put(reason, count.sum()));
        return counts;
    }
}
