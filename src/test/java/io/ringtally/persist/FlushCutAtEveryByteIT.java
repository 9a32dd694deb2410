package io.ringtally.persist;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.persist.FaultProxy.Direction;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A flush whose connection dies at any byte of the exchange, in either direction, is in Postgres
 * once. The plain flush is cut at every byte; the longer variants at every so many, and at every
 * byte with {@code -Dringtally.flush.stride=1}.
 *
 * <p>A client that waits for each answer has one message on the way at most: what can arrive late
 * is the rest of that message. If it is the commit, the commit comes late.
 */
@Tag("campaign")
class FlushCutAtEveryByteIT {

    /** Least bytes of each exchange: with fewer this would not be the flush that is meant. */
    private static final Map<Direction, Integer> PLAIN =
            Map.of(Direction.TO_SERVER, 1_500, Direction.TO_CLIENT, 100);
    private static final Map<Direction, Integer> BISECTED =
            Map.of(Direction.TO_SERVER, 4_000, Direction.TO_CLIENT, 1_000);

    private interface Fault {

        boolean strikes(FlushUnderFault flush, Direction direction, long bytes) throws Exception;
    }

    @Test
    void aFlushCutAtAnyByteCountsOnce() throws Exception {
        try (FlushUnderFault flush = new FlushUnderFault(false)) {
            everyByte(flush, FlushUnderFault::survivesCut, PLAIN, 1);
            assertTrue(flush.lostAnswers() > 0, "no point lost the answer of a commit");
        }
    }

    @Test
    void aFlushWithARefusedRowCutAtAnyByteCountsOnce() throws Exception {
        try (FlushUnderFault flush = new FlushUnderFault(true)) {
            everyByte(flush, FlushUnderFault::survivesCut, BISECTED, 41);
            assertTrue(flush.lostAnswers() > 0, "no point lost the answer of a commit");
        }
    }

    @Test
    void aFlushWhoseBytesComeLateCountsOnce() throws Exception {
        try (FlushUnderFault flush = new FlushUnderFault(false)) {
            everyByte(flush, FlushUnderFault::survivesLateBytes, PLAIN, 11);
            assertMetTheDead(flush);
        }
    }

    @Test
    void aFlushWithARefusedRowWhoseBytesComeLateCountsOnce() throws Exception {
        try (FlushUnderFault flush = new FlushUnderFault(true)) {
            // a commit is some thirty bytes: none shall be stepped over
            everyByte(flush, FlushUnderFault::survivesLateBytes, BISECTED, 23);
            assertMetTheDead(flush);
        }
    }

    private static void assertMetTheDead(FlushUnderFault flush) {
        assertTrue(flush.waits() > 0, "no retry met the transaction of the dead connection");
        assertTrue(flush.lateCommits() > 0, "no commit came late");
    }

    private static void everyByte(FlushUnderFault flush, Fault fault,
            Map<Direction, Integer> leastBytes, int usualStride) throws Exception {
        int stride = Integer.getInteger("ringtally.flush.stride", usualStride);
        for (Direction direction : Direction.values()) {
            long begun = System.nanoTime();
            int points = 0;
            while (fault.strikes(flush, direction, (long) points * stride)) {
                points++;
            }
            // the flush that came through whole says how long they are
            long length = flush.proxy().passed(direction);
            System.out.printf("%s: %d points, every %d of %d bytes, %d ms; %s%n", direction,
                    points, stride, length,
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun), flush.outcomes());
            assertTrue(length >= leastBytes.get(direction),
                    () -> "a flush of " + length + " bytes " + direction + " is not the one meant");
            assertTrue((long) points * stride >= length,
                    points + " points do not reach the end of " + length + " bytes");
        }
    }
}
