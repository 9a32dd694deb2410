package io.ringtally.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SparinglyTest {

    @Test
    void fiveInTenSecondsAndThenItTellsHowManyWereLeftOut() {
        ManualClock clock = new ManualClock();
        Sparingly line = new Sparingly(clock);
        for (int i = 0; i < 5; i++) {
            assertEquals(0, line.say());
        }
        for (int i = 0; i < 1_000; i++) {
            assertEquals(Sparingly.SILENT, line.say());
        }
        clock.pass(9_999, TimeUnit.MILLISECONDS);
        assertEquals(Sparingly.SILENT, line.say());
        clock.pass(1, TimeUnit.MILLISECONDS);
        assertEquals(1_001, line.say());
        assertEquals(0, line.say());
    }
}
