package io.ringtally.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A log on a simulated disk whose journal does what a test says, step by step. Its events go to the
 * body only; each has a value of its own.
 *
 * <p>Threading: none.
 */
final class BareLog {

    static final int SEGMENT = 64 << 10;

    final SimulatedDisk disk;
    final UUID identity = new UUID(1, 2);
    UUID boot = new UUID(3, 0);
    long checkpoint;
    JournalSettings settings = new JournalSettings(SEGMENT, 40L * SEGMENT,
            Duration.ofSeconds(10), 16 * SEGMENT, Duration.ZERO);
    Journal journal;
    private final Path headDirectory;
    private final ByteBuffer event =
            ByteBuffer.allocateDirect(32 << 10).order(ByteOrder.LITTLE_ENDIAN);

    BareLog(long seed, Path headDirectory) {
        this(new SimulatedDisk(seed), headDirectory);
    }

    BareLog(SimulatedDisk disk, Path headDirectory) {
        this.disk = disk;
        this.headDirectory = headDirectory;
    }

    Journal open() throws IOException {
        journal = new JournalPlace(headDirectory, headDirectory, identity, 32, 512)
                .open(disk, boot, settings, cause -> { });
        return journal;
    }

    /** Recovers, and accepts from there. */
    BareLog start() throws IOException {
        open().recover();
        journal.ready(new LogPosition(checkpoint));
        return this;
    }

    BareLog killAndStart() throws IOException {
        disk.restartProcess();
        return start();
    }

    void losePower() {
        disk.losePower();
        boot = new UUID(3, boot.getLeastSignificantBits() + 1);
    }

    BareLog losePowerAndStart() throws IOException {
        losePower();
        return start();
    }

    /** Adds one record with one event, and does not write it. */
    void add(long value, int textBytes) throws IOException {
        byte[] bytes = SentLog.events(value, 1, textBytes);
        event.put(0, bytes);
        journal.begin(EventLog.RECORD_BYTES + bytes.length);
        journal.addEvents(1, 0, 1, event, 0, bytes.length);
    }

    /** Writes records with the values {@code from} to {@code to}, a block each. */
    void write(long from, long to) throws IOException {
        for (long value = from; value <= to; value++) {
            add(value, 5);
            journal.write();
        }
    }

    long force() throws IOException {
        return journal.body().force();
    }

    /** Everything forced up to here is in Postgres, and the store has done all it wants to. */
    void flushed(long position) throws IOException {
        checkpoint = position;
        journal.persisted(new LogPosition(position));
        settle();
    }

    void settle() throws IOException {
        while (journal.store().step()) {
            continue;
        }
    }

    /** The values the log holds, in order, by what a replay after a position shows. */
    List<Long> valuesAfter(long position) throws IOException {
        List<Long> values = new ArrayList<>();
        journal.replay(new LogPosition(position), (record, bytes, at) -> {
            if (record.type() == RecordType.EVENTS) {
                values.add(bytes.getLong(at));
                assert record.position() == bytes.getLong(at) : "moved to " + record.position();
            }
        });
        return values;
    }
}
