package io.ringtally.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long events of a set took that are finished together. */
class AcceptTimesTest {

    private static final long NOW = 1_700_000_000_000_000L;

    private final AcceptTimes times = new AcceptTimes();
    private final Latency latency = new Latency(0, 0);
    private final LatencyWriter writer = latency.newWriter();

    private LatencySnapshot finishedAt(long nowMicros) {
        times.finishedAt(nowMicros, writer);
        latency.tick(1_000_000_000, 0);
        return latency.lastSecond();
    }

    @ParameterizedTest
    @ValueSource(longs = {1_000, 250_000, 5_000_000, 3_600_000_000L})
    void isAsExactAsAThousandthOfTheSetsAge(long spanMicros) {
        Random random = new Random(spanMicros);
        Latency exact = new Latency(0, 0);
        LatencyWriter exactly = exact.newWriter();
        long commit = NOW + spanMicros + 20_000;
        for (int i = 0; i < 20_000; i++) {
            // in order but for the threads that overtake each other
            long accepted = NOW + (long) (i / 20_000.0 * spanMicros) - random.nextInt(10_000);
            times.add(accepted, 2);
            exactly.record((commit - accepted) * 1_000, 2);
        }
        exact.tick(1_000_000_000, 0);
        LatencySnapshot wanted = exact.lastSecond();
        LatencySnapshot found = finishedAt(commit);
        long slotNanos = Math.max(128, spanMicros / 1_000) * 1_000;
        assertEquals(40_000, found.count());
        assertWithin(wanted.p50Nanos(), found.p50Nanos(), slotNanos);
        assertWithin(wanted.p99Nanos(), found.p99Nanos(), slotNanos);
        assertWithin(wanted.maxNanos(), found.maxNanos(), slotNanos);
    }

    private static void assertWithin(long exact, long found, long slotNanos) {
        assertTrue(found >= exact && found <= (exact + slotNanos) * 1.016,
                found + " for " + exact);
    }

    @Test
    void losesNoEventWhenClocksJump() {
        times.add(NOW, 1);
        times.add(NOW - 10_000_000, 10);
        times.add(NOW + 86_400_000_000L * 365, 100);
        times.add(NOW + 5, 1_000);
        times.add(Long.MAX_VALUE / 2, 10_000);
        assertEquals(11_111, finishedAt(NOW + 1_000_000).count());
    }

    @Test
    void beginsAnewOnceCleared() {
        times.add(NOW, 5);
        times.add(NOW + 60_000_000, 5);
        times.clear();
        times.add(NOW + 90_000_000, 1);
        LatencySnapshot found = finishedAt(NOW + 90_010_000);
        assertEquals(1, found.count());
        assertWithin(10_000_000, found.maxNanos(), 128_000);
    }

    @Test
    void saysNothingOfAnEmptySet() {
        assertEquals(0, finishedAt(NOW).count());
    }
}
