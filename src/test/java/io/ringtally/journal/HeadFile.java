package io.ringtally.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A head whose file has versions: what was forced, and what its pages were at times since. When the
 * power goes, each page is any one of them.
 *
 * <p>Threading: none.
 */
final class HeadFile {

    private static final int PAGE = 4096;

    private final Path file;
    private final List<byte[]> versions = new ArrayList<>();

    HeadFile(Path directory) {
        this.file = directory.resolve("head");
    }

    Path directory() {
        return file.getParent();
    }

    byte[] read() throws IOException {
        return Files.exists(file) ? Files.readAllBytes(file) : null;
    }

    void write(byte[] content) throws IOException {
        Files.write(file, content);
    }

    /** All of it was forced just now. */
    void forced() throws IOException {
        versions.clear();
        remember();
    }

    /** The kernel may have written the pages as they are now. */
    void remember() throws IOException {
        byte[] now = read();
        if (now != null) {
            versions.add(now);
        }
    }

    /** Each page of the file is as it was at one of the remembered times, or is now. */
    void losePower(Random random) throws IOException {
        remember();
        if (versions.isEmpty()) {
            return;
        }
        byte[] mixed = versions.get(versions.size() - 1).clone();
        versions.removeIf(version -> version.length != mixed.length);
        boolean together = random.nextInt(4) == 0;
        int all = random.nextInt(versions.size());
        for (int at = 0; at < mixed.length; at += PAGE) {
            byte[] from = versions.get(together ? all : random.nextInt(versions.size()));
            System.arraycopy(from, at, mixed, at, Math.min(PAGE, mixed.length - at));
        }
        write(mixed);
        versions.clear();
        versions.add(mixed);
    }

    /** As if a reset had been left after some slots were cleared, before the header was written. */
    void undoReset(byte[] before, int slots, int slotBytes, Random random) throws IOException {
        byte[] now = read();
        if (before == null || before.length != now.length) {
            return;
        }
        byte[] half = before.clone();
        int cleared = random.nextInt(slots + 1);
        Arrays.fill(half, HeadHeader.BYTES, HeadHeader.BYTES + cleared * slotBytes, (byte) 0);
        write(half);
    }

    /** Puts a record into a slot; {@code committed} says whether its commit word is written. */
    static void put(Head head, long position, SentLog.Sent record, boolean committed) {
        ByteBuffer memory = head.memory();
        int slot = (int) Math.floorMod(position - head.base(), (long) head.slots());
        int at = slot * head.slotBytes();
        SlotSeal seal = head.seal();
        SlotHeader header = new SlotHeader(record.type, record.eventCount, position,
                record.batchFirst, record.batchSlots, record.events.length);
        seal.open(memory, at);
        header.write(memory, at);
        memory.put(at + SlotLayout.HEADER_BYTES, record.events);
        if (committed) {
            seal.close(memory, at, seal.commitWord(header, record.events, 0));
        }
    }

    /** Where a record's events lie in the head's memory. */
    static int address(Head head, long position) {
        return (int) Math.floorMod(position - head.base(), (long) head.slots())
                * head.slotBytes() + SlotLayout.HEADER_BYTES;
    }
}
