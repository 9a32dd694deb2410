package io.ringtally.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.journal.SimulatedDisk.ProcessDied;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of segment files; each block of these logs is one record, 4 KiB. */
@ExtendWith(QuietLog.class)
class SegmentStoreTest {

    private static final int BLOCKS = BareLog.SEGMENT / 4096 - 2;

    @TempDir
    private Path directory;

    /** Positions at which the segments with a header begin, in order. */
    private static List<Long> begins(BareLog log) throws IOException {
        List<Long> begins = new ArrayList<>();
        for (String name : log.disk.names()) {
            SegmentHeader header = new BlockReader(log.disk.open(name)).header();
            if (header != null) {
                begins.add(header.first());
            }
        }
        begins.sort(null);
        return begins;
    }

    private BareLog fullSegments(int count) throws IOException {
        BareLog log = new BareLog(1, directory).start();
        for (int i = 1; i <= count * BLOCKS; i++) {
            log.write(i, i);
            log.force();
        }
        return log;
    }

    @Test
    void segmentsGoOldestFirstAndNeverTheCurrentOne() throws IOException {
        BareLog log = fullSegments(3);
        long second = BLOCKS + 1;
        assertEquals(List.of(1L, second, second + BLOCKS), begins(log));
        log.flushed(BLOCKS - 1);
        assertEquals(List.of(1L, second, second + BLOCKS), begins(log), "one event is missing");
        log.flushed(2L * BLOCKS);
        assertEquals(List.of(second + BLOCKS), begins(log));
        log.flushed(3L * BLOCKS);
        assertEquals(List.of(second + BLOCKS), begins(log), "the current one stays");
    }

    @Test
    void dyingWhileSegmentsGoLeavesTheEndOfTheLogWithoutHoles() throws IOException {
        for (int dies = 1; dies <= 8; dies++) {
            BareLog log = new BareLog(dies, directory.resolve("head-" + dies)).start();
            for (int i = 1; i <= 4 * BLOCKS; i++) {
                log.write(i, i);
                log.force();
            }
            log.settle();
            log.checkpoint = 3L * BLOCKS + 1;
            log.journal.persisted(new LogPosition(log.checkpoint));
            log.disk.dieIn(dies);
            try {
                log.settle();
            } catch (ProcessDied somewhere) {
                // between two segments, or in the middle of one
            }
            log.losePowerAndStart();
            assertTrue(log.journal.begin().number() <= log.checkpoint, "died at " + dies);
            assertEquals(BLOCKS - 1, log.valuesAfter(log.checkpoint).size(), "died at " + dies);
        }
    }

    @Test
    void aRecycledFileIsUsedAgain() throws IOException {
        BareLog log = fullSegments(2);
        log.flushed(BLOCKS);
        List<String> names = log.disk.names();
        for (int round = 2; round < 12; round++) {
            for (int i = round * BLOCKS + 1; i <= (round + 1) * BLOCKS; i++) {
                log.write(i, i);
                log.force();
            }
            log.flushed((long) round * BLOCKS);
        }
        assertEquals(names, log.disk.names(), "no file was added or deleted");
        assertEquals(BLOCKS, log.killAndStart().valuesAfter(11L * BLOCKS).size());
    }

    /** Else whoever looks in that moment closes admission, and events are refused for nothing. */
    @Test
    void aSpareOnItsWayIntoUseIsNotMissed() throws IOException {
        BareLog log = fullSegments(1);
        log.settle();
        assertFalse(log.journal.isFull());
        long free = log.journal.state().freeBytes();
        log.journal.store().take().close();
        assertEquals(free, log.journal.state().freeBytes());
        assertFalse(log.journal.isFull(), "it is about to be written to");
    }

    @Test
    void aFullDiskIsSeenWhileThereIsStillReserve() throws IOException {
        BareLog log = new BareLog(1, directory).start();
        log.settle();
        int files = log.disk.names().size();
        log.disk.capacity((long) files * BareLog.SEGMENT);
        assertFalse(log.journal.isFull());
        int written = 0;
        while (!log.journal.isFull()) {
            log.write(written + 1L, written + 1L);
            log.force();
            written++;
            assertTrue(written < 1_000, "the log never gets full");
        }
        assertThrows(IOException.class, log::settle, "no file can be made");
        // what the reserve is for: a ring of the largest records, 32 of 512 bytes
        for (int i = 0; i < 32; i++) {
            log.add(written + 1L + i, 200);
        }
        log.journal.write();
        log.force();
        log.checkpoint = written;
        log.journal.persisted(new LogPosition(written));
        log.settle();
        assertFalse(log.journal.isFull(), "what is in Postgres made room");
    }

    @Test
    void noMoreFilesAreMadeThanAllowed() throws IOException {
        BareLog log = new BareLog(1, directory);
        log.settings = new JournalSettings(BareLog.SEGMENT, 4L * BareLog.SEGMENT,
                Duration.ofSeconds(10), BareLog.SEGMENT, Duration.ZERO);
        log.start();
        int written = 0;
        while (!log.journal.isFull()) {
            written++;
            log.write(written, written);
            log.force();
            log.settle();
        }
        assertEquals(4, log.disk.names().size());
        assertEquals(4L * BareLog.SEGMENT, log.journal.state().bytes());
        assertTrue(written > BLOCKS, written + " written");
    }
}
