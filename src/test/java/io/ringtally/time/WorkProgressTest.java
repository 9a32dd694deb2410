package io.ringtally.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WorkProgressTest {

    private final ManualClock clock = new ManualClock();
    private final WorkProgress work = new WorkProgress(clock, "replaying", "positions");

    @Test
    void theRestTakesAsLongAsThePaceSoFarSays() {
        work.begin(1_000);
        assertTrue(work.isUnderWay());
        clock.pass(2, TimeUnit.SECONDS);
        work.done(250);
        assertEquals(6_000, work.leftMillis());
        assertEquals(25, work.percent());
        assertEquals("replaying: 250 of 1000 positions, 25 %, about 6 s left", work.toString());
        clock.pass(2, TimeUnit.SECONDS);
        work.done(1_000);
        assertEquals(0, work.leftMillis());
        assertEquals(99, work.percent());
        work.end();
        assertFalse(work.isUnderWay());
    }

    @Test
    void workThatStandsStillIsGivenEverLonger() {
        work.begin(100);
        clock.pass(1, TimeUnit.SECONDS);
        work.done(50);
        assertEquals(1_000, work.leftMillis());
        clock.pass(59, TimeUnit.SECONDS);
        assertEquals(60_000, work.leftMillis());
    }

    @Test
    void nothingIsSaidOfTheRestBeforeThereIsAPace() {
        work.begin(100);
        assertEquals(WorkProgress.UNKNOWN, work.leftMillis());
        clock.pass(9, TimeUnit.SECONDS);
        assertEquals(WorkProgress.UNKNOWN, work.leftMillis());
        assertEquals("replaying: 0 of 100 positions, 0 %", work.toString());
        work.end();
        work.begin(100);
        clock.pass(499, TimeUnit.MILLISECONDS);
        work.done(1);
        assertEquals(WorkProgress.UNKNOWN, work.leftMillis());
    }

    @Test
    void anExpectationThatWasTooLowOrMissingIsNotShown() {
        work.begin(10);
        clock.pass(3, TimeUnit.SECONDS);
        work.done(11);
        assertEquals(WorkProgress.UNKNOWN, work.leftMillis());
        assertEquals("replaying: 11 positions", work.toString());
        work.end();
        work.begin(0);
        clock.pass(3, TimeUnit.SECONDS);
        work.done(7);
        assertEquals("replaying: 7 positions", work.toString());
    }

    @Test
    void hugeAmountsDoNotOverflow() {
        work.begin(Long.MAX_VALUE);
        clock.pass(300, TimeUnit.DAYS);
        work.done(Long.MAX_VALUE / 2);
        assertEquals(49, work.percent(), 1);
        assertEquals(Duration.ofDays(300).toMillis(), work.leftMillis(), 1_000);
    }

    @Test
    void anotherCountsTheSteps() {
        AtomicLong left = new AtomicLong(40);
        WorkProgress drain = new WorkProgress(clock, "draining", "counters", left::get);
        drain.begin();
        clock.pass(1, TimeUnit.SECONDS);
        left.set(30);
        assertEquals("draining: 10 of 40 counters, 25 %, about 3 s left", drain.toString());
        drain.end();
        left.set(5);
        assertEquals(10, drain.done());
        assertEquals(10, drain.last().done());
    }

    @Test
    void whatComesUpLaterIsExpectedToo() {
        AtomicLong left = new AtomicLong(1);
        WorkProgress drain = new WorkProgress(clock, "draining", "counters", left::get);
        drain.begin();
        left.set(3);
        assertEquals(0, drain.done());
        assertEquals(3, drain.expected());
        left.set(0);
        drain.end();
        assertEquals(3, drain.last().done());
    }

    @Test
    void whatSeveralWantDoneIsOneRunThatEndsWithTheLastOfThem() {
        work.begin(100);
        clock.pass(1, TimeUnit.SECONDS);
        work.done(50);
        work.begin(7);
        assertEquals(100, work.expected());
        assertEquals(50, work.done());
        work.end();
        assertTrue(work.isUnderWay());
        clock.pass(1, TimeUnit.SECONDS);
        work.end();
        assertFalse(work.isUnderWay());
        assertEquals(1, work.runs());
        assertEquals(TimeUnit.SECONDS.toNanos(2), work.last().tookNanos());
        // an end too much ends nothing
        work.end();
        assertEquals(1, work.runs());
        work.begin(1);
        assertTrue(work.isUnderWay());
    }

    @Test
    void aRunHasFailedIfItsTroubleIsNotOverAndTheLastTroubleIsKept() {
        work.begin(3);
        work.trouble("no room");
        assertTrue(work.isTroubled());
        work.end();
        assertFalse(work.isTroubled());
        assertTrue(work.last().failed());
        work.begin(3);
        assertFalse(work.isTroubled());
        work.trouble("not yet");
        long at = clock.epochMicros();
        clock.pass(1, TimeUnit.SECONDS);
        work.recovered();
        work.done(3);
        work.end();
        assertFalse(work.last().failed());
        assertEquals(new WorkProgress.Trouble(at, "not yet"), work.lastTrouble());
        assertEquals(0, work.nextMicros());
        work.nextIn(Duration.ofMinutes(2));
        assertEquals(clock.epochMicros() + 120_000_000, work.nextMicros());
    }

    @Test
    void spansAreRoundedUpAndReadable() {
        assertEquals("0 s", WorkProgress.span(0));
        assertEquals("1 s", WorkProgress.span(1));
        assertEquals("59 s", WorkProgress.span(59_000));
        assertEquals("1 min 0 s", WorkProgress.span(59_001));
        assertEquals("3 min 20 s", WorkProgress.span(200_000));
        assertEquals("2 h 5 min", WorkProgress.span(7_500_000));
    }
}
