package io.ringtally.inspect;

import io.ringtally.event.EventBatch;
import io.ringtally.event.EventDraft;
import io.ringtally.journal.EventLog;
import io.ringtally.journal.HeadLayout;
import io.ringtally.journal.Journal;
import io.ringtally.journal.JournalPlace;
import io.ringtally.journal.JournalSettings;
import io.ringtally.journal.LogIdentity;
import io.ringtally.journal.LogPosition;
import io.ringtally.journal.RecordType;
import io.ringtally.journal.SlotHeader;
import io.ringtally.journal.SlotLayout;
import io.ringtally.journal.SlotSeal;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A log made by the journal itself, in small steps: first into the head, later into the body. A
 * copy of its files, taken while it is open, is what a killed process leaves.
 *
 * <p>Threading: one test thread.
 */
final class SmallLog implements AutoCloseable {

    static final int SLOTS = 64;
    private static final int SLOT_BYTES = 1024;
    private static final JournalSettings SETTINGS = new JournalSettings(1 << 20, 16L << 20,
            Duration.ofMillis(1), 1 << 20, Duration.ofDays(1));

    private final Path log;
    private final int slots;
    private final EventBatch batch = new EventBatch(1);
    private final Journal journal;
    private final SlotSeal seal;
    /** What the body does not have yet: the slots of each request, or null for a CUT. */
    private final List<long[]> waiting = new ArrayList<>();
    private long next;

    SmallLog(Path data, int slots) throws IOException {
        this.log = data.resolve("log");
        this.slots = slots;
        journal = open(data, slots);
        journal.recover();
        journal.start(LogPosition.START);
        seal = journal.head().seal();
        next = journal.end().number() + 1;
    }

    private static Journal open(Path data, int slots) throws IOException {
        Path log = data.resolve("log");
        return new JournalPlace(log, log, LogIdentity.openOrCreate(log).uuid(), slots, SLOT_BYTES)
                .open(SETTINGS, died -> {
                    throw new AssertionError(died);
                });
    }

    /** Why a start refuses this log; null if it does not. The start changes the files. */
    static IOException refusal(Path data) throws IOException {
        try (Journal started = open(data, SLOTS)) {
            started.recover();
            return null;
        } catch (IOException refused) {
            return refused;
        }
    }

    /** Puts a request of so many one-event slots into the head, values 1, 2 and so on from next. */
    void post(int events) {
        post(events, events);
    }

    /** The same, and dies after {@code committed} of its slots, or goes on if that is all. */
    void post(int events, int committed) {
        ByteBuffer memory = journal.head().memory();
        long first = next;
        for (int i = 0; i < events; i++, next++) {
            int at = at(next);
            seal.open(memory, at);
            if (i >= committed) {
                continue;
            }
            encode(next);
            SlotHeader header = new SlotHeader(RecordType.EVENTS, 1, next, first, events,
                    batch.usedBytes());
            header.write(memory, at);
            batch.copyTo(memory, at + SlotLayout.HEADER_BYTES, 0, batch.usedBytes());
            seal.close(memory, at, seal.commitWord(header, batch.bytes(), 0));
        }
        if (committed == events) {
            waiting.add(new long[] {first, next - 1});
        }
    }

    /** Puts a CUT into the head. */
    void cut() {
        ByteBuffer memory = journal.head().memory();
        int at = at(next);
        seal.open(memory, at);
        SlotHeader header = SlotHeader.control(RecordType.CUT, next);
        header.write(memory, at);
        seal.close(memory, at, seal.commitWord(header, new byte[0], 0));
        waiting.add(null);
        next++;
    }

    /** Leaves a position as a thread does that dies between claim and commit. */
    void claimOnly() {
        seal.open(journal.head().memory(), at(next++));
    }

    private int at(long position) {
        return (int) ((position - journal.head().base()) % slots) * SLOT_BYTES;
    }

    private void encode(long position) {
        byte[] message = ("message-" + position).getBytes(StandardCharsets.UTF_8);
        byte[] event = "SEEN".getBytes(StandardCharsets.UTF_8);
        batch.begin(1_700_000_000_000_000L + position);
        batch.accept(new EventDraft().clear().app(event, 0, 0).message(message, 0, message.length)
                .event(event, 0, event.length).value(position).createdAt(1_000_000));
    }

    /** Writes what waits in the head to the body, each request in a block of its own. */
    void write() throws IOException {
        ByteBuffer memory = journal.head().memory();
        for (long[] request : waiting) {
            if (request == null) {
                journal.add(RecordType.CUT);
                continue;
            }
            int count = (int) (request[1] - request[0] + 1);
            journal.begin(count * (EventLog.RECORD_BYTES + SLOT_BYTES));
            for (long position = request[0]; position <= request[1]; position++) {
                int at = at(position);
                journal.addEvents(1, (int) (position - request[0]), count, memory,
                        at + SlotLayout.HEADER_BYTES,
                        memory.getInt(at + SlotLayout.USED_BYTES));
            }
            journal.write();
        }
        journal.write();
        waiting.clear();
    }

    /** Writes, and waits until that is forced. */
    void force() throws IOException, InterruptedException {
        write();
        if (!journal.awaitForced(new LogPosition(next - 1), 20_000)) {
            throw new AssertionError("position " + (next - 1) + " was not forced in 20 s");
        }
    }

    /** Position of the record put in last. */
    long last() {
        return next - 1;
    }

    /** What would be there if the process were killed now. */
    void killInto(Path data) throws IOException {
        copy(log, data.resolve("log"));
    }

    static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    /** Makes a head one that was written before the power was lost. */
    static void ofAnotherBoot(Path head) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(head.toFile(), "rw")) {
            byte[] header = new byte[HeadLayout.CHECKED_BYTES];
            file.readFully(header);
            header[HeadLayout.BOOT] ^= 1;
            CRC32C crc = new CRC32C();
            crc.update(header, HeadLayout.MAGIC, header.length - HeadLayout.MAGIC);
            ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(HeadLayout.CRC, (int) crc.getValue());
            file.seek(0);
            file.write(header);
        }
    }

    /** Whether a file is more than zeros at its beginning: no spare. */
    static boolean holdsSomething(Path file) {
        try (InputStream bytes = Files.newInputStream(file)) {
            for (byte one : bytes.readNBytes(SLOT_BYTES)) {
                if (one != 0) {
                    return true;
                }
            }
            return false;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
