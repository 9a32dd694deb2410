package io.ringtally.inspect;

import io.ringtally.journal.HeadLayout;
import io.ringtally.journal.SlotLayout;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Looks at every slot of the head's file, opened for reading only.
 *
 * <p>Threading: none.
 */
final class HeadSurvey implements Closeable {

    private static final int CHUNK = 1 << 20;

    private final Path file;
    private final FileChannel channel;
    private final List<Damage> damages;
    private final LogEntry entry = new LogEntry();
    private int slots;
    private int slotBytes;
    private UUID log;
    private UUID boot;
    private boolean sameBoot;
    private long run;
    private long salt;
    private long base;
    /** Position of the valid record in each slot; 0 if there is none. */
    private long[] positions = new long[0];
    private long unused;
    private long invalid;
    private long bodyEnd;
    private long end;
    private long aboveBody;

    HeadSurvey(Path file, List<Damage> damages) throws IOException {
        this.file = file;
        this.damages = damages;
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
    }

    /** Reads the header; false if there is none to go by. */
    boolean readHeader(UUID expectedLog, UUID bootNow) throws IOException {
        ByteBuffer page = read(0, HeadLayout.HEADER_BYTES);
        CRC32C crc = new CRC32C();
        boolean whole = page.limit() == HeadLayout.HEADER_BYTES
                && page.getInt(HeadLayout.MAGIC) == HeadLayout.HEAD_MAGIC;
        if (whole) {
            crc.update(page.slice(HeadLayout.MAGIC,
                    HeadLayout.CHECKED_BYTES - HeadLayout.MAGIC));
        }
        if (!whole || page.getInt(HeadLayout.CRC) != (int) crc.getValue()) {
            return damaged(0, "its header is not valid");
        }
        slots = page.getInt(HeadLayout.SLOTS);
        slotBytes = page.getInt(HeadLayout.SLOT_BYTES);
        log = SegmentHead.uuid(page, HeadLayout.LOG);
        boot = SegmentHead.uuid(page, HeadLayout.BOOT);
        sameBoot = boot.equals(bootNow);
        run = page.getLong(HeadLayout.RUN);
        salt = page.getLong(HeadLayout.SALT);
        base = page.getLong(HeadLayout.BASE);
        if (!log.equals(expectedLog)) {
            return damaged(0, "it belongs to log " + log + ", not to " + expectedLog);
        }
        if (channel.size() < offsetOf(slots)) {
            return damaged(channel.size(), "the file is shorter than its header says");
        }
        return true;
    }

    private boolean damaged(long offset, String what) {
        damages.add(new Damage(file.toString(), offset, what));
        return false;
    }

    private ByteBuffer read(long offset, int length) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (into.hasRemaining()
                && channel.read(into, offset + into.position()) > 0) {
            continue;
        }
        return into.flip();
    }

    private long offsetOf(long slot) {
        return HeadLayout.HEADER_BYTES + slot * slotBytes;
    }

    /**
     * Looks at every slot.
     *
     * @param lastOfBody position of the body's last record
     * @param bodyIsWhole whether that can be relied on
     */
    void scan(long lastOfBody, boolean bodyIsWhole) throws IOException {
        bodyEnd = lastOfBody;
        end = lastOfBody;
        positions = new long[slots];
        if (run == 0) {
            unused = slots;
            return;
        }
        if (bodyIsWhole && base > bodyEnd + 1) {
            damaged(0, "it begins at position " + base + ", and the body ends at " + bodyEnd);
        }
        int atOnce = Math.max(1, CHUNK / slotBytes);
        for (int slot = 0; slot < slots; slot += atOnce) {
            int number = Math.min(atOnce, slots - slot);
            ByteBuffer memory = read(offsetOf(slot), number * slotBytes);
            for (int i = 0; i < number; i++) {
                positions[slot + i] = look(slot + i, memory, i * slotBytes);
            }
        }
        if (sameBoot && bodyIsWhole) {
            checkLaps();
        }
        findEnd();
    }

    private long look(int slot, ByteBuffer memory, int at) {
        int word = memory.getInt(at + SlotLayout.COMMIT);
        if (word == 0) {
            unused++;
            return 0;
        }
        long position = memory.getLong(at + SlotLayout.POSITION);
        if (word != wordOf(memory, at) || position < base
                || (position - base) % slots != slot) {
            invalid++;
            if (sameBoot) {
                damaged(offsetOf(slot), "the slot's commit word does not fit what it holds");
            }
            return 0;
        }
        open(memory, at, position);
        String fault = entry.faultInHead();
        if (fault != null) {
            damaged(offsetOf(slot), fault);
            return 0;
        }
        return position;
    }

    /** The commit word the slot's bytes should have; 0, which none has, if its length is none. */
    private int wordOf(ByteBuffer memory, int at) {
        int used = memory.getInt(at + SlotLayout.USED_BYTES);
        if (used < 0 || used > slotBytes - SlotLayout.HEADER_BYTES) {
            return 0;
        }
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0, salt));
        crc.update(memory.slice(at + SlotLayout.TYPE,
                SlotLayout.HEADER_BYTES - SlotLayout.TYPE + used));
        int word = (int) crc.getValue();
        return word == 0 ? 1 : word;
    }

    private LogEntry open(ByteBuffer memory, int at, long position) {
        entry.memory = memory;
        entry.position = position;
        entry.type = memory.get(at + SlotLayout.TYPE);
        entry.eventCount = memory.getShort(at + SlotLayout.EVENT_COUNT) & 0xffff;
        entry.length = memory.getInt(at + SlotLayout.USED_BYTES);
        entry.at = at + SlotLayout.HEADER_BYTES;
        entry.batchSlots = memory.getInt(at + SlotLayout.BATCH_SLOTS);
        long index = position - memory.getLong(at + SlotLayout.BATCH_FIRST);
        entry.batchIndex = index < 0 || index > Integer.MAX_VALUE ? -1 : (int) index;
        return entry;
    }

    /** A slot was used again only when what it held before was in the body. */
    private void checkLaps() {
        for (int slot = 0; slot < slots; slot++) {
            long lapBefore = positions[slot] - slots;
            if (lapBefore > bodyEnd && lapBefore >= base) {
                damaged(offsetOf(slot), "it holds position " + positions[slot] + ", and position "
                        + lapBefore + ", which it held before, is not in the body, which ends at "
                        + bodyEnd);
            }
        }
    }

    /** The last position above the body that is committed with all of its request. */
    private void findEnd() throws IOException {
        long greatest = bodyEnd;
        for (long position : positions) {
            greatest = Math.max(greatest, position);
        }
        long position = Math.max(bodyEnd + 1, greatest - slots + 1);
        while (position <= greatest) {
            LogEntry one = entryAt(position);
            if (one == null) {
                position++;
                continue;
            }
            long first = position - one.batchIndex;
            long last = first + one.batchSlots - 1;
            boolean all = first > bodyEnd;
            for (long other = first; all && other <= last; other++) {
                all = holds(other);
            }
            for (long other = position; other <= Math.min(last, greatest); other++) {
                if (all) {
                    aboveBody++;
                    end = other;
                } else if (holds(other)) {
                    positions[slotOf(other)] = 0;
                }
            }
            position = last + 1;
        }
    }

    private int slotOf(long position) {
        return (int) Math.floorMod(position - base, (long) slots);
    }

    private boolean holds(long position) {
        return position > 0 && positions.length > 0 && positions[slotOf(position)] == position;
    }

    /** The record at a position, or null if it is not here. */
    LogEntry entryAt(long position) throws IOException {
        return holds(position) ? open(read(offsetOf(slotOf(position)), slotBytes), 0, position)
                : null;
    }

    /** The first position it was made for. */
    long begin() {
        return base;
    }

    /** Position of the last record, here or in the body. */
    long end() {
        return end;
    }

    HeadReport report() {
        long first = 0;
        long last = 0;
        long valid = 0;
        for (long position : positions) {
            if (position > 0) {
                valid++;
                first = first == 0 ? position : Math.min(first, position);
                last = Math.max(last, position);
            }
        }
        return new HeadReport(file, slots, slotBytes, run, boot, sameBoot, base, valid, unused,
                invalid, first, last, aboveBody, end - bodyEnd - aboveBody);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
