package io.ringtally.metrics;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * One latency as seen by its writers together: over the last second, the last ten, since the start,
 * and second by second for a quarter of an hour. The memory is bounded: 40 KB per writer, 0.6 MB
 * for the rest.
 *
 * <p>Threading: {@link #tick} is called by one thread; the rest by any. What was recorded shows in
 * the snapshots after the next tick, in {@link #totals} at once.
 */
public final class Latency {

    /** Seconds kept for charts. */
    public static final int HISTORY = 900;

    private static final int WINDOW = 10;

    private final List<LatencyWriter> writers = new CopyOnWriteArrayList<>();
    private final Map<Integer, LatencyWriter> numbered = new ConcurrentHashMap<>();
    private final Histogram scratch = LatencyBuckets.histogram();
    /** The ticks of the window, the oldest first. */
    private final Deque<Tick> ticks = new ArrayDeque<>();
    private final Deque<LatencySnapshot> seconds = new ArrayDeque<>();
    private final Tick first;
    private volatile LatencySnapshot lastSecond;
    private volatile LatencySnapshot lastTenSeconds;
    private volatile LatencySnapshot sinceStart;

    /**
     * What had been recorded at some time.
     *
     * @param counts the same array as the tick before, where nothing was recorded meanwhile
     * @param sumNanos grows with whatever is recorded
     */
    private record Tick(long nanoTime, long[] counts, long sumNanos) {
    }

    Latency(long nanoTime, long epochMillis) {
        first = new Tick(nanoTime, new long[LatencyBuckets.COUNT], 0);
        ticks.add(first);
        lastSecond = LatencySnapshot.nothing(epochMillis, 0);
        lastTenSeconds = lastSecond;
        sinceStart = lastSecond;
    }

    /** A writer for one more thread, which keeps it as long as the process lives. */
    public LatencyWriter newWriter() {
        LatencyWriter made = new LatencyWriter();
        writers.add(made);
        return made;
    }

    /** The writer of that number; threads may have it one after another. */
    public LatencyWriter writer(int number) {
        return numbered.computeIfAbsent(number, missing -> newWriter());
    }

    /** A second has passed, or somewhat more. */
    void tick(long nanoTime, long epochMillis) {
        Tick before = ticks.getLast();
        // the sum first: what comes meanwhile is found the next time
        long sum = sumNanos();
        Tick now = new Tick(nanoTime, sum == before.sumNanos ? before.counts : counts(), sum);
        LatencySnapshot second = between(before, now, epochMillis);
        ticks.addLast(now);
        if (ticks.size() > WINDOW + 1) {
            ticks.removeFirst();
        }
        lastSecond = second;
        lastTenSeconds = between(ticks.getFirst(), now, epochMillis);
        sinceStart = between(first, now, epochMillis);
        synchronized (seconds) {
            seconds.addLast(second);
            if (seconds.size() > HISTORY) {
                seconds.removeFirst();
            }
        }
    }

    private LatencySnapshot between(Tick begin, Tick end, long endMillis) {
        if (begin.counts == end.counts) {
            return LatencySnapshot.nothing(endMillis, spanMillis(begin, end));
        }
        scratch.reset();
        for (int i = 0; i < end.counts.length; i++) {
            long count = end.counts[i] - begin.counts[i];
            if (count > 0) {
                scratch.recordValueWithCount(LatencyBuckets.lowest(i), count);
            }
        }
        return new LatencySnapshot(endMillis, spanMillis(begin, end), scratch.getTotalCount(),
                scratch.getValueAtPercentile(50), scratch.getValueAtPercentile(90),
                scratch.getValueAtPercentile(99), scratch.getValueAtPercentile(99.9),
                scratch.getMaxValue());
    }

    private long sumNanos() {
        return writers.stream().mapToLong(LatencyWriter::sumNanos).sum();
    }

    private static long spanMillis(Tick begin, Tick end) {
        return (end.nanoTime - begin.nanoTime) / 1_000_000;
    }

    private long[] counts() {
        long[] counts = new long[LatencyBuckets.COUNT];
        writers.forEach(writer -> writer.addCountsTo(counts));
        return counts;
    }

    /** The last whole second. */
    public LatencySnapshot lastSecond() {
        return lastSecond;
    }

    /** The ten seconds up to the end of the last whole one. */
    public LatencySnapshot lastTenSeconds() {
        return lastTenSeconds;
    }

    /** Everything up to the end of the last whole second. */
    public LatencySnapshot sinceStart() {
        return sinceStart;
    }

    /** The last {@link #HISTORY} seconds, or as many as there were, the oldest first. */
    public List<LatencySnapshot> history() {
        synchronized (seconds) {
            return List.copyOf(seconds);
        }
    }

    /** Everything recorded up to now, by bucket. */
    public LatencyTotals totals() {
        // the sum first: what comes meanwhile is missing from it rather than from the counts
        long sum = sumNanos();
        return new LatencyTotals(counts(), sum);
    }
}
