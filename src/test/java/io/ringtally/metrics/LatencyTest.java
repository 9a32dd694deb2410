package io.ringtally.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.time.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** What latencies say of what was recorded. */
class LatencyTest {

    private final ManualClock clock = new ManualClock();
    private final Latencies latencies = new Latencies(clock);
    private final Latency latency = latencies.request();
    private final LatencyWriter writer = latency.newWriter();

    private void second() {
        clock.pass(1, TimeUnit.SECONDS);
        latencies.tick();
    }

    @Test
    void itsBucketsAreThoseOfTheHistogramThatDoesTheQuantiles() {
        Histogram histogram = LatencyBuckets.histogram();
        Random random = new Random(1);
        for (int i = 0; i < 200_000; i++) {
            long nanos = Math.min(random.nextLong() >>> 1 + random.nextInt(62),
                    LatencyBuckets.MAX_NANOS);
            int index = LatencyBuckets.indexOf(nanos);
            assertEquals(histogram.lowestEquivalentValue(nanos), LatencyBuckets.lowest(index));
            assertEquals(histogram.highestEquivalentValue(nanos), LatencyBuckets.highest(index));
        }
        assertEquals(0, LatencyBuckets.indexOf(0));
    }

    @Test
    void tellsTheLastSecondFromTheLastTenAndFromAllSinceTheStart() {
        writer.record(1_000_000, 90);
        writer.record(50_000_000, 10);
        second();
        assertSeconds(latency.lastSecond(), 100, 1_000_000, 50_000_000);
        for (int i = 0; i < 9; i++) {
            writer.record(2_000_000);
            second();
        }
        assertSeconds(latency.lastSecond(), 1, 2_000_000, 2_000_000);
        assertSeconds(latency.lastTenSeconds(), 109, 1_000_000, 50_000_000);
        second();
        assertSeconds(latency.lastTenSeconds(), 9, 2_000_000, 2_000_000);
        assertSeconds(latency.sinceStart(), 109, 1_000_000, 50_000_000);
        assertEquals(LatencySnapshot.nothing(clock.epochMicros() / 1_000, 1_000),
                latency.lastSecond());
        assertEquals(10_000, latency.lastTenSeconds().spanMillis());
        assertEquals(11_000, latency.sinceStart().spanMillis());
    }

    private static void assertSeconds(LatencySnapshot found, long count, long p50, long max) {
        assertEquals(count, found.count());
        assertNear(p50, found.p50Nanos());
        assertNear(max, found.maxNanos());
    }

    private static void assertNear(long expected, long found) {
        assertTrue(found >= expected && found <= expected * 1.008, found + " for " + expected);
    }

    @Test
    void itsQuantilesAreThoseOfTheValuesThemselves() {
        Random random = new Random(7);
        List<Long> values = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            values.add(1_000 + (long) Math.exp(random.nextGaussian() * 2 + 13));
            writer.record(values.get(i));
        }
        second();
        values.sort(null);
        LatencySnapshot found = latency.lastSecond();
        assertNear(values.get(24_999), found.p50Nanos());
        assertNear(values.get(44_999), found.p90Nanos());
        assertNear(values.get(49_499), found.p99Nanos());
        assertNear(values.get(49_949), found.p999Nanos());
        assertNear(values.get(49_999), found.maxNanos());
    }

    @Test
    void countsAnImpossibleDurationAsTheNearestPossibleOne() {
        writer.record(-5);
        writer.record(Long.MAX_VALUE);
        second();
        assertEquals(2, latency.lastSecond().count());
        assertNear(LatencyBuckets.MAX_NANOS, latency.lastSecond().maxNanos());
        assertEquals(1 + LatencyBuckets.MAX_NANOS, latency.totals().sumNanos());
    }

    @Test
    void keepsAQuarterOfAnHourOfSecondsAndNoMore() {
        for (int i = 1; i <= Latency.HISTORY + 50; i++) {
            writer.record(1_000_000, i);
            second();
        }
        List<LatencySnapshot> history = latency.history();
        assertEquals(900, history.size());
        assertEquals(51, history.get(0).count());
        assertEquals(950, history.get(899).count());
        assertEquals(clock.epochMicros() / 1_000, history.get(899).endMillis());
    }

    @Test
    void sumsUpWhatSeveralThreadsRecord() throws InterruptedException {
        int each = 200_000;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            LatencyWriter own = latency.newWriter();
            Thread thread = new Thread(() -> {
                for (int n = 0; n < each; n++) {
                    own.record(1_000L * (n + 1));
                }
            });
            threads.add(thread);
            thread.start();
        }
        long seen = 0;
        while (threads.stream().anyMatch(Thread::isAlive)) {
            second();
            seen += latency.lastSecond().count();
        }
        second();
        seen += latency.lastSecond().count();
        assertEquals(4L * each, seen);
        LatencyTotals totals = latency.totals();
        assertEquals(4L * each, totals.count());
        assertEquals(4L * 1_000 * each * (each + 1) / 2, totals.sumNanos());
        assertEquals(0.25, totals.countUpTo(1_000L * each / 4) / (4.0 * each), 0.0025);
    }

    @Test
    void aNumberedWriterIsTheSameAgainForWhoeverComesNext() {
        latency.writer(3).record(1);
        latency.writer(3).record(1);
        assertEquals(latency.writer(3), latency.writer(3));
        assertEquals(2, latency.totals().count());
    }
}
