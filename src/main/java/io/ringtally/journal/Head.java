package io.ringtally.journal;

import io.ringtally.fault.FaultPoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.UUID;

/**
 * The ring's memory: a circular file of slots, mapped. What is committed in it survives the
 * process, because the kernel keeps the pages; it is never forced while the ring runs.
 *
 * <p>Threading: opened and reset by the starting thread; its memory's users have their own rules.
 */
public final class Head {

    private static final String FILE = "head";
    private static final String FRESH = "head.new";

    private final Path directory;
    private final ByteBuffer memory;
    private final int slots;
    private final int slotBytes;
    private final SegmentHeader.Owner owner;
    /** What an earlier run has left; null if this head is new. */
    private final HeadHeader found;
    private final ByteBuffer foundMemory;
    private final long salt = new SecureRandom().nextLong();
    private long base = 1;

    private Head(Path directory, ByteBuffer memory, HeadHeader geometry, HeadHeader found,
            ByteBuffer foundMemory) {
        this.directory = directory;
        this.memory = memory;
        this.slots = geometry.slots();
        this.slotBytes = geometry.slotBytes();
        this.owner = geometry.owner();
        this.found = found;
        this.foundMemory = foundMemory;
    }

    /** A head in memory only, for a ring whose log nobody keeps. */
    public static Head inMemory(int slots, int slotBytes) {
        ByteBuffer memory = ByteBuffer.allocateDirect(slots * slotBytes)
                .order(ByteOrder.LITTLE_ENDIAN);
        UUID nobody = new UUID(0, 0);
        HeadHeader geometry = new HeadHeader(slots, slotBytes,
                new SegmentHeader.Owner(nobody, nobody), 0, 0, 1);
        return new Head(null, memory, geometry, null, null);
    }

    /**
     * Opens the head of a log, or makes it. One that has another geometry than wanted is read as it
     * is, and replaced at {@link #reset}.
     *
     * @throws IOException if the file cannot be used, or is another log's
     */
    static Head open(Path directory, int slots, int slotBytes, SegmentHeader.Owner owner)
            throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve(FILE);
        HeadHeader wanted = new HeadHeader(slots, slotBytes, owner, 0, 0, 1);
        HeadHeader found = Files.exists(file) ? read(file, owner) : null;
        if (found == null) {
            make(directory, wanted);
            Files.move(directory.resolve(FRESH), file, StandardCopyOption.ATOMIC_MOVE);
            forceNames(directory);
            FaultPoint.HEAD_MADE_RENAMED.passed();
            return new Head(directory, map(file, wanted), wanted, null, null);
        }
        ByteBuffer old = map(file, found);
        if (found.slots() == slots && found.slotBytes() == slotBytes) {
            return new Head(directory, old, wanted, found, old);
        }
        make(directory, wanted);
        return new Head(directory, map(directory.resolve(FRESH), wanted), wanted, found, old);
    }

    private static HeadHeader read(Path file, SegmentHeader.Owner owner) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(HeadHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        HeadHeader header;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {
                continue;
            }
            header = bytes.hasRemaining() ? null : HeadHeader.decode(bytes);
            if (header == null) {
                throw new LogDamagedException(file.toString(), 0, "its header is not valid");
            }
            if (channel.size() < HeadHeader.BYTES + header.slotsBytes()) {
                throw new LogDamagedException(file.toString(), channel.size(),
                        "the file is shorter than its header says");
            }
        }
        if (!header.owner().log().equals(owner.log())) {
            throw new LogDamagedException(file.toString(), 0, "it belongs to log "
                    + header.owner().log() + ", not to " + owner.log());
        }
        return header;
    }

    private static void make(Path directory, HeadHeader wanted) throws IOException {
        SystemDisk disk = new SystemDisk(directory);
        try (Disk.DiskFile fresh = disk.allocate(FRESH,
                HeadHeader.BYTES + wanted.slotsBytes())) {
            fresh.write(wanted.encode(), 0);
            fresh.force();
        }
        FaultPoint.HEAD_MADE.passed();
    }

    private static ByteBuffer map(Path file, HeadHeader header) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            return channel.map(MapMode.READ_WRITE, HeadHeader.BYTES, header.slotsBytes())
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private static void forceNames(Path directory) throws IOException {
        new SystemDisk(directory).forceNames();
    }

    /** What an earlier run has left, or null. */
    HeadHeader found() {
        return found;
    }

    ByteBuffer foundMemory() {
        return foundMemory;
    }

    Path file() {
        return directory.resolve(FILE);
    }

    /**
     * Empties the head for a new run. Everything it held must be in the body, forced.
     *
     * @param run number of this start
     * @param first position of the first record to come
     */
    void reset(long run, long first) throws IOException {
        FaultPoint.HEAD_RESET_BEGINS.passed();
        base = first;
        if (foundMemory == memory) {
            clear();
        }
        FaultPoint.HEAD_ZEROED.passed();
        HeadHeader header = new HeadHeader(slots, slotBytes, owner, run, salt, base);
        boolean replaced = found != null && foundMemory != memory;
        Path file = directory.resolve(replaced ? FRESH : FILE);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(header.encode(), 0);
            channel.force(false);
        }
        if (replaced) {
            Files.move(file, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
            forceNames(directory);
        }
        FaultPoint.HEAD_RESET.passed();
    }

    /** Commit words first: a slot is never half zeroed with a commit word left. */
    private void clear() {
        for (int slot = 0; slot < slots; slot++) {
            memory.putInt(slot * slotBytes + SlotLayout.COMMIT, 0);
        }
        ByteBuffer zeros = ByteBuffer.allocateDirect(slotBytes);
        for (int slot = 0; slot < slots; slot++) {
            memory.put(slot * slotBytes, zeros, 0, slotBytes);
        }
    }

    /** Sets the position of sequence 0 of a head that is in memory only. */
    public void begin(long first) {
        base = first;
    }

    /** The slots, one after the other, little-endian. */
    public ByteBuffer memory() {
        return memory;
    }

    public int slots() {
        return slots;
    }

    public int slotBytes() {
        return slotBytes;
    }

    /** Commits slots of this run. */
    public SlotSeal seal() {
        return new SlotSeal(salt);
    }

    /** Position of sequence 0. */
    public long base() {
        return base;
    }
}
