package io.ringtally.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogTotalsTest {

    private static final long[] EDGES = {Long.MIN_VALUE, Long.MIN_VALUE + 1, -1, 0, 1,
        Long.MAX_VALUE - 1, Long.MAX_VALUE, 1L << 32, -(1L << 32)};

    @Test
    void sumsAreThoseOfBigNumbers() {
        Random random = new Random(1);
        LogTotals totals = new LogTotals();
        BigInteger expected = BigInteger.ZERO;
        for (int i = 1; i <= 20_000; i++) {
            // runs of one sign carry the sum far beyond 64 bits, both ways
            long value = i / 1000 % 2 == 0 ? EDGES[random.nextInt(EDGES.length)]
                    : i / 1000 % 3 == 0 ? Long.MIN_VALUE : Long.MAX_VALUE - random.nextInt(9);
            totals.add(value);
            expected = expected.add(BigInteger.valueOf(value));
            assertEquals(expected, totals.sum(), "after " + i);
            assertEquals(i, totals.events());
        }
    }

    @Test
    void aCopyGoesItsOwnWay() {
        LogTotals one = new LogTotals();
        one.add(-5);
        LogTotals copy = one.copy();
        assertTrue(copy.sameAs(one));
        copy.add(0);
        assertFalse(copy.sameAs(one), "the same sum, another number of events");
        assertEquals(1, one.events());
        LogTotals restored = new LogTotals(one.events(), one.sumHigh(), one.sumLow());
        assertTrue(restored.sameAs(one));
        assertEquals(BigInteger.valueOf(-5), restored.sum());
    }
}
