package io.ringtally.journal;

import io.ringtally.journal.SentLog.Sent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;

/**
 * A log whose every record is known, to be damaged in copies: records in the head, written ones,
 * forced ones with a mark behind them, and some that are in Postgres.
 *
 * <p>Threading: none.
 */
final class KnownLog {

    private static final int SEGMENT = 64 << 10;
    private static final int SLOTS = 32;
    private static final int SLOT_BYTES = 512;
    private static final UUID IDENTITY = new UUID(1, 2);
    private static final UUID BOOT = new UUID(3, 4);
    private static final JournalSettings SETTINGS = new JournalSettings(SEGMENT, 40L * SEGMENT,
            Duration.ofMillis(20), 2 * SEGMENT, Duration.ZERO);

    final SimulatedDisk disk = new SimulatedDisk(1);
    final HeadFile head;
    final SentLog sent = new SentLog();
    byte[] headBytes;
    private final Random random = new Random(1);
    private final Path directory;
    private Journal journal;
    private long next = 1;

    /** Begins an empty log whose head lies in {@code directory}. */
    KnownLog(Path directory) throws IOException {
        this.directory = directory;
        this.head = new HeadFile(directory);
        journal = open(disk, BOOT);
        journal.recover();
        journal.ready(LogPosition.START);
    }

    private Journal open(SimulatedDisk on, UUID boot) throws IOException {
        return new JournalPlace(directory, directory, IDENTITY, SLOTS, SLOT_BYTES)
                .open(on, boot, SETTINGS, cause -> { });
    }

    /** Adds requests of some slots each to the head, and writes them if that is wanted. */
    void add(int requests, boolean write) throws IOException {
        for (int i = 0; i < requests; i++) {
            int slots = random.nextInt(4) == 0 ? 3 : 1;
            long first = next;
            for (int slot = 0; slot < slots; slot++) {
                int text = random.nextInt(40);
                sent.sent(next, new Sent(RecordType.EVENTS, 3,
                        SentLog.events(random.nextLong(), 3, text), first, slots));
                HeadFile.put(journal.head(), next, sent.at(next), true);
                next++;
            }
            sent.answered(first, slots);
            if (write) {
                append(first, slots);
            }
        }
        if (write) {
            journal.write();
        }
    }

    private void append(long first, int slots) throws IOException {
        int bytes = 0;
        for (long one = first; one < first + slots; one++) {
            bytes += EventLog.RECORD_BYTES + sent.at(one).events.length;
        }
        journal.begin(bytes);
        for (int i = 0; i < slots; i++) {
            journal.addEvents(3, i, slots, journal.head().memory(),
                    HeadFile.address(journal.head(), first + i),
                    sent.at(first + i).events.length);
        }
    }

    /** Adds a CUT, forces the log and flushes up to there. */
    void flush() throws IOException {
        sent.sent(next, new Sent(RecordType.CUT, 0, new byte[0], next, 1));
        HeadFile.put(journal.head(), next, sent.at(next), true);
        sent.answered(next, 1);
        journal.add(RecordType.CUT);
        journal.write();
        force();
        sent.flushed(next);
        next++;
    }

    void force() throws IOException {
        sent.synced(journal.body().force());
    }

    void mark() throws IOException {
        journal.body().writeMark();
    }

    /** Ends the run, and remembers what the head holds. */
    KnownLog end() throws IOException {
        headBytes = head.read();
        journal = null;
        return this;
    }

    /** The segment with the greatest ordinal. */
    String lastSegment() throws IOException {
        disk.restartProcess();
        String last = null;
        long greatest = 0;
        for (String name : disk.names()) {
            SegmentHeader header = new BlockReader(disk.open(name)).header();
            if (header != null && header.ordinal() > greatest) {
                greatest = header.ordinal();
                last = name;
            }
        }
        return last;
    }

    /** Where the last valid block of a segment ends. */
    long endOf(String name) throws IOException {
        BlockReader blocks = new BlockReader(disk.open(name));
        long at = BodyLayout.ALIGNMENT;
        while (blocks.hasBlock(at)) {
            at += BodyLayout.aligned(blocks.length());
        }
        return at;
    }

    /**
     * Recovers a damaged copy and judges what it holds.
     *
     * @param powerLost whether the machine was started anew since
     * @return false if the start is refused
     */
    boolean survives(SimulatedDisk damaged, byte[] damagedHead, boolean powerLost)
            throws IOException {
        // a new file each time: what an earlier start has mapped is not touched
        Files.deleteIfExists(directory.resolve("head"));
        head.write(damagedHead);
        SentLog promised = sent.copy();
        if (powerLost) {
            promised.powerLost();
        }
        Journal again;
        try {
            again = open(damaged, powerLost ? new UUID(5, 6) : BOOT);
            again.recover();
        } catch (LogDamagedException refused) {
            return false;
        }
        if (again.begin().number() > promised.checkpoint()
                || again.end().number() < promised.checkpoint()) {
            // recovery.Replay refuses it
            return false;
        }
        promised.judge(again);
        return true;
    }
}
