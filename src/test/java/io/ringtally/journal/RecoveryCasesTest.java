package io.ringtally.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.journal.Disk.DiskFile;
import io.ringtally.journal.SimulatedDisk.ProcessDied;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Histories that a first version got wrong; the value of an event is its position. */
@ExtendWith(QuietLog.class)
class RecoveryCasesTest {

    /** Blocks of 4 KiB a segment takes before it rolls: all but its header, and a mark. */
    private static final int BLOCKS = BareLog.SEGMENT / 4096 - 2;
    private static final int SEEDS = 40;

    @TempDir
    private Path directory;

    private static List<Long> values(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    private BareLog log(long seed) throws IOException {
        return new BareLog(seed, Files.createTempDirectory(directory, "head"));
    }

    @Test
    void namesThatAKilledStartHasNotForcedAreForcedByTheNext() throws IOException {
        for (long seed = 0; seed < 2 * SEEDS; seed++) {
            BareLog log = log(seed);
            log.settings = new JournalSettings(BareLog.SEGMENT, 4L * BareLog.SEGMENT,
                    Duration.ofSeconds(10), BareLog.SEGMENT, Duration.ZERO);
            log.start();
            log.disk.restartProcess();
            log.disk.dieIn(1 + (int) seed % 16);
            try {
                log.start();
            } catch (ProcessDied somewhere) {
                // once at each change it makes, so once between a renaming and its force
            }
            log.killAndStart();
            for (int i = 1; i <= BLOCKS + 3; i++) {
                log.write(i, i);
                assertEquals(i, log.force());
            }
            assertEquals(values(1, BLOCKS + 3), log.losePowerAndStart().valuesAfter(0),
                    "seed " + seed);
        }
    }

    @Test
    void aSpareWhoseHeaderWasClearedAndNotForcedIsClearedAgain() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            BareLog log = log(seed).start();
            log.write(1, 3L * BLOCKS);
            log.force();
            log.flushed(0);
            log.checkpoint = 3L * BLOCKS - 1;
            log.journal.persisted(new LogPosition(log.checkpoint));
            // the oldest is retired whole, the next one dies at forcing what cleared its header
            log.journal.store().step();
            log.disk.dieIn(2);
            assertThrows(ProcessDied.class, log::settle);
            log.killAndStart().write(3L * BLOCKS + 1, 3L * BLOCKS + 2);
            log.losePowerAndStart();
            assertTrue(log.valuesAfter(log.checkpoint).contains(3L * BLOCKS), "seed " + seed);
        }
    }

    @Test
    void aSegmentThatIsReplacedWhollyMayBeTheOldestOne() throws IOException {
        BareLog log = log(1).start();
        log.write(1, 3);
        log.force();
        // what is not forced fills the first segment and goes on in a second one
        log.write(4, BLOCKS + 3);
        log.killAndStart();
        assertEquals(values(1, BLOCKS + 3), log.valuesAfter(0));
        log.write(BLOCKS + 4, BLOCKS + 4);
        log.force();
        log.flushed(BLOCKS + 1);
        assertEquals(values(BLOCKS + 2, BLOCKS + 4),
                log.killAndStart().valuesAfter(BLOCKS + 1));
    }

    @Test
    void aMarkBelowTheBeginningMovesNoPosition() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            BareLog log = log(seed).start();
            log.write(1, BLOCKS + 2);
            // all blocks were written before the force, so no mark says what it has forced
            log.force();
            log.flushed(BLOCKS + 1);
            log.losePowerAndStart();
            assertEquals(BLOCKS + 2, log.journal.end().number(), "seed " + seed);
            assertEquals(values(BLOCKS + 2, BLOCKS + 2), log.valuesAfter(BLOCKS + 1));
        }
    }

    @Test
    void aMarkThatCannotBeWrittenIsHealedWithoutCountingWhatIsNotWritten() throws IOException {
        BareLog log = log(1).start();
        log.write(1, 2);
        log.force();
        log.add(3, 5);
        log.disk.failIn(1, 1);
        log.journal.body().writeMark();
        assertEquals(1, log.disk.failures());
        log.journal.write();
        log.force();
        assertEquals(values(1, 3), log.killAndStart().valuesAfter(0));
    }

    @Test
    void aSegmentThatCannotBeClearedLeavesNoHole() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            BareLog log = log(seed).start();
            log.write(1, 3L * BLOCKS);
            log.force();
            log.settle();
            log.checkpoint = 3L * BLOCKS - 1;
            log.journal.persisted(new LogPosition(log.checkpoint));
            int files = log.disk.names().size();
            // the force of the cleared header fails
            log.disk.failIn(2, 1);
            try {
                log.journal.store().step();
            } catch (IOException complained) {
                // it is tried again
            }
            log.settle();
            assertEquals(0, log.journal.store().liveSegments() - 1);
            assertTrue(log.disk.names().size() <= files, log.disk.names().toString());
            log.losePowerAndStart();
            assertTrue(log.valuesAfter(log.checkpoint).contains(3L * BLOCKS), "seed " + seed);
        }
    }

    @Test
    void theLastSegmentWithAForcedHeaderIsKept() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            BareLog log = log(seed).start();
            log.write(1, BLOCKS);
            log.force();
            // rolls to a segment whose header is not forced yet
            log.write(BLOCKS + 1, BLOCKS + 1);
            log.flushed(BLOCKS);
            log.losePowerAndStart();
            assertTrue(log.journal.end().number() >= BLOCKS, "seed " + seed);
        }
    }

    @Test
    void aFullSegmentStillHasRoomForItsMark() throws IOException {
        BareLog log = log(1).start();
        log.write(1, BLOCKS + 1);
        log.force();
        log.journal.body().writeMark();
        assertTrue(log.journal.body().hasMark());
        log.disk.restartProcess();
        // the last block is damaged; without the mark it would look torn in another boot
        flipInBlock(log, BLOCKS + 1);
        log.boot = new UUID(9, 9);
        assertThrows(LogDamagedException.class, log::start);
    }

    private static void flipInBlock(BareLog log, long position) throws IOException {
        for (String name : log.disk.names()) {
            BlockReader blocks = new BlockReader(log.disk.open(name));
            for (long at = 4096; at < BareLog.SEGMENT; at += 4096) {
                if (blocks.hasBlock(at) && blocks.first() == position && blocks.records() > 0) {
                    log.disk.flip(name, (at + 80) * 8);
                    return;
                }
            }
        }
        throw new AssertionError("no block with position " + position);
    }

    @Test
    void filesOfAnotherLogAreRefusedAndLeftAlone() throws IOException {
        BareLog log = log(1).start();
        log.write(1, 3);
        log.disk.restartProcess();
        JournalPlace other = new JournalPlace(directory, directory, new UUID(7, 7), 32, 512);
        LogDamagedException refused = assertThrows(LogDamagedException.class,
                () -> other.open(log.disk, log.boot, log.settings, cause -> { }).recover());
        assertTrue(refused.getMessage().contains("body-00000001"), refused.getMessage());
        assertEquals(values(1, 3), log.killAndStart().valuesAfter(0));
    }

    @Test
    void aHeaderOfZerosOverForcedBlocksIsDamage() throws IOException {
        BareLog log = log(1).start();
        log.write(1, BLOCKS + 3L);
        log.force();
        log.write(BLOCKS + 4L, BLOCKS + 4L);
        log.force();
        log.disk.restartProcess();
        String last = nameOf(log, 2);
        SegmentStore.clearHeader(log.disk.open(last));
        log.losePower();
        assertThrows(LogDamagedException.class, log::start);
    }

    private static String nameOf(BareLog log, long ordinal) throws IOException {
        for (String name : log.disk.names()) {
            SegmentHeader header = new BlockReader(log.disk.open(name)).header();
            if (header != null && header.ordinal() == ordinal) {
                return name;
            }
        }
        throw new AssertionError("no segment " + ordinal);
    }

    @Test
    void aFullDiskClosesAdmissionAndDoesNotStopAStart() throws IOException {
        BareLog log = log(1).start();
        log.write(1, 3);
        log.force();
        log.disk.capacity(2L * BareLog.SEGMENT);
        for (String name : log.disk.names()) {
            if (new BlockReader(log.disk.open(name)).header() == null
                    && log.disk.names().size() > 2) {
                log.disk.delete(name);
            }
        }
        log.killAndStart();
        assertEquals(values(1, 3), log.valuesAfter(0));
        assertTrue(log.journal.isFull());
        log.disk.capacity(Long.MAX_VALUE);
        log.settle();
        assertFalse(log.journal.isFull());
    }

    @Test
    void aFileShorterThanAHeaderIsNoSegment() throws IOException {
        BareLog log = log(1).start();
        log.write(1, 3);
        log.disk.restartProcess();
        log.disk.allocate("body-00000077", 100);
        log.disk.allocate("body-00000078", 0);
        assertEquals(values(1, 3), log.start().valuesAfter(0));
    }

    @Test
    void aFileWithANameOfItsOwnIsLeftAlone() throws IOException {
        BareLog log = log(1).start();
        log.disk.allocate("body-00000001.bak", BareLog.SEGMENT);
        log.disk.allocate("body-old", BareLog.SEGMENT);
        log.write(1, 3);
        assertEquals(values(1, 3), log.killAndStart().valuesAfter(0));
        assertTrue(log.disk.names().contains("body-00000001.bak"));
    }

    @Test
    void bytesOfAnEventThatLookLikeABlockSayNothing() throws IOException {
        BareLog log = log(1).start();
        log.write(1, 1);
        log.force();
        // a block that tears, and in its middle what a client has made up
        log.add(2, 100);
        log.add(3, 200);
        log.journal.write();
        DiskFile file = log.disk.open(nameOf(log, 1));
        ByteBuffer forged = ByteBuffer.allocateDirect(4096).order(ByteOrder.LITTLE_ENDIAN);
        long offset = 4096L * 4;
        forged.putInt(BodyLayout.MAGIC, BodyLayout.BLOCK_MAGIC);
        forged.putInt(BodyLayout.BLOCK_LENGTH, BodyLayout.BLOCK_HEADER_BYTES);
        forged.putLong(BodyLayout.BLOCK_MARK, 1_000_000);
        forged.putLong(BodyLayout.BLOCK_OFFSET, offset);
        forged.putInt(BodyLayout.CRC,
                BodyLayout.checksum(forged, 0, BodyLayout.BLOCK_HEADER_BYTES));
        file.write(forged, offset);
        file.force();
        assertEquals(values(1, 1), log.losePowerAndStart().valuesAfter(0).subList(0, 1));
    }

    @Test
    void aWriterThatWaitsForRoomHurriesTheForce() throws IOException {
        BareLog log = log(1);
        log.open().recover();
        log.journal.start(LogPosition.START);
        long begun = System.nanoTime();
        for (int i = 1; i <= 5_000; i++) {
            log.add(i, 200);
        }
        log.journal.write();
        assertTrue(System.nanoTime() - begun < 5_000_000_000L, "the interval is 10 s");
        log.journal.close();
    }
}
