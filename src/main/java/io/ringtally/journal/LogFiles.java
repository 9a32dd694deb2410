package io.ringtally.journal;

import io.ringtally.journal.Disk.DiskFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The files of one log as a start finds them.
 *
 * <p>Threading: the starting thread's.
 */
final class LogFiles {

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final Disk disk;
    private final SegmentHeader.Owner owner;
    private final List<DiskFile> bodyFiles = new ArrayList<>();
    private Head head;

    LogFiles(Disk disk, SegmentHeader.Owner owner) {
        this.disk = disk;
        this.owner = owner;
    }

    /** The machine's boot, which changes when power was lost; a random one where nobody tells. */
    static UUID bootId() {
        try {
            return UUID.fromString(Files.readString(BOOT_ID, StandardCharsets.US_ASCII).trim());
        } catch (IOException | IllegalArgumentException unknown) {
            return UUID.randomUUID();
        }
    }

    /**
     * Opens the body's files and deletes those that were never finished. The names are forced: a
     * run that was killed may have left that undone.
     */
    void openBody() throws IOException {
        for (String name : disk.names()) {
            if (SegmentStore.isUnfinished(name)) {
                disk.delete(name);
            } else if (SegmentStore.isBody(name)) {
                bodyFiles.add(disk.open(name));
            }
        }
        disk.forceNames();
    }

    /**
     * Opens the head, or makes one if there never was one, or it went with the power.
     *
     * @throws LogDamagedException if it should be there and is not
     */
    void openHead(Path directory, int slots, int slotBytes) throws IOException {
        if (!Files.exists(directory.resolve("head"))) {
            for (BodyReader.Part part : reader().parts()) {
                if (part.header.owner().boot().equals(owner.boot())) {
                    throw new LogDamagedException(directory.resolve("head").toString(), 0,
                            "the file is not there, although the machine has been up since it was"
                                    + " written; check head.dir");
                }
            }
        }
        head = Head.open(directory, slots, slotBytes, owner);
    }

    Head head() {
        return head;
    }

    Disk disk() {
        return disk;
    }

    SegmentHeader.Owner owner() {
        return owner;
    }

    /** A reader of all the body's files. */
    BodyReader reader() throws IOException {
        return new BodyReader(bodyFiles, owner.log());
    }

    /** A reader of the head, or null if no run has used it. */
    HeadReader headReader() {
        HeadHeader found = head.found();
        return found == null || found.run() == 0 ? null
                : new HeadReader(found, head.foundMemory(), head.file().toString(),
                        found.owner().boot().equals(owner.boot()));
    }

    /**
     * Files that no segment of the log lies in. Their headers are cleared, those that are blank
     * too: what looks blank here may still be a header on the disk.
     */
    List<DiskFile> spares(BodyReader reader) throws IOException {
        Set<String> used = new HashSet<>();
        reader.parts().forEach(part -> used.add(part.file().name()));
        reader.odd().forEach(blocks -> used.add(blocks.file().name()));
        List<DiskFile> spares = new ArrayList<>();
        for (DiskFile file : bodyFiles) {
            if (!used.contains(file.name())) {
                spares.add(cleared(file));
            }
        }
        return spares;
    }

    /** Files that are not segments and have been: only to be used again once all is judged. */
    List<DiskFile> odd(BodyReader reader) throws IOException {
        List<DiskFile> odd = new ArrayList<>();
        for (BlockReader blocks : reader.odd()) {
            odd.add(cleared(blocks.file()));
        }
        return odd;
    }

    private static DiskFile cleared(DiskFile file) throws IOException {
        if (file.bytes() >= BodyLayout.ALIGNMENT) {
            SegmentStore.clearHeader(file);
        }
        return file;
    }

    /** Number of the last start that left a trace. */
    long lastRun(BodyReader reader) {
        long last = head.found() == null ? 0 : head.found().run();
        for (BodyReader.Part part : reader.parts()) {
            last = Math.max(last, part.header.run());
        }
        return last;
    }

    long lastOrdinal(BodyReader reader) {
        return reader.parts().isEmpty() ? 0
                : reader.parts().get(reader.parts().size() - 1).header.ordinal();
    }
}
