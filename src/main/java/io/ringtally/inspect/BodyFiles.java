package io.ringtally.inspect;

import io.ringtally.journal.BodyLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of the body, sorted into the order of the log, and the greatest mark in them.
 *
 * <p>Threading: none.
 */
final class BodyFiles {

    private static final Pattern NAME = Pattern.compile("body-\\d+");

    private final UUID log;
    private final List<Part> parts = new ArrayList<>();
    private final List<Part> others = new ArrayList<>();
    private final List<Damage> damages = new ArrayList<>();
    private final Steps steps;
    private long mark;

    /** Counts what is read and tells about it. */
    static final class Steps {

        private final Progress progress;
        private final long all;
        private long done;

        Steps(Progress progress, long all) {
            this.progress = progress;
            this.all = all;
        }

        void done(long bytes) {
            done += bytes;
            progress.read(done, all);
        }
    }

    private BodyFiles(UUID log, Steps steps) {
        this.log = log;
        this.steps = steps;
    }

    /** Looks at every file of a directory. */
    static BodyFiles in(Path directory, UUID log, Progress progress) throws IOException {
        List<Path> names;
        try (Stream<Path> files = Files.list(directory)) {
            names = files.filter(file -> NAME.matcher(file.getFileName().toString()).matches())
                    .sorted().toList();
        }
        long all = 0;
        for (Path name : names) {
            all += Files.size(name);
        }
        // every segment is read twice: for its marks, and for its records
        BodyFiles body = new BodyFiles(log, new Steps(progress, 2 * all));
        for (Path name : names) {
            body.look(name);
        }
        body.order();
        return body;
    }

    private void look(Path file) throws IOException {
        try (SegmentInput input = new SegmentInput(file)) {
            Part part = new Part(file, input.bytes());
            ByteBuffer page = input.firstPage();
            SegmentHead head = SegmentHead.in(page);
            if (head == null && isBlank(page)) {
                steps.done(part.bytes);
                others.add(part);
                return;
            }
            part.head = head != null && head.log().equals(log) ? head : null;
            part.odd = part.head == null;
            if (part.odd) {
                part.oddity = head == null ? "its header is not valid"
                        : "it belongs to log " + head.log() + ", not to " + log;
            } else {
                mark = Math.max(mark, head.mark());
            }
            searchBlocks(part, input);
            (part.head == null ? others : parts).add(part);
        }
    }

    private static boolean isBlank(ByteBuffer page) {
        for (int at = 0; at < page.limit(); at++) {
            if (page.get(at) != 0) {
                return false;
            }
        }
        // a whole page of zeros: a file cut shorter than that is no spare
        return page.limit() == BodyLayout.ALIGNMENT;
    }

    private void searchBlocks(Part part, SegmentInput input) throws IOException {
        long offset = SegmentInput.PAGE;
        while (offset < part.bytes) {
            if (!input.hasBlock(offset)) {
                offset += SegmentInput.PAGE;
                continue;
            }
            mark = Math.max(mark, input.mark());
            if (part.head == null) {
                part.head = new SegmentHead(log, null, 0, 0, input.first(), 0, input.salt(),
                        new Totals());
            }
            if (input.salt() == part.head.salt()) {
                part.blocks++;
                part.greatestLast = Math.max(part.greatestLast, input.last());
                part.greatestMark = Math.max(part.greatestMark, input.mark());
                part.endOffset = offset + input.alignedLength();
            }
            offset += input.alignedLength();
        }
        steps.done(part.bytes);
    }

    /** By ordinal; one whose header is lost goes where its positions fit. */
    private void order() {
        List<Part> guessed = new ArrayList<>(parts.stream().filter(part -> part.odd).toList());
        parts.removeAll(guessed);
        parts.sort(Comparator.comparingLong(part -> part.head.ordinal()));
        for (int i = 1; i < parts.size(); i++) {
            Part part = parts.get(i);
            if (parts.get(i - 1).head.ordinal() == part.head.ordinal()) {
                damages.add(new Damage(part.file.toString(), 0, "it and "
                        + parts.get(i - 1).file.getFileName() + " are both segment "
                        + part.head.ordinal()));
            }
        }
        guessed.sort(Comparator.comparingLong(part -> part.head.first()));
        for (Part part : guessed) {
            int place = 0;
            while (place < parts.size()
                    && parts.get(place).head.first() <= part.head.first()) {
                place++;
            }
            parts.add(place, part);
        }
        long limit = Long.MAX_VALUE;
        for (int i = parts.size() - 1; i >= 0; i--) {
            Part part = parts.get(i);
            part.limit = limit;
            if (!part.odd) {
                limit = Math.min(limit, part.head.first());
            }
        }
    }

    /** Segments in the order of the log. */
    List<Part> parts() {
        return parts;
    }

    /** Spares, and odd files without a block. */
    List<Part> others() {
        return others;
    }

    List<Damage> damages() {
        return damages;
    }

    /** The greatest position that anything in the body says is forced. */
    long mark() {
        return mark;
    }

    Steps steps() {
        return steps;
    }
}
