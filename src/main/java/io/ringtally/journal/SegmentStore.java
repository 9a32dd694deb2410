package io.ringtally.journal;

import io.ringtally.fault.FaultPoint;
import io.ringtally.journal.Disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of the body: makes spare ones ahead of need, gives them out, and takes back those that
 * are wholly in Postgres.
 *
 * <p>A spare is filled with zeros and forced, and so is its name: a full disk shows here, while
 * nothing depends on it. A file that comes back loses its header first, forced, the oldest before
 * the younger ones: what is left of the log is always its end, without holes.
 *
 * <p>Threading: {@link #run} is a thread of its own; the rest is for any. One monitor guards the
 * lists; files are made and retired outside of it.
 */
final class SegmentStore implements Runnable, Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentStore.class);
    private static final String PREFIX = "body-";
    private static final String UNFINISHED = ".new";
    private static final Pattern BODY = Pattern.compile(PREFIX + "[0-9]{1,18}");
    private static final long RETRY_MILLIS = 1_000;
    private static final long COMPLAIN_NANOS = 10_000_000_000L;

    private final Disk disk;
    private final JournalSettings settings;
    private final long reserveBytes;
    private final Deque<DiskFile> spares = new ArrayDeque<>();
    private final Deque<Segment> live = new ArrayDeque<>();
    private final List<Flushed> flushed = new ArrayList<>();
    private volatile Segment current;
    private boolean onItsWay; // a spare was given out that is not in use yet
    private long persisted;
    private long fileNumber;
    private int files;
    private boolean running;
    private boolean stopping;
    private long complainedNanos = System.nanoTime() - COMPLAIN_NANOS;
    private volatile Runnable spaceListener = () -> { };

    /** A segment that Postgres has whole, and since when. */
    private record Flushed(Segment segment, long sinceNanos) {
    }

    /**
     * A store that has no files yet.
     *
     * @param reserveBytes bytes of a ring full of the largest records, in the body's form
     */
    SegmentStore(Disk disk, JournalSettings settings, long reserveBytes) {
        this.disk = disk;
        this.settings = settings;
        this.reserveBytes = reserveBytes;
    }

    /** Whether a file is one of the body's. */
    static boolean isBody(String name) {
        return BODY.matcher(name).matches();
    }

    /** Whether a file was to become one of the body's, and was left before that. */
    static boolean isUnfinished(String name) {
        return name.endsWith(UNFINISHED)
                && isBody(name.substring(0, name.length() - UNFINISHED.length()));
    }

    /** How many spare files there should be, so that admission stays open. */
    int sparesWanted() {
        long free = reserveBytes + settings.segmentBytes();
        return (int) ((free + settings.roomBytes() - 1) / settings.roomBytes());
    }

    /** Takes over a file that holds nothing anybody needs. Its header must be gone. */
    synchronized void adoptSpare(DiskFile file) throws IOException {
        note(file);
        if (file.bytes() == settings.segmentBytes()) {
            spares.addLast(file);
        } else {
            file.close();
            disk.delete(file.name());
            files--;
        }
    }

    /** Takes over a segment of an earlier run. */
    synchronized void adoptLive(Segment segment) {
        note(segment.file);
        live.addLast(segment);
    }

    private void note(DiskFile file) {
        files++;
        String digits = file.name().substring(PREFIX.length());
        fileNumber = Math.max(fileNumber, Long.parseLong(digits));
    }

    /** A spare file; waits for one if there is none, which the reserve makes rare. */
    DiskFile take() throws IOException {
        synchronized (this) {
            while (running && !stopping && spares.isEmpty()) {
                awaitChange(RETRY_MILLIS);
            }
        }
        return takeNow();
    }

    /** A spare file, made here and now if there is none. */
    DiskFile takeNow() throws IOException {
        synchronized (this) {
            DiskFile file = spares.pollFirst();
            if (file != null) {
                onItsWay = true;
                notifyAll();
                return file;
            }
        }
        return make();
    }

    private void awaitChange(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException nobodyDoes) {
            throw new IllegalStateException("a journal's thread was interrupted", nobodyDoes);
        }
    }

    /** A segment is in use from now on. */
    void opened(Segment segment) {
        synchronized (this) {
            live.addLast(segment);
            current = segment;
            onItsWay = false;
            // the one before it may have waited for this to be retired
            notifyAll();
        }
        spaceListener.run();
    }

    /** More of the current segment is used. */
    void used(Segment segment) {
        if (segment == current) {
            spaceListener.run();
        }
    }

    synchronized void suspect(Segment segment) {
        segment.suspect = true;
    }

    /** Bytes of blocks that can be written before another file must be made. */
    synchronized long freeBytes() {
        long rest = current == null ? 0 : current.bytes - current.end - BodyLayout.ALIGNMENT;
        long whole = spares.size() + (onItsWay ? 1 : 0);
        return whole * settings.roomBytes() + Math.max(0, rest);
    }

    /** Whether admission must be closed: less is free than what may have to be written. */
    boolean isFull() {
        return freeBytes() < reserveBytes + settings.segmentBytes();
    }

    /** Bytes of all files. */
    synchronized long totalBytes() {
        return (long) files * settings.segmentBytes();
    }

    /** Segments that hold something Postgres may not have. */
    synchronized int liveSegments() {
        return live.size();
    }

    void onSpaceChange(Runnable listener) {
        spaceListener = listener;
    }

    /** Everything up to {@code position} is in Postgres. */
    synchronized void persisted(long position) {
        persisted = position;
        Segment oldest = live.peekFirst();
        if (oldest != null && oldest != current && oldest.last <= position) {
            notifyAll();
        }
    }

    /**
     * Makes as many spares as are wanted, in the calling thread; for the start. A full disk does
     * not stop it: admission stays closed until flushes have freed some.
     */
    void prepare() {
        try {
            makeSpares();
        } catch (IOException full) {
            LOG.error("no segment file can be made in {} ({}); events are refused until there"
                    + " is room", disk, full.toString());
        }
    }

    private void makeSpares() throws IOException {
        while (true) {
            synchronized (this) {
                if (spares.size() >= sparesWanted() || !mayGrow()) {
                    return;
                }
            }
            DiskFile made = make();
            synchronized (this) {
                spares.addLast(made);
            }
        }
    }

    private boolean mayGrow() {
        return (long) (files + 1) * settings.segmentBytes() <= settings.maxBytes();
    }

    private DiskFile make() throws IOException {
        String name;
        synchronized (this) {
            name = PREFIX + String.format("%08d", ++fileNumber);
        }
        DiskFile fresh = disk.allocate(name + UNFINISHED, settings.segmentBytes());
        try {
            FaultPoint.SEGMENT_MADE.passed();
            fresh.force();
            FaultPoint.SEGMENT_MADE_SYNCED.passed();
        } catch (IOException failed) {
            disk.delete(fresh.name());
            throw failed;
        } finally {
            fresh.close();
        }
        try {
            disk.rename(name + UNFINISHED, name);
            disk.forceNames();
        } catch (IOException failed) {
            disk.delete(name + UNFINISHED);
            disk.delete(name);
            throw failed;
        }
        FaultPoint.SEGMENT_MADE_RENAMED.passed();
        synchronized (this) {
            files++;
        }
        return disk.open(name);
    }

    @Override
    public void run() {
        while (true) {
            try {
                if (!step()) {
                    synchronized (this) {
                        if (stopping) {
                            return;
                        }
                        if (!hasWork()) {
                            awaitChange(flushed.isEmpty() ? 0 : RETRY_MILLIS);
                        }
                    }
                }
            } catch (IOException full) {
                complain(full);
            }
        }
    }

    /** Retires one segment or makes one spare, if there is a reason to; false if there is none. */
    boolean step() throws IOException {
        Segment retired;
        synchronized (this) {
            if (stopping || !hasWork()) {
                return false;
            }
            retired = nextToRetire();
        }
        if (retired != null) {
            retire(retired);
        } else {
            DiskFile made = make();
            synchronized (this) {
                spares.addLast(made);
                notifyAll();
            }
        }
        spaceListener.run();
        return true;
    }

    private boolean hasWork() {
        Segment oldest = live.peekFirst();
        while (oldest != null && oldest != current && oldest.last <= persisted
                && current.headerForced) {
            flushed.add(new Flushed(live.removeFirst(), System.nanoTime()));
            oldest = live.peekFirst();
        }
        return mayRetire() || spares.size() < sparesWanted() && mayGrow();
    }

    private boolean mayRetire() {
        return !flushed.isEmpty() && System.nanoTime() - flushed.get(0).sinceNanos
                >= settings.retain().toNanos();
    }

    /** The oldest segment if it may go now, taken from the list. */
    private Segment nextToRetire() {
        return mayRetire() ? flushed.remove(0).segment : null;
    }

    private void retire(Segment segment) throws IOException {
        FaultPoint.SEGMENT_RETIRE_BEGINS.passed();
        try {
            clear(segment);
        } catch (IOException failed) {
            // the oldest goes first, however often that is tried: what is left has no hole
            synchronized (this) {
                flushed.add(0, new Flushed(segment, System.nanoTime()
                        - settings.retain().toNanos()));
            }
            throw failed;
        }
        FaultPoint.SEGMENT_RETIRED.passed();
        synchronized (this) {
            if (!segment.suspect && segment.bytes == settings.segmentBytes()
                    && spares.size() < 2 * sparesWanted()) {
                spares.addLast(segment.file);
                notifyAll();
                return;
            }
            files--;
        }
        segment.file.close();
        disk.delete(segment.file.name());
    }

    private void clear(Segment segment) throws IOException {
        try {
            clearHeader(segment.file);
        } catch (IOException failed) {
            segment.suspect = true;
            LOG.error("the header of {} cannot be cleared ({}); the file is deleted",
                    segment.file.name(), failed.toString());
            disk.delete(segment.file.name());
            disk.forceNames();
        }
    }

    /** Overwrites a header, forced: from here on the file is a spare. */
    static void clearHeader(DiskFile file) throws IOException {
        file.write(ByteBuffer.allocateDirect(BodyLayout.ALIGNMENT), 0);
        file.force();
    }

    private void complain(IOException full) {
        synchronized (this) {
            if (System.nanoTime() - complainedNanos > COMPLAIN_NANOS) {
                complainedNanos = System.nanoTime();
                LOG.error("no segment file can be made in {} ({}); trying every second; events are"
                        + " refused when the prepared space runs short", disk, full.toString());
            }
            awaitChange(RETRY_MILLIS);
        }
    }

    /** Marks the thread as running, before it is started. */
    synchronized void willRun() {
        running = true;
    }

    /** Ends the thread. */
    synchronized void stop() {
        stopping = true;
        notifyAll();
    }

    @Override
    public synchronized void close() throws IOException {
        for (DiskFile spare : spares) {
            spare.close();
        }
        for (Segment segment : live) {
            segment.file.close();
        }
        for (Flushed segment : flushed) {
            segment.segment.file.close();
        }
    }
}
