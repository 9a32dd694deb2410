package io.ringtally.inspect;

import io.ringtally.event.Change;
import io.ringtally.inspect.BodySurvey.Stretch;
import io.ringtally.journal.LogIdentity;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A log as it lies on disk: what it holds, whether it is whole, and its events. Nothing is opened
 * for writing.
 *
 * <p>Threading: none. Nobody may write to the log meanwhile, or what is said of it is not true.
 */
public final class LogInspection implements Closeable {

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final String HEAD = "head";

    private final LogIdentity identity;
    private final BodyFiles files;
    private final BodySurvey body;
    /** Null if the head is not there, or has no header to go by. */
    private final HeadSurvey head;

    private LogInspection(LogIdentity identity, BodyFiles files, BodySurvey body,
            HeadSurvey head) {
        this.identity = identity;
        this.files = files;
        this.body = body;
        this.head = head;
    }

    /**
     * Reads a log and judges it.
     *
     * @param log directory of the log
     * @param headDirectory directory of its head
     * @throws IOException if there is no log, or its files cannot be read
     */
    public static LogInspection of(Path log, Path headDirectory, Progress progress)
            throws IOException {
        if (!Files.isDirectory(log)) {
            throw new IOException("there is no log in " + log.toAbsolutePath()
                    + ": name the data directory with --data-dir");
        }
        LogIdentity identity = LogIdentity.readFrom(log);
        BodyFiles files = BodyFiles.in(log, identity.uuid(), progress);
        BodySurvey body = new BodySurvey(files, log);
        body.read();
        UUID boot = bootNow();
        Path headFile = headDirectory.resolve(HEAD);
        if (!Files.exists(headFile)) {
            if (files.parts().stream().anyMatch(part -> !part.odd
                    && part.head.boot().equals(boot))) {
                body.damages().add(new Damage(headFile.toString(), 0, "the file is not there,"
                        + " although the machine has been up since it was written"));
            }
            return new LogInspection(identity, files, body, null);
        }
        HeadSurvey head = new HeadSurvey(headFile, body.damages());
        try {
            boolean bodyIsWhole = body.damages().isEmpty();
            if (head.readHeader(identity.uuid(), boot)) {
                head.scan(body.end(), bodyIsWhole);
                return new LogInspection(identity, files, body, head);
            }
        } catch (IOException | RuntimeException failed) {
            head.close();
            throw failed;
        }
        head.close();
        return new LogInspection(identity, files, body, null);
    }

    /** The machine's boot; a random one where nobody tells, which no head was written in. */
    private static UUID bootNow() {
        try {
            return UUID.fromString(
                    Files.readString(BOOT_ID, StandardCharsets.US_ASCII).trim());
        } catch (IOException | IllegalArgumentException unknown) {
            return UUID.randomUUID();
        }
    }

    public LogIdentity identity() {
        return identity;
    }

    /** The files of the body: segments in the order of the log, then the others. */
    public List<SegmentReport> segments() {
        return Stream.concat(files.parts().stream(), files.others().stream()).map(Part::report)
                .toList();
    }

    /** The head, or null if it has none that can be read. */
    public HeadReport head() {
        return head == null ? null : head.report();
    }

    /** What no crash explains, in the order of the log. */
    public List<Damage> damages() {
        return List.copyOf(body.damages());
    }

    /** Where a start will cut off something unfinished in the body, or null. */
    public Damage tornTail() {
        return body.tornTail();
    }

    /** Position before the first record that is still there. */
    public long begin() {
        return body.begin();
    }

    /** Position of the body's last record. */
    public long bodyEnd() {
        return body.end();
    }

    /** Position of the log's last record, in body or head. */
    public long end() {
        return head == null ? body.end() : head.end();
    }

    /** The greatest position that the body says is forced. */
    public long mark() {
        return files.mark();
    }

    /** Events of the whole log up to the body's end, those no longer there included. */
    public Totals bodyTotals() {
        return body.totals();
    }

    /** Records in the body, by type. */
    public RecordCounts bodyRecords() {
        return body.records();
    }

    /**
     * Shows the events of the records from one position to another, both inclusive, in the order of
     * the log, past any damage.
     */
    public void events(long from, long to, EventVisitor visitor) throws IOException {
        long last = Math.min(to, end());
        Reading reading = new Reading(Math.max(from, begin() + 1), last, visitor);
        for (Stretch stretch : body.stretches()) {
            reading.read(stretch);
        }
        reading.missing(Math.min(last, bodyEnd()));
        for (long at = Math.max(reading.next, bodyEnd() + 1); at <= last; at++) {
            reading.showHeads(at);
        }
    }

    @Override
    public void close() throws IOException {
        if (head != null) {
            head.close();
        }
    }

    private final class Reading {

        private final long to;
        private final EventVisitor visitor;
        private final BlockWalk walk = new BlockWalk();
        private long next;

        Reading(long from, long to, EventVisitor visitor) {
            this.next = from;
            this.to = to;
            this.visitor = visitor;
        }

        void read(Stretch stretch) throws IOException {
            if (stretch.part.last < next || stretch.firstPosition > to) {
                return;
            }
            try (SegmentInput input = new SegmentInput(stretch.part.file)) {
                long offset = stretch.from;
                while (offset < stretch.to && next <= to && input.hasBlock(offset)) {
                    // what is wrong with it was said when it was read first
                    walk.show(input, next, Math.min(to + 1, stretch.part.limit), this::entry);
                    offset += input.alignedLength();
                }
            }
        }

        private void entry(LogEntry entry) throws IOException {
            missing(entry.position - 1);
            show(entry);
            next = entry.position + entry.positions();
        }

        private void show(LogEntry entry) throws IOException {
            entry.events(visitor::event);
            for (Change change : entry.changes()) {
                visitor.change(entry.position, change);
            }
        }

        /** What the body should have and has not may still be in the head. */
        void missing(long last) throws IOException {
            long lostFrom = next;
            if (head != null && last >= head.begin()) {
                for (long at = Math.max(next, head.begin()); at <= last; at++) {
                    if (showHeads(at)) {
                        lost(lostFrom, at - 1);
                        lostFrom = at + 1;
                    }
                }
            }
            lost(lostFrom, last);
            next = Math.max(next, last + 1);
        }

        private void lost(long from, long last) throws IOException {
            if (from <= last) {
                visitor.lost(from, last);
            }
        }

        /** Shows what the head has at a position; false if it has nothing there. */
        boolean showHeads(long position) throws IOException {
            LogEntry entry = head.entryAt(position);
            if (entry != null) {
                show(entry);
            }
            return entry != null;
        }
    }
}
