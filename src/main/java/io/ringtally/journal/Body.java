package io.ringtally.journal;

import io.ringtally.fault.FaultPoint;
import io.ringtally.journal.UnforcedBlocks.Block;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The body of the log: appends records in blocks to segments, and forces them.
 *
 * <p>What was written and not forced stays in memory. When a write or a force fails it goes, whole,
 * to a fresh segment that replaces what is above the last force: a failed force is never tried
 * again and believed.
 *
 * <p>Threading: what adds and writes is the writer's, one thread. {@link #force} and {@link
 * #writeMark} are the forcing thread's. The positions may be read by any.
 */
final class Body {

    private static final Logger LOG = LoggerFactory.getLogger(Body.class);

    private final SegmentStore store;
    private final SegmentHeader.Owner owner;
    private final int blockBytes;
    private final long run;
    private final SecureRandom random = new SecureRandom();
    private final BlockBuilder builder;
    private final MarkBlock markBlock = new MarkBlock();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition roomCame = lock.newCondition();
    private final UnforcedBlocks unforced;
    /** Segments being filled whose headers are held back; null unless something is rewritten. */
    private List<Segment> headerless;
    private Segment current;
    private Disk.DiskFile spare; // taken for the next segment; null most of the time
    private long lastOrdinal;
    /** The log's totals up to what is written; the builder's are ahead of it. */
    private LogTotals writtenTotals;
    private long healings;
    private IOException broken;

    private volatile LogAccount account = new LogAccount(LogPosition.START, 0, BigInteger.ZERO);
    private volatile Runnable pressed = () -> { };
    private volatile long forced;
    private volatile long marked;

    /**
     * A body that is to be begun with {@link #beginRewrite}.
     * @param run number of this start
     * @param lastOrdinal greatest ordinal any segment has
     */
    Body(SegmentStore store, JournalSettings settings, SegmentHeader.Owner owner, long run,
            long lastOrdinal) {
        this.store = store;
        this.owner = owner;
        this.blockBytes = settings.blockBytes();
        this.run = run;
        this.lastOrdinal = lastOrdinal;
        this.unforced = new UnforcedBlocks(settings.maxUnforcedBytes());
        this.builder = new BlockBuilder(unforced.memory());
    }

    /** Begins fresh segments that replace everything from {@code first} on, once they are whole. */
    void beginRewrite(long first, LogTotals before) throws IOException {
        lock.lock();
        try {
            forced = first - 1;
            writtenTotals = before.copy();
            builder.continueAt(first, before);
            account = new LogAccount(new LogPosition(forced), before.events(), before.sum());
            headerless = new ArrayList<>();
            openSegment(first, before);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Forces what was rewritten, and only then its headers, the last one first: dying anywhere here
     * leaves either the old segments or the new ones in force, whole.
     *
     * @return the fresh segments
     */
    List<Segment> endRewrite() throws IOException {
        write();
        lock.lock();
        try {
            List<Segment> rewritten = headerless;
            forceHeaderless();
            FaultPoint.RECOVERY_COPY_FORCED.passed();
            publishHeaderless();
            FaultPoint.RECOVERY_HEADER_FORCED.passed();
            return rewritten;
        } finally {
            lock.unlock();
        }
    }

    private void publishHeaderless() throws IOException {
        for (int i = headerless.size() - 1; i >= 0; i--) {
            Segment segment = headerless.get(i);
            segment.file.write(segment.header.encode(segment.bytes), 0);
            segment.force();
        }
        headerless.forEach(store::opened);
        headerless = null;
        unforced.blocks().clear();
        forced = written();
        roomCame.signalAll();
    }

    /** Called when the writer has to wait for a force; must not block. */
    void onPressure(Runnable listener) {
        pressed = listener;
    }

    /** Makes room for a batch of {@code bytes}, record headers included, in one block. */
    void begin(int bytes) throws IOException {
        if (builder.isOpen() && !builder.hasRoomFor(bytes)) {
            write();
        }
        if (!builder.isOpen()) {
            int room = Math.max(blockBytes,
                    BodyLayout.aligned(BodyLayout.BLOCK_HEADER_BYTES + bytes));
            builder.open(awaitPlace(room), room);
        }
    }

    private int awaitPlace(int bytes) throws IOException {
        lock.lock();
        try {
            int place = unforced.place(bytes);
            while (place < 0) {
                if (headerless != null) {
                    forceHeaderless();
                    unforced.blocks().clear();
                } else {
                    pressed.run();
                    check();
                    if (unforced.place(bytes) < 0) {
                        roomCame.awaitUninterruptibly();
                    }
                }
                place = unforced.place(bytes);
            }
            return place;
        } finally {
            lock.unlock();
        }
    }

    private void forceHeaderless() throws IOException {
        for (Segment segment : headerless) {
            segment.file.force();
        }
    }

    /** Adds a record of the batch there is room for. */
    void add(byte type, int eventCount, int batchIndex, int batchSlots) {
        builder.add(type, eventCount, batchIndex, batchSlots);
    }

    /** Adds the events of the record just added. */
    void events(int eventCount, ByteBuffer from, int address, int length) {
        builder.events(eventCount, from, address, length);
    }

    /** Adds a CUT with the totals up to it. */
    void addCut() throws IOException {
        begin(BodyLayout.RECORD_HEADER_BYTES + BodyLayout.CUT_BYTES);
        builder.cut();
    }

    /** Adds a GAP. */
    void addGap(long positions) throws IOException {
        begin(BodyLayout.RECORD_HEADER_BYTES + BodyLayout.GAP_BYTES);
        builder.gap(positions);
    }

    /**
     * Writes the block that is being built, if there is one.
     *
     * @throws IOException if it can be written nowhere: nothing can be accepted any more
     */
    void write() throws IOException {
        if (!builder.isOpen()) {
            return;
        }
        Block block = builder.close();
        FaultPoint.BODY_BLOCK_BUILT.passed();
        LogTotals totals = builder.totals().copy();
        takeFileFor(block);
        lock.lock();
        try {
            check();
            unforced.add(block);
            writtenTotals = totals;
            account = new LogAccount(new LogPosition(block.last), totals.events(), totals.sum());
            try {
                place(block);
            } catch (IOException failed) {
                if (headerless != null) {
                    throw failed;
                }
                heal(failed);
            }
        } finally {
            lock.unlock();
        }
        FaultPoint.BODY_BLOCK_WRITTEN.passed();
    }

    /** Takes a file outside the lock: it may have to be waited for, and forces go on meanwhile. */
    private void takeFileFor(Block block) throws IOException {
        lock.lock();
        try {
            if (spare != null || headerless != null || current.hasRoomFor(block.length)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        Disk.DiskFile taken = store.take();
        lock.lock();
        spare = taken;
        lock.unlock();
    }

    private void place(Block block) throws IOException {
        if (!current.hasRoomFor(block.length)) {
            FaultPoint.SEGMENT_ROLL_BEGINS.passed();
            openSegment(block.first, block.before);
            FaultPoint.SEGMENT_ROLLED.passed();
        }
        BlockBuilder.seal(unforced.memory(), block.start, forced, current);
        current.file.write(unforced.bytesOf(block), current.end);
        block.segment = current;
        current.end += block.length;
        current.last = block.last;
        store.used(current);
    }

    private void openSegment(long first, LogTotals before) throws IOException {
        Disk.DiskFile file = spare != null ? spare : store.takeNow();
        spare = null;
        SegmentHeader header = new SegmentHeader(owner, run, ++lastOrdinal, first, forced,
                random.nextLong(), before.copy());
        current = new Segment(file, header, file.bytes());
        if (headerless != null) {
            headerless.add(current);
        } else {
            store.opened(current);
            file.write(header.encode(current.bytes), 0);
            FaultPoint.SEGMENT_HEADER_WRITTEN.passed();
        }
    }

    /** Writes everything unforced again, elsewhere. The caller holds the lock. */
    private void heal(IOException cause) throws IOException {
        LOG.error("a write or a force of the log has failed ({}); what was not forced is written"
                + " again to a fresh segment", cause.toString());
        FaultPoint.HEAL_BEGINS.passed();
        healings++;
        try {
            suspects().forEach(store::suspect);
            Block first = unforced.blocks().peekFirst();
            headerless = new ArrayList<>();
            openSegment(forced + 1, first == null ? writtenTotals : first.before);
            for (Block block : unforced.blocks()) {
                place(block);
            }
            FaultPoint.HEAL_COPIED.passed();
            forceHeaderless();
            FaultPoint.HEAL_COPY_FORCED.passed();
            publishHeaderless();
            FaultPoint.HEAL_HEADER_FORCED.passed();
            LOG.warn("the log goes on in {}; look at the disk", current.file.name());
        } catch (IOException worse) {
            worse.addSuppressed(cause);
            broken = worse;
            roomCame.signalAll();
            throw worse;
        }
    }

    private Set<Segment> suspects() {
        Set<Segment> suspects = unforced.segments();
        suspects.add(current);
        return suspects;
    }

    private void check() throws IOException {
        if (broken != null) {
            throw new IOException("the log cannot be written", broken);
        }
    }

    /**
     * Forces what is written.
     *
     * @return the position up to which the log is forced now
     * @throws IOException if it can be forced nowhere
     */
    long force() throws IOException {
        Block target;
        long before;
        Set<Segment> segments;
        lock.lock();
        try {
            check();
            target = unforced.blocks().peekLast();
            if (target == null) {
                return forced;
            }
            before = healings;
            segments = unforced.segments();
        } finally {
            lock.unlock();
        }
        FaultPoint.BODY_FORCE_BEGINS.passed();
        IOException failed = null;
        try {
            for (Segment segment : segments) {
                segment.force();
            }
        } catch (IOException cause) {
            failed = cause;
        }
        FaultPoint.BODY_FORCED.passed();
        lock.lock();
        try {
            if (healings == before) {
                if (failed != null) {
                    heal(failed);
                } else {
                    unforced.forgetThrough(target);
                    forced = target.last;
                    roomCame.signalAll();
                }
            }
            return forced;
        } finally {
            lock.unlock();
        }
    }

    /** Writes an empty block that says what is forced, if no block has said so since. */
    void writeMark() throws IOException {
        lock.lock();
        try {
            if (forced != written() || marked == forced || broken != null
                    || !current.hasRoomForMark()) {
                return;
            }
            try {
                markBlock.write(current, forced);
                store.used(current);
                marked = forced;
            } catch (IOException failed) {
                heal(failed);
            }
        } finally {
            lock.unlock();
        }
        FaultPoint.BODY_MARK_WRITTEN.passed();
    }

    /** Position of the record to be added next; the writer's. */
    long next() {
        return builder.next();
    }

    LogAccount account() {
        return account;
    }

    long written() {
        return account.position().number();
    }

    long forced() {
        return forced;
    }

    boolean hasMark() {
        return marked == forced;
    }
}
