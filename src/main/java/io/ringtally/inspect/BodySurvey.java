package io.ringtally.inspect;

import io.ringtally.journal.BodyLayout;
import io.ringtally.journal.RecordType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Follows the log through its body, record by record. Where it cannot go on, the greatest mark
 * decides: a position that was forced must be there, and its absence is damage; one that was not is
 * the log's end. Past damage it goes on with what can be read next.
 *
 * <p>Threading: none.
 */
final class BodySurvey {

    private final BodyFiles files;
    private final Path directory;
    private final List<Damage> damages = new ArrayList<>();
    private final List<Stretch> stretches = new ArrayList<>();
    private final BlockWalk walk = new BlockWalk();
    private final Totals totals = new Totals();
    private final RecordCounts records = new RecordCounts();
    private boolean totalsKnown;
    private long begin;
    private long next = 1;
    /** Where reading stopped, until it is known whether that is damage; or null. */
    private Break pending;
    /** Where the log ends, when it ends before its last segment does; or null. */
    private Break tail;
    private Part part;
    private long blockOffset;
    private int batchSlots;
    /** The next record's place in the request; -1 if that is not known. */
    private int batchIndex = -1;

    /** A place with no valid continuation. */
    record Break(Path file, long offset, long next, String what, boolean torn) {
    }

    /** Blocks that follow each other, from one place of a file to another. */
    static final class Stretch {

        final Part part;
        final long from;
        final long firstPosition;
        long to;

        Stretch(Part part, long from, long firstPosition) {
            this.part = part;
            this.from = from;
            this.firstPosition = firstPosition;
        }
    }

    BodySurvey(BodyFiles files, Path directory) {
        this.files = files;
        this.directory = directory;
        damages.addAll(files.damages());
    }

    void read() throws IOException {
        if (files.parts().isEmpty()) {
            pending = new Break(directory, 0, next, "there is no segment with a valid header",
                    false);
        } else {
            SegmentHead first = files.parts().get(0).head;
            next = first.first();
            totals.set(first.before());
            totalsKnown = !files.parts().get(0).odd;
        }
        begin = next;
        for (Part one : files.parts()) {
            part = one;
            part.last = part.head.first() - 1;
            if (tail == null && !(part.odd ? part.greatestLast < next : part.isReplaced())
                    && joins()) {
                follow();
            }
            files.steps().done(part.bytes);
        }
        if (pending != null) {
            decide();
        }
    }

    /** Whether the log goes on in this segment. */
    private boolean joins() {
        long first = part.head.first();
        if (first > next) {
            if (pending == null) {
                pending = broken(0, "it begins at position " + first
                        + ", and what is before it ends at " + (next - 1), false);
            }
            if (!decide()) {
                return false;
            }
            resumeAt(first);
        }
        pending = null;
        if (part.odd) {
            pending = broken(0, part.oddity, false);
            return decide();
        }
        if (totalsKnown && !part.head.before().sameAs(totals)) {
            damage(0, "it begins after " + part.head.before() + ", and the log has " + totals
                    + " before it");
        }
        totals.set(part.head.before());
        totalsKnown = true;
        return true;
    }

    /** Judges the break at hand by the marks; false if the log ends there. */
    private boolean decide() {
        Break here = pending;
        pending = null;
        if (files.mark() < here.next) {
            tail = here;
            return false;
        }
        damages.add(new Damage(here.file.toString(), here.offset, here.what + ", and a mark says"
                + " that everything up to position " + files.mark() + " was forced"));
        return true;
    }

    private void resumeAt(long position) {
        next = position;
        totalsKnown = false;
        batchIndex = -1;
    }

    private Break broken(long offset, String what, boolean torn) {
        return new Break(part.file, offset, next, what, torn);
    }

    private void damage(long offset, String what) {
        damages.add(new Damage(part.file.toString(), offset, what));
    }

    private void follow() throws IOException {
        long offset = SegmentInput.PAGE;
        Stretch stretch = null;
        part.endOffset = offset;
        try (SegmentInput input = new SegmentInput(part.file)) {
            while (next < part.limit && offset < part.bytes) {
                boolean continues = input.hasBlock(offset)
                        && input.salt() == part.head.salt() && isWanted(input);
                if (!continues || input.first() > next) {
                    stretch = null;
                    stop(input, offset);
                }
                if (!continues) {
                    if (files.mark() < next || tail != null) {
                        break;
                    }
                    offset += SegmentInput.PAGE;
                    continue;
                }
                if (input.first() >= part.limit || pending != null && !decide()) {
                    break;
                }
                if (input.first() > next) {
                    resumeAt(input.first());
                }
                if (stretch == null) {
                    stretch = new Stretch(part, offset, next);
                    stretches.add(stretch);
                }
                take(input, offset);
                offset += input.alignedLength();
                stretch.to = offset;
            }
            if (next < part.limit && tail == null) {
                stop(input, offset);
            }
        }
        part.last = next - 1;
    }

    /** One whose header is guessed may begin with what was read elsewhere. */
    private boolean isWanted(SegmentInput input) {
        return input.first() >= next || part.odd && input.last() >= next;
    }

    private void stop(SegmentInput input, long offset) throws IOException {
        if (pending == null) {
            boolean torn = input.claimsBlock(offset) && input.salt() == part.head.salt();
            pending = broken(offset, "there is no valid block with position " + next, torn);
        }
    }

    private void take(SegmentInput input, long offset) throws IOException {
        blockOffset = offset;
        part.blocksRead++;
        part.endOffset = offset + input.alignedLength();
        String fault = walk.show(input, next, part.limit, this::count);
        if (fault != null) {
            damage(offset + walk.faultAt(), fault);
            resumeAt(Math.max(next, Math.min(input.last() + 1, part.limit)));
        }
    }

    private void count(LogEntry entry) throws IOException {
        checkRequest(entry);
        if (entry.type == RecordType.GAP) {
            part.records.addGap(entry.positions());
            records.addGap(entry.positions());
        } else {
            part.records.add(entry.type);
            records.add(entry.type);
        }
        entry.events(event -> {
            totals.add(event.value());
            part.totals.add(event.value());
        });
        if (entry.type == RecordType.CUT) {
            checkCut(entry);
        }
        next = entry.position + entry.positions();
    }

    /** A request is in the log whole, its records one after the other. */
    private void checkRequest(LogEntry entry) {
        boolean fits = batchIndex < 0 || entry.batchIndex == batchIndex
                && (batchIndex == 0 || entry.batchSlots == batchSlots);
        if (!fits) {
            damage(blockOffset + walk.faultAt(), "the record at position " + entry.position
                    + " is number " + entry.batchIndex + " of " + entry.batchSlots
                    + " of its request, and number " + batchIndex + " was to come");
        }
        batchSlots = entry.batchSlots;
        batchIndex = entry.batchIndex + 1 == batchSlots ? 0 : entry.batchIndex + 1;
    }

    private void checkCut(LogEntry entry) {
        Totals said = new Totals(entry.memory.getLong(entry.at),
                entry.memory.getLong(entry.at + Long.BYTES),
                entry.memory.getLong(entry.at + BodyLayout.CUT_BYTES - Long.BYTES));
        if (totalsKnown && !said.sameAs(totals)) {
            damage(blockOffset + walk.faultAt(), "the CUT at position " + entry.position
                    + " says " + said + ", and the log has " + totals);
        }
        totals.set(said);
        totalsKnown = true;
    }

    List<Damage> damages() {
        return damages;
    }

    List<Stretch> stretches() {
        return stretches;
    }

    /** Position before the first record. */
    long begin() {
        return begin - 1;
    }

    /** Position of the last record that belongs to the log. */
    long end() {
        return next - 1;
    }

    /** The log's totals up to the end; only what could be counted if there is damage. */
    Totals totals() {
        return totals;
    }

    RecordCounts records() {
        return records;
    }

    /** Where something unfinished is cut off, or null if the log ends cleanly. */
    Damage tornTail() {
        boolean dropped = files.parts().stream().anyMatch(one -> one.limit == Long.MAX_VALUE
                && !one.odd && one.blocks > one.blocksRead);
        return tail != null && (tail.torn || dropped)
                ? new Damage(tail.file.toString(), tail.offset, tail.what) : null;
    }
}
