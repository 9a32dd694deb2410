package io.ringtally.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.event.EventCursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;

/**
 * What was put into a log and what was promised about it; judges what a recovery has found.
 *
 * <p>Threading: none.
 */
final class SentLog {

    private final TreeMap<Long, Sent> records = new TreeMap<>();
    private long synced;
    private long checkpoint;
    private LogTotals checkpointTotals = new LogTotals();
    private boolean powerLost;

    /** One record that was put into the head: {@code answered} once all of its request was. */
    static final class Sent {

        final byte type;
        final int eventCount;
        final byte[] events;
        final long batchFirst;
        final int batchSlots;
        boolean answered;

        Sent(byte type, int eventCount, byte[] events, long batchFirst, int batchSlots) {
            this.type = type;
            this.eventCount = eventCount;
            this.events = events;
            this.batchFirst = batchFirst;
            this.batchSlots = batchSlots;
        }
    }

    /** The same promises; what is judged there is not judged here. */
    SentLog copy() {
        SentLog copy = new SentLog();
        copy.records.putAll(records);
        copy.synced = synced;
        copy.checkpoint = checkpoint;
        copy.checkpointTotals = checkpointTotals.copy();
        copy.powerLost = powerLost;
        return copy;
    }

    void sent(long position, Sent record) {
        records.put(position, record);
    }

    Sent at(long position) {
        return records.get(position);
    }

    /** All of a request is committed: its answer is out. */
    void answered(long first, int slots) {
        for (long position = first; position < first + slots; position++) {
            records.get(position).answered = true;
        }
    }

    /** Everything up to here was answered as synced. */
    void synced(long position) {
        synced = Math.max(synced, position);
    }

    long synced() {
        return synced;
    }

    long checkpoint() {
        return checkpoint;
    }

    /** The greatest CUT up to a position; 0 if there is none that is not in Postgres. */
    long lastCut(long upTo) {
        return records.headMap(upTo, true).descendingMap().entrySet().stream()
                .takeWhile(entry -> entry.getKey() > checkpoint)
                .filter(entry -> entry.getValue().type == RecordType.CUT)
                .findFirst().map(entry -> entry.getKey()).orElse(0L);
    }

    /** Postgres has everything up to this CUT. */
    void flushed(long cut) {
        LogTotals totals = checkpointTotals.copy();
        for (Sent record : records.subMap(checkpoint, false, cut, true).values()) {
            count(record, totals);
        }
        checkpoint = cut;
        checkpointTotals = totals;
        records.headMap(cut, true).values().removeIf(record -> record.batchFirst < cut - 10_000);
    }

    private static void count(Sent record, LogTotals totals) {
        EventCursor event = new EventCursor(
                ByteBuffer.wrap(record.events).order(ByteOrder.LITTLE_ENDIAN));
        for (int at = 0; at < record.events.length; at += event.size()) {
            totals.add(event.at(at).value());
        }
    }

    /** From here on only what was synced has to be there. */
    void powerLost() {
        powerLost = true;
    }

    /**
     * Compares what a recovery has found with what was promised, and goes on from there: what was
     * found is forced now.
     */
    void judge(Journal journal) throws IOException {
        long begin = journal.begin().number();
        long end = journal.end().number();
        assertTrue(begin <= checkpoint, "the log begins after " + begin
                + ", and the checkpoint is " + checkpoint);
        assertTrue(end >= checkpoint, "the log ends at " + end + ", and the checkpoint is "
                + checkpoint);
        assertTrue(end >= synced, "the log ends at " + end + ", and " + synced + " was synced");
        assertTrue(journal.totalsAt(new LogPosition(checkpoint)).sameAs(checkpointTotals),
                "the totals at the checkpoint");
        Found found = new Found(begin);
        journal.replay(journal.begin(), found);
        assertEquals(end + 1, found.next, "where what was read ends");
        records.headMap(begin, true).clear();
        records.forEach((position, record) -> {
            if (position <= synced || record.answered && !powerLost) {
                assertTrue(found.positions.contains(position), "position " + position
                        + " is lost; synced " + synced + ", answered " + record.answered
                        + ", power lost " + powerLost);
            }
        });
        for (long position : found.positions) {
            Sent record = records.get(position);
            for (long one = record.batchFirst; one < record.batchFirst + record.batchSlots;
                    one++) {
                assertTrue(one <= begin || found.positions.contains(one), "position " + position
                        + " is there and " + one + " of the same request is not");
            }
        }
        records.keySet().retainAll(found.positions);
        LogTotals all = checkpointTotals.copy();
        records.tailMap(checkpoint, false).values().forEach(record -> count(record, all));
        assertTrue(journal.totalsAt(journal.end()).sameAs(all), "the totals at the end");
        synced = end;
        powerLost = false;
    }

    /** Takes in what a recovery shows. */
    private final class Found implements RecordVisitor {

        final Set<Long> positions = new HashSet<>();
        long next;

        Found(long begin) {
            next = begin + 1;
        }

        @Override
        public void record(LogRecord record, ByteBuffer bytes, int at) {
            assertEquals(next, record.position(), "positions without holes");
            if (record.type() == RecordType.GAP) {
                next += bytes.getLong(at);
                return;
            }
            next++;
            Sent sent = records.get(record.position());
            assertNotNull(sent, "a record at position " + record.position()
                    + " that nobody has sent");
            assertEquals(sent.type, record.type(), "type at " + record.position());
            assertEquals(sent.eventCount, record.eventCount());
            assertEquals(sent.batchFirst, record.position() - record.batchIndex());
            assertEquals(sent.batchSlots, record.batchSlots());
            byte[] events = new byte[record.type() == RecordType.EVENTS ? record.length() : 0];
            bytes.get(at, events, 0, events.length);
            assertArrayEquals(sent.events, events, "events at " + record.position());
            positions.add(record.position());
        }
    }

    /** Encoded events, each with its own value. */
    static byte[] events(long firstValue, int count, int textBytes) {
        int size = 36 + 2 + textBytes + 7 & ~7;
        ByteBuffer to = ByteBuffer.allocate(size * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            int at = i * size;
            to.putLong(at, firstValue + i);
            to.putLong(at + 8, firstValue);
            to.put(at + 33, (byte) (textBytes + 1));
            to.put(at + 34, (byte) 1);
            byte[] text = new byte[textBytes + 2];
            Arrays.fill(text, (byte) ('a' + firstValue % 26));
            to.put(at + 36, text);
        }
        return to.array();
    }
}
