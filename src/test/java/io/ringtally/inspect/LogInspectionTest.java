package io.ringtally.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.journal.BodyLayout;
import io.ringtally.journal.HeadLayout;
import io.ringtally.journal.RecordType;
import io.ringtally.journal.SlotLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the second reader says of logs that the journal has made. */
class LogInspectionTest {

    private static final int PAGE = BodyLayout.ALIGNMENT;

    @TempDir
    private Path directory;
    private Path killed;

    @BeforeEach
    void nameTheCopy() {
        killed = directory.resolve("killed");
    }

    @Test
    void whatIsForcedAndWhatIsInTheHeadOnlyAreBothThere() throws Exception {
        try (SmallLog log = new SmallLog(directory.resolve("data"), SmallLog.SLOTS)) {
            log.post(3);
            log.post(1);
            log.cut();
            log.force();
            log.post(2);
            log.killInto(killed);
        }
        try (LogInspection read = read()) {
            assertEquals(List.of(), read.damages());
            assertEquals(5, read.bodyEnd());
            assertEquals(7, read.end());
            assertEquals(2, read.head().aboveBody());
            assertEquals(4, read.bodyRecords().of(RecordType.EVENTS));
            assertEquals(1, read.bodyRecords().of(RecordType.CUT));
            assertEquals("4 events with the sum 10", read.bodyTotals().toString());
            assertEquals(List.of(1L, 2L, 3L, 4L, 6L, 7L), values(read, 1, Long.MAX_VALUE));
            assertEquals(List.of(3L, 4L, 6L), values(read, 3, 6));
        }
    }

    @Test
    void aRequestThatWasCommittedInPartIsNotThereAndNeitherIsAnUnfinishedClaim() throws Exception {
        try (SmallLog log = new SmallLog(directory.resolve("data"), SmallLog.SLOTS)) {
            log.post(2);
            log.force();
            log.post(3, 2);
            log.claimOnly();
            log.post(1);
            log.post(2, 1);
            log.killInto(killed);
        }
        try (LogInspection read = read()) {
            assertEquals(List.of(), read.damages());
            assertEquals(7, read.end());
            assertEquals(1, read.head().aboveBody());
            assertEquals(4, read.head().skipped());
            assertEquals(List.of(1L, 2L, 7L), values(read, 1, Long.MAX_VALUE));
        }
    }

    @Test
    void runsWithOtherGeometriesFollowEachOtherAndGapsAreExplained() throws Exception {
        Path data = directory.resolve("data");
        Path second = directory.resolve("second");
        try (SmallLog log = new SmallLog(data, SmallLog.SLOTS)) {
            log.post(2);
            log.claimOnly();
            log.post(1);
            log.killInto(second);
        }
        try (SmallLog log = new SmallLog(second, 2 * SmallLog.SLOTS)) {
            log.post(5);
            log.force();
            log.killInto(killed);
        }
        try (LogInspection read = read()) {
            assertEquals(List.of(), read.damages());
            assertEquals(9, read.end());
            assertEquals(1, read.bodyRecords().skippedPositions());
            assertEquals(2 * SmallLog.SLOTS, read.head().slots());
            assertEquals(List.of(1L, 2L, 4L, 5L, 6L, 7L, 8L, 9L),
                    values(read, 1, Long.MAX_VALUE));
            assertEquals(List.of(4L, 5L), values(read, 3, 5));
        }
    }

    @Test
    void aFlippedBitInAForcedBlockIsNamedByFileAndOffsetAndTheRestIsExported() throws Exception {
        forcedOneByOne(6);
        Path segment = lastSegment();
        // the header, then one block for each request
        flip(segment, 3L * PAGE + 100);
        // what the head has in its place would hide what is lost
        Files.delete(killed.resolve("log/head"));
        try (LogInspection read = read()) {
            assertEquals(segment + " offset " + 3 * PAGE, place(read.damages().get(0)));
            assertTrue(read.damages().get(0).what().contains("position 3"),
                    read.damages().toString());
            Lines lines = new Lines();
            read.events(1, Long.MAX_VALUE, lines);
            assertEquals(List.of(1L, 2L, 4L, 5L, 6L), lines.values);
            assertEquals(List.of("3 to 3"), lines.lost);
        }
        assertNotNull(SmallLog.refusal(killed));
    }

    @Test
    void whatTheBodyHasLostIsTakenFromTheHeadWhereThatStillHasIt() throws Exception {
        forcedOneByOne(6);
        flip(lastSegment(), 3L * PAGE + 100);
        try (LogInspection read = read()) {
            assertEquals(1, read.damages().size());
            assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 6L), values(read, 1, Long.MAX_VALUE));
        }
    }

    @Test
    void aSegmentWithoutItsHeaderIsDamageAndIsExported() throws Exception {
        forcedOneByOne(4);
        Path segment = lastSegment();
        flip(segment, BodyLayout.SEGMENT_SALT);
        try (LogInspection read = read()) {
            assertEquals(segment + " offset 0", place(read.damages().get(0)));
            assertEquals(List.of(1L, 2L, 3L, 4L), values(read, 1, Long.MAX_VALUE));
        }
        assertNotNull(SmallLog.refusal(killed));
    }

    @Test
    void theOldestOfSeveralSegmentsWithoutItsHeaderIsDamageAndIsExported() throws Exception {
        Path second = directory.resolve("second");
        try (SmallLog log = new SmallLog(directory.resolve("data"), SmallLog.SLOTS)) {
            log.post(2);
            log.force();
            // its block carries the mark of those before
            log.post(1);
            log.force();
            log.killInto(second);
        }
        try (SmallLog log = new SmallLog(second, SmallLog.SLOTS)) {
            log.post(2);
            log.force();
            log.killInto(killed);
        }
        Path oldest;
        try (LogInspection read = read()) {
            oldest = read.segments().stream().filter(segment -> segment.state()
                    == SegmentState.LIVE && segment.first() == 1).findFirst().orElseThrow()
                    .file();
        }
        flip(oldest, BodyLayout.SEGMENT_FIRST);
        try (LogInspection read = read()) {
            assertEquals(oldest + " offset 0", place(read.damages().get(0)));
            assertEquals(List.of(1L, 2L, 3L, 4L, 5L), values(read, 1, Long.MAX_VALUE));
        }
    }

    @Test
    void aTailThatWasNotForcedIsCutOffAndIsNoDamage() throws Exception {
        try (SmallLog log = new SmallLog(directory.resolve("data"), SmallLog.SLOTS)) {
            log.post(1);
            log.force();
            log.killInto(killed);
        }
        Path segment = lastSegment();
        // a block whose beginning only has reached the disk, behind all that is forced
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            byte[] block = new byte[PAGE];
            file.seek(PAGE);
            file.readFully(block);
            file.seek(8L * PAGE);
            file.write(block, 0, 64);
        }
        try (LogInspection read = read()) {
            assertEquals(List.of(), read.damages());
            assertEquals(1, read.end());
        }
        assertNull(SmallLog.refusal(killed));
    }

    @Test
    void aFileShorterThanAHeaderIsNoSegmentAndTheHeadStillHasItsRecords() throws Exception {
        forcedOneByOne(4);
        try (RandomAccessFile file = new RandomAccessFile(lastSegment().toFile(), "rw")) {
            file.setLength(100);
        }
        try (LogInspection read = read()) {
            assertEquals(List.of(), read.damages());
            assertEquals(List.of(1L, 2L, 3L, 4L), values(read, 1, Long.MAX_VALUE));
        }
        assertNull(SmallLog.refusal(killed));
    }

    @Test
    void aFlippedBitInASlotOfThisBootIsNamedByItsOffset() throws Exception {
        try (SmallLog log = new SmallLog(directory.resolve("data"), SmallLog.SLOTS)) {
            log.post(3);
            log.killInto(killed);
        }
        Path head = killed.resolve("log/head");
        long slot = HeadLayout.HEADER_BYTES + 1024;
        flip(head, slot + SlotLayout.HEADER_BYTES + 3);
        try (LogInspection read = read()) {
            assertEquals(head + " offset " + slot, place(read.damages().get(0)));
        }
        assertNotNull(SmallLog.refusal(killed));
    }

    private void forcedOneByOne(int requests) throws Exception {
        try (SmallLog log = new SmallLog(directory.resolve("data"), SmallLog.SLOTS)) {
            for (int i = 0; i < requests; i++) {
                log.post(1);
            }
            log.force();
        }
        SmallLog.copy(directory.resolve("data/log"), killed.resolve("log"));
    }

    private Path lastSegment() throws IOException {
        try (LogInspection read = read()) {
            return read.segments().stream()
                    .filter(segment -> segment.state() == SegmentState.LIVE)
                    .reduce((first, second) -> second).orElseThrow().file();
        }
    }

    private static void flip(Path file, long offset) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(offset);
            int before = bytes.read();
            bytes.seek(offset);
            bytes.write(before ^ 4);
        }
    }

    private static String place(Damage damage) {
        return damage.file() + " offset " + damage.offset();
    }

    private LogInspection read() throws IOException {
        return LogInspection.of(killed.resolve("log"), killed.resolve("log"), (done, all) -> { });
    }

    private static List<Long> values(LogInspection read, long from, long to) throws IOException {
        Lines lines = new Lines();
        read.events(from, to, lines);
        assertEquals(List.of(), lines.lost);
        return lines.values;
    }

    private static final class Lines implements EventVisitor {

        private final List<Long> values = new ArrayList<>();
        private final List<String> lost = new ArrayList<>();

        @Override
        public void event(LoggedEvent event) {
            assertEquals(event.position(), event.value());
            assertEquals("message-" + event.position(), event.messageId());
            values.add(event.value());
        }

        @Override
        public void lost(long from, long to) {
            lost.add(from + " to " + to);
        }
    }
}
