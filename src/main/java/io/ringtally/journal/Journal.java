package io.ringtally.journal;

import io.ringtally.fault.FaultPoint;
import io.ringtally.journal.Disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The durable log of one data directory: head and body, from recovery to the last force.
 *
 * <p>{@link #recover} brings everything an earlier run has left into the body, forced, under a
 * fresh header; {@link #start} empties the head. Only then may anything be accepted. Dying anywhere
 * on the way, any number of times, changes nothing.
 *
 * <p>Threading: opened, recovered, started and closed by one thread; the {@link EventLog} side is
 * the journal stage's; the rest is for any thread.
 */
public final class Journal implements EventLog, Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private static final long CLOSE_MILLIS = 30_000;

    private final LogFiles files;
    private final JournalSettings settings;
    private final SegmentStore store;
    private final Consumer<Throwable> died;
    private final List<Thread> threads = new ArrayList<>();
    private BodyReader older;
    private BodyReader fresh;
    private long run;
    private long end;
    private Body body;
    private volatile LongConsumer forcedListener = position -> { };
    private Runnable hurryWriter = () -> { };
    private volatile Forcer forcer;

    /**
     * A journal that is to be recovered.
     *
     * @param reserveBytes bytes of a ring full of the largest records, in the body's form
     * @param died told when the log can be written nowhere; ends the process
     */
    Journal(LogFiles files, JournalSettings settings, long reserveBytes,
            Consumer<Throwable> died) {
        this.files = files;
        this.settings = settings;
        this.store = new SegmentStore(files.disk(), settings, reserveBytes);
        this.died = died;
        if (settings.maxBytes() < (long) (store.sparesWanted() + 2) * settings.segmentBytes()) {
            throw new IllegalArgumentException("journal.max-bytes = " + settings.maxBytes()
                    + " is too small: with this ring and journal.segment-bytes = "
                    + settings.segmentBytes() + " it must be at least "
                    + (long) (store.sparesWanted() + 2) * settings.segmentBytes());
        }
    }

    /** The ring's memory. */
    public Head head() {
        return files.head();
    }

    /**
     * Reads what an earlier run has left, and brings what was not forced, and what was in the head
     * only, into fresh segments.
     *
     * @throws LogDamagedException if there is something no crash explains
     */
    public void recover() throws IOException {
        long begun = System.nanoTime();
        older = files.reader();
        older.scan();
        FaultPoint.RECOVERY_BODY_READ.passed();
        HeadReader head = files.headReader();
        long headEnd = older.end();
        if (head != null) {
            head.scan(older.end());
            headEnd = head.end();
        }
        FaultPoint.RECOVERY_HEAD_READ.passed();
        run = files.lastRun(older) + 1;
        adoptFiles();
        long replacedFrom = older.mark() + 1;
        body = new Body(store, settings, files.owner(), run, files.lastOrdinal(older));
        body.beginRewrite(replacedFrom, older.totalsAt(older.mark()));
        FaultPoint.RECOVERY_COPY_BEGINS.passed();
        RecordCopy copy = new RecordCopy(body);
        older.read(replacedFrom, older.end(), copy);
        if (head != null) {
            head.read(older.end(), copy, body::addGap);
        }
        FaultPoint.RECOVERY_COPIED.passed();
        List<Segment> rewritten = body.endRewrite();
        end = body.next() - 1;
        body.writeMark();
        readBack(rewritten);
        store.prepare();
        LOG.info("the log holds positions {} to {}; {} came from its body, {} of them unforced,"
                + " and {} from the head; run {} begins, after {} ms", older.begin() + 1, end,
                older.end() - older.begin(), older.end() - older.mark(), headEnd - older.end(),
                run, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
    }

    private void adoptFiles() throws IOException {
        for (BodyReader.Part part : older.parts()) {
            Segment segment = new Segment(part.file(), part.header, part.file().bytes());
            segment.last = part.last;
            store.adoptLive(segment);
        }
        for (DiskFile spare : files.spares(older)) {
            store.adoptSpare(spare);
        }
    }

    private void readBack(List<Segment> rewritten) throws IOException {
        fresh = new BodyReader(rewritten.stream().map(segment -> segment.file).toList(),
                files.owner().log());
        fresh.scan();
        if (fresh.end() != end) {
            throw new IOException("what was recovered ends at position " + end
                    + ", and reading it back ended at " + fresh.end());
        }
    }

    /** Position of the last record. */
    public LogPosition end() {
        return new LogPosition(end);
    }

    /** Position before the first record that is still in the log. */
    public LogPosition begin() {
        return new LogPosition(older.begin());
    }

    /** Events and their sum up to a position between {@link #begin} and {@link #end}. */
    public LogTotals totalsAt(LogPosition position) throws IOException {
        return position.number() < fresh.begin() ? older.totalsAt(position.number())
                : fresh.totalsAt(position.number());
    }

    /** Shows every record after a position, up to the end found by the recovery. */
    public void replay(LogPosition after, RecordVisitor visitor) throws IOException {
        long split = fresh.begin();
        if (after.number() < split) {
            older.read(after.number() + 1, split, visitor);
        }
        fresh.read(Math.max(after.number(), split) + 1, end, visitor);
    }

    /**
     * Empties the head, whose first record will have the position after {@code checkpoint}, and
     * starts the journal's own threads.
     */
    public void start(LogPosition checkpoint) throws IOException {
        ready(checkpoint);
        store.willRun();
        threads.add(new Thread(forcer, "journal-sync"));
        threads.add(new Thread(store, "journal-prepare"));
        threads.forEach(Thread::start);
    }

    /** All of {@link #start} but the threads, for one that does their work itself. */
    void ready(LogPosition checkpoint) throws IOException {
        files.head().reset(run, checkpoint.number() + 1);
        for (DiskFile odd : files.odd(older)) {
            store.adoptSpare(odd);
        }
        persisted(checkpoint);
        forcer = new Forcer(body, settings, hurryWriter,
                position -> forcedListener.accept(position), died);
        body.onPressure(() -> forcer.want(body.written()));
    }

    Body body() {
        return body;
    }

    SegmentStore store() {
        return store;
    }

    @Override
    public void begin(int bytes) throws IOException {
        body.begin(bytes);
    }

    @Override
    public void add(byte type) throws IOException {
        if (type == RecordType.CUT) {
            body.addCut();
        } else {
            body.begin(RECORD_BYTES);
            body.add(type, 0, 0, 1);
        }
    }

    @Override
    public void addChanges(ByteBuffer from, int address, int length) throws IOException {
        body.begin(RECORD_BYTES + length);
        body.add(RecordType.CHANGE, 0, 0, 1);
        body.events(0, from, address, length);
    }

    @Override
    public void addEvents(int eventCount, int batchIndex, int batchSlots, ByteBuffer from,
            int address, int length) {
        body.add(RecordType.EVENTS, eventCount, batchIndex, batchSlots);
        body.events(eventCount, from, address, length);
    }

    @Override
    public void write() throws IOException {
        body.write();
        forcer.written();
        FaultPoint.BODY_WRITE_REPORTED.passed();
    }

    @Override
    public long nextPosition() {
        return body.next();
    }

    /** Position up to which the log survives a loss of power. */
    public LogPosition forced() {
        return new LogPosition(body.forced());
    }

    /** What is in the body, over all runs. */
    public LogAccount account() {
        return body.account();
    }

    /** Position up to which the log is in the body. */
    public LogPosition written() {
        return new LogPosition(body.written());
    }

    /** Sets how the writer is made to write at once what it has; before the start. */
    public void onWriteWanted(Runnable hurry) {
        hurryWriter = hurry;
    }

    /** Somebody waits for this position to be forced. */
    public void want(LogPosition position) {
        forcer.want(position.number());
    }

    /**
     * Waits until a position is forced.
     *
     * @return false if the time is up
     */
    public boolean awaitForced(LogPosition position, long timeoutMillis)
            throws InterruptedException {
        return forcer.await(position.number(), timeoutMillis);
    }

    /** Called after each force with the position reached, on the forcing thread. */
    public void onForced(LongConsumer listener) {
        forcedListener = listener;
    }

    /** Everything up to a position is in Postgres: its segments may be used again. */
    public void persisted(LogPosition position) {
        store.persisted(position.number());
    }

    /** Whether so little prepared space is left that nothing more may be accepted. */
    public boolean isFull() {
        return store.isFull();
    }

    /** Called, on any thread, when {@link #isFull} may have changed; must not block. */
    public void onSpaceChange(Runnable listener) {
        store.onSpaceChange(listener);
    }

    /** What the journal is doing. */
    public JournalState state() {
        Forcer running = forcer;
        return new JournalState(body == null ? 0 : body.written(),
                body == null ? 0 : body.forced(), store.liveSegments(), store.totalBytes(),
                store.freeBytes(), running == null ? 0 : running.forces(),
                running == null ? 0 : TimeUnit.NANOSECONDS.toMicros(running.forceNanos()));
    }

    /** Forces what is written, and ends the journal's threads; nothing is written any more. */
    @Override
    public void close() throws IOException {
        if (forcer != null) {
            forcer.stop();
            store.stop();
            for (Thread thread : threads) {
                join(thread);
            }
            FaultPoint.STOP_FORCED.passed();
        }
        store.close();
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new IOException("the thread " + thread.getName() + " does not end");
        }
    }
}
