package io.ringtally.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.journal.LogPosition;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A ring that nobody uses, and the first event after that; its pace is a millisecond. */
class QuietRingTest {

    /** A shard that misses its event sleeps for ten seconds. */
    private static final long MISSED_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long HALF_SECOND = TimeUnit.MILLISECONDS.toNanos(500);

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    @Test
    void theNextEventEndsTheSleepWheneverItComes() {
        Random random = new Random(5);
        try (RunningRing running = RunningRing.ofShards(2).startAt(LogPosition.START)) {
            for (int i = 1; i <= 1_500; i++) {
                // up to three sleeps long: in the middle of one, and just when one begins
                LockSupport.parkNanos(random.nextInt(3_000_000));
                assertEquals(Admission.ACCEPTED, running.add("k" + i % 7, 1));
                long begun = System.nanoTime();
                while (running.ring().backlogSlots() > 0) {
                    assertTrue(System.nanoTime() - begun < MISSED_NANOS, "event " + i
                            + " was slept through");
                    Thread.onSpinWait();
                }
                assertEquals(i, running.ring().appliedEvents());
            }
        }
    }

    @Test
    void whereNothingComesNobodyWakes() {
        List<Long> before = tallyThreads();
        try (RunningRing running = RunningRing.ofShards(2).startAt(LogPosition.START)) {
            assertEquals(Admission.ACCEPTED, running.add("k", 1));
            List<Long> own = tallyThreads().stream().filter(id -> !before.contains(id)).toList();
            assertEquals(2, own.size());
            long begun = System.nanoTime();
            long wakes = wakes(own);
            while (true) {
                // it may take a moment until they are quiet
                long now = wakes(own);
                if (now - wakes > 2) {
                    wakes = now;
                    begun = System.nanoTime();
                }
                if (System.nanoTime() - begun > HALF_SECOND) {
                    return;
                }
                assertTrue(now < 1_000, "they go on waking");
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    private List<Long> tallyThreads() {
        return LongStream.of(threads.getAllThreadIds()).boxed().filter(id ->
                threads.getThreadInfo(id) != null
                        && threads.getThreadInfo(id).getThreadName().startsWith("tally-")).toList();
    }

    private long wakes(List<Long> ids) {
        return ids.stream().mapToLong(id -> threads.getThreadInfo(id).getWaitedCount()).sum();
    }
}
