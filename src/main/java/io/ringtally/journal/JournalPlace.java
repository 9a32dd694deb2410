package io.ringtally.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Where a journal lies and what it is made of.
 *
 * <p>Threading: immutable.
 *
 * @param log directory of the body's files
 * @param head directory of the head's file; may be another, on a file system in memory
 * @param identity UUID of the log
 * @param slots number of slots of the head
 * @param slotBytes bytes of a slot
 */
public record JournalPlace(Path log, Path head, UUID identity, int slots, int slotBytes) {

    /**
     * Opens the journal, and makes the head if this is a new log.
     *
     * @param died told when the log can be written nowhere; ends the process
     * @throws LogDamagedException if the files cannot be those of one log
     */
    public Journal open(JournalSettings settings, Consumer<Throwable> died) throws IOException {
        SystemDisk.makeDirectories(log);
        return open(new SystemDisk(log), LogFiles.bootId(), settings, died);
    }

    Journal open(Disk disk, UUID boot, JournalSettings settings, Consumer<Throwable> died)
            throws IOException {
        LogFiles files = new LogFiles(disk, new SegmentHeader.Owner(identity, boot));
        files.openBody();
        files.openHead(head, slots, slotBytes);
        return new Journal(files, settings, reserveBytes(), died);
    }

    /** Bytes of a full ring of the largest records, in the body's form; blocks add little. */
    private long reserveBytes() {
        long records = (long) slots
                * (slotBytes - SlotLayout.HEADER_BYTES + BodyLayout.RECORD_HEADER_BYTES);
        return records + records / 32 + BodyLayout.ALIGNMENT;
    }
}
