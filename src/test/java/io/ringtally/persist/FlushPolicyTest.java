package io.ringtally.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FlushPolicyTest {

    private static final long LONG_AGO = TimeUnit.HOURS.toNanos(1);

    private final FlushPolicy policy = new FlushPolicy(
            new PersistSettings(100, Duration.ofSeconds(5), Duration.ofMillis(250)));

    @Test
    void waitsForeverWithNothingToFlush() {
        assertEquals(Long.MAX_VALUE, policy.dueInNanos(0, 0, LONG_AGO));
    }

    @Test
    void flushesWhenTheOldestChangeIsOlderThanTheDelay() {
        assertTrue(policy.dueInNanos(1, seconds(5), LONG_AGO) <= 0);
        assertTrue(policy.dueInNanos(1, seconds(600), LONG_AGO) <= 0);
        assertTrue(policy.dueInNanos(1, seconds(4), LONG_AGO) > 0);
        assertTrue(policy.dueInNanos(100, 0, LONG_AGO) > seconds(4));
    }

    @Test
    void flushesAtTheEventAfterMaxUpdates() {
        assertTrue(policy.dueInNanos(100, 0, LONG_AGO) > 0);
        assertEquals(0, policy.dueInNanos(101, 0, LONG_AGO));
    }

    @Test
    void waitsForMinInterval() {
        assertEquals(millis(250), policy.dueInNanos(101, 0, 0));
        assertEquals(millis(1), policy.dueInNanos(1_000_000, seconds(60), millis(249)));
        assertEquals(millis(250), policy.dueInNanos(1, seconds(60), 0));
        assertTrue(policy.dueInNanos(101, 0, millis(250)) <= 0);
    }

    @Test
    void beginsEarlyByWhatAFlushTakes() {
        long before = policy.dueInNanos(1, 0, LONG_AGO);
        assertTrue(before < seconds(5), "time for the hand-over");
        policy.flushed(millis(300));
        long after = policy.dueInNanos(1, 0, LONG_AGO);
        assertTrue(before - after >= millis(300), "begins " + (before - after) + " ns earlier");
        assertTrue(after + millis(300) < seconds(5));
    }

    @Test
    void aSlowFlushIsForgottenSlowly() {
        policy.flushed(seconds(1));
        long early = policy.dueInNanos(1, 0, LONG_AGO);
        policy.flushed(millis(1));
        long next = policy.dueInNanos(1, 0, LONG_AGO);
        assertTrue(next > early && next < early + millis(500));
        for (int i = 0; i < 100; i++) {
            policy.flushed(millis(1));
        }
        assertTrue(policy.dueInNanos(1, 0, LONG_AGO) > seconds(4));
    }

    @Test
    void neverSpendsMoreThanHalfTheDelayOnBeingEarly() {
        policy.flushed(seconds(60));
        assertEquals(millis(2_500), policy.dueInNanos(1, 0, LONG_AGO));
    }

    @Test
    void followsSettingsReplacedAtRunTime() {
        policy.settings(policy.settings().withMaxUpdates(1));
        assertEquals(0, policy.dueInNanos(2, 0, LONG_AGO));
        policy.settings(policy.settings().withMaxDelay(Duration.ofMillis(100)));
        assertEquals(Duration.ofMillis(100), policy.settings().minInterval());
        assertTrue(policy.dueInNanos(1, millis(100), LONG_AGO) <= 0);
    }

    @Test
    void refusesSettingsOutOfRangeWithTheirValue() {
        assertRefused("persist.max-updates = 0", 0, 5_000, 250);
        assertRefused("persist.max-delay = 10001 ms", 1, 10_001, 250);
        assertRefused("persist.max-delay = 49 ms", 1, 49, 0);
        assertRefused("persist.min-interval = 5001 ms", 1, 5_000, 5_001);
        assertRefused("persist.min-interval = -1 ms", 1, 5_000, -1);
    }

    private static void assertRefused(String words, long updates, long delayMillis,
            long intervalMillis) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                () -> new PersistSettings(updates, Duration.ofMillis(delayMillis),
                        Duration.ofMillis(intervalMillis)));
        assertTrue(refused.getMessage().startsWith(words), refused.getMessage());
    }

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
