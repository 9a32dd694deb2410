package io.ringtally.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.journal.SentLog.Sent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a head is taken; position 1 is the first of the head. */
class HeadReaderTest {

    private static final int SLOTS = 8;
    private static final int SLOT_BYTES = 256;
    private static final SegmentHeader.Owner OWNER =
            new SegmentHeader.Owner(new UUID(1, 2), new UUID(3, 4));

    @TempDir
    private Path directory;

    private Head begin() throws IOException {
        Head head = Head.open(directory, SLOTS, SLOT_BYTES, OWNER);
        head.reset(1, 1);
        return head;
    }

    private static void put(Head head, long position, long batchFirst, int batchSlots,
            boolean committed) {
        HeadFile.put(head, position, new Sent(RecordType.EVENTS, 1,
                SentLog.events(position, 1, 3), batchFirst, batchSlots), committed);
    }

    private static void put(Head head, long position) {
        put(head, position, position, 1, true);
    }

    private HeadReader reader(boolean sameBoot) throws IOException {
        Head found = Head.open(directory, SLOTS, SLOT_BYTES, OWNER);
        return new HeadReader(found.found(), found.foundMemory(), "head", sameBoot);
    }

    /** What is read behind a position: records by their position, gaps by their length below 0. */
    private static List<Long> read(HeadReader reader, long after) throws IOException {
        reader.scan(after);
        List<Long> read = new ArrayList<>();
        reader.read(after, (record, bytes, at) -> {
            assertEquals(record.position(), bytes.getLong(at), "the value is the position");
            read.add(record.position());
        }, positions -> read.add(-positions));
        return read;
    }

    @Test
    void whatIsCommittedIsTakenInOrder() throws IOException {
        Head head = begin();
        for (long position = 1; position <= 11; position++) {
            put(head, position);
        }
        assertEquals(List.of(9L, 10L, 11L), read(reader(true), 8));
        assertEquals(List.of(4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L), read(reader(true), 3));
    }

    @Test
    void anUnfinishedClaimBecomesAGap() throws IOException {
        Head head = begin();
        put(head, 1);
        put(head, 2, 2, 1, false);
        put(head, 5);
        put(head, 6, 6, 1, false);
        assertEquals(List.of(1L, -3L, 5L), read(reader(true), 0));
        assertEquals(List.of(1L, -3L, 5L), read(reader(false), 0));
    }

    @Test
    void aClaimThatLeftTheLapBeforeInItsSlotIsUnfinishedToo() throws IOException {
        Head head = begin();
        for (long position = 1; position <= 8; position++) {
            put(head, position);
        }
        // 9 was claimed and not yet touched, 10 is there: slot 0 still holds position 1
        put(head, 10);
        assertEquals(List.of(-1L, 10L), read(reader(true), 8));
    }

    @Test
    void aRequestWithoutOneOfItsSlotsIsDroppedWhole() throws IOException {
        for (long missing = 2; missing <= 4; missing++) {
            Head head = begin();
            put(head, 1);
            for (long position = 2; position <= 4; position++) {
                put(head, position, 2, 3, position != missing);
            }
            put(head, 5, 5, 2, true);
            put(head, 6, 5, 2, true);
            assertEquals(List.of(1L, -3L, 5L, 6L), read(reader(true), 0), "without " + missing);
        }
    }

    @Test
    void aTornRequestAtTheEndLeavesNoGap() throws IOException {
        Head head = begin();
        put(head, 1);
        put(head, 2, 2, 2, true);
        assertEquals(List.of(1L), read(reader(true), 0));
    }

    @Test
    void aNewerLapOverWhatTheBodyDoesNotHaveIsDamageInTheSameBoot() throws IOException {
        Head head = begin();
        put(head, 1);
        put(head, 10);
        LogDamagedException refused = assertThrows(LogDamagedException.class,
                () -> reader(true).scan(1));
        assertTrue(refused.getMessage().contains("position 10"), refused.getMessage());
        assertEquals(List.of(-8L, 10L), read(reader(false), 1));
    }

    @Test
    void aWordThatDoesNotFitIsDamageInTheSameBootAndNothingInAnother() throws IOException {
        Head head = begin();
        put(head, 1);
        put(head, 2);
        head.memory().put(SLOT_BYTES + SlotLayout.HEADER_BYTES, (byte) 77);
        assertThrows(LogDamagedException.class, () -> reader(true).scan(0));
        assertEquals(List.of(1L), read(reader(false), 0));
    }

    @Test
    void recordsOfTheRunBeforeNeverValidate() throws IOException {
        Head head = begin();
        put(head, 1);
        byte[] slot = new byte[SLOT_BYTES];
        head.memory().get(0, slot);
        Head next = Head.open(directory, SLOTS, SLOT_BYTES, OWNER);
        next.reset(2, 1);
        next.memory().put(0, slot);
        assertEquals(List.of(), read(reader(false), 0));
        assertThrows(LogDamagedException.class, () -> reader(true).scan(0));
    }

    @Test
    void aBodyThatEndsBeforeTheHeadBeginsIsDamage() throws IOException {
        Head head = Head.open(directory, SLOTS, SLOT_BYTES, OWNER);
        head.reset(1, 10);
        assertThrows(LogDamagedException.class, () -> reader(true).scan(8));
        assertThrows(LogDamagedException.class, () -> reader(false).scan(8));
        assertEquals(List.of(), read(reader(true), 9));
    }

    @Test
    void aHeadOfAnotherGeometryIsReadAsItIs() throws IOException {
        Head head = begin();
        put(head, 1);
        put(head, 2);
        Head wider = Head.open(directory, 2 * SLOTS, 2 * SLOT_BYTES, OWNER);
        HeadReader reader =
                new HeadReader(wider.found(), wider.foundMemory(), "head", true);
        assertEquals(List.of(1L, 2L), read(reader, 0));
        wider.reset(2, 3);
        Head again = Head.open(directory, 2 * SLOTS, 2 * SLOT_BYTES, OWNER);
        assertEquals(2 * SLOTS, again.found().slots());
        assertEquals(List.of(),
                read(new HeadReader(again.found(), again.foundMemory(), "head", true), 2));
    }

    @Test
    void aHeadThatIsGoneIsDamageOnlyInTheBootItWasWrittenIn() throws IOException {
        BareLog log = new BareLog(1, directory).start();
        log.write(1, 3);
        log.force();
        Files.delete(directory.resolve("head"));
        log.disk.restartProcess();
        assertThrows(LogDamagedException.class, log::start);
        assertEquals(List.of(1L, 2L, 3L), log.losePowerAndStart().valuesAfter(0));
    }
}
