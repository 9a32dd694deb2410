package io.ringtally.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BackOffTest {

    private final BackOff backOff = new BackOff(new SplittableRandom(1));

    @Test
    void doublesUpToTwoSeconds() {
        long bound = 50;
        for (int failure = 0; failure < 20; failure++) {
            long wait = backOff.failedMillis();
            assertTrue(wait >= bound / 2 && wait <= bound, wait + " ms after " + failure);
            bound = Math.min(2_000, bound * 2);
        }
    }

    @Test
    void staysBoundedThroughALongOutage() {
        for (int failure = 0; failure < 100_000; failure++) {
            long wait = backOff.failedMillis();
            assertTrue(wait > 0 && wait <= 2_000, wait + " ms after " + failure);
        }
        assertEquals(100_000, backOff.failures());
    }

    @Test
    void beginsAnewAfterASuccess() {
        for (int failure = 0; failure < 10; failure++) {
            backOff.failedMillis();
        }
        backOff.succeeded();
        assertEquals(0, backOff.failures());
        assertTrue(backOff.failedMillis() <= 50);
    }

    @Test
    void doesNotBringInstancesBackInStep() {
        TreeSet<Long> waits = new TreeSet<>();
        for (int instance = 0; instance < 100; instance++) {
            BackOff other = new BackOff(new SplittableRandom(instance));
            for (int failure = 0; failure < 8; failure++) {
                other.failedMillis();
            }
            waits.add(other.failedMillis());
        }
        assertTrue(waits.size() > 50, "only " + waits.size() + " different waits of 100");
    }
}
