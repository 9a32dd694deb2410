package io.ringtally.app;

import io.ringtally.inspect.Damage;
import io.ringtally.inspect.HeadReport;
import io.ringtally.inspect.LogInspection;
import io.ringtally.inspect.SegmentReport;
import io.ringtally.inspect.SegmentState;
import java.util.ArrayList;
import java.util.List;

/**
 * What a log holds, in lines for people.
 *
 * <p>Threading: none.
 */
final class JournalReport {

    private final LogInspection log;
    private final List<String> lines = new ArrayList<>();

    private JournalReport(LogInspection log) {
        this.log = log;
    }

    static List<String> of(LogInspection log) {
        JournalReport report = new JournalReport(log);
        report.lines.add("log " + log.identity().uuid() + ", hash seed "
                + log.identity().hashSeed());
        report.head();
        log.segments().forEach(report::segment);
        report.body();
        report.lines.addAll(log.damages().isEmpty() ? whatAStartDoes(log)
                : log.damages().stream().map(damage -> "damage: " + damage).toList());
        return report.lines;
    }

    private void head() {
        HeadReport head = log.head();
        if (head == null) {
            lines.add("head: none that can be read");
            return;
        }
        lines.add("head " + head.file() + ": " + head.slots() + " slots of " + head.slotBytes()
                + " bytes, run " + head.run() + ", boot " + head.boot()
                + (head.sameBoot() ? " (the present one)" : " (an earlier one: power was lost)"));
        lines.add("  base " + head.base() + "; slots: " + head.valid() + " valid, " + head.unused()
                + " without a commit word, " + head.invalid() + " that do not validate");
        lines.add("  positions " + (head.valid() == 0 ? "none" : head.first() + " to "
                + head.last()) + "; above the body: " + head.aboveBody() + " records, "
                + head.skipped() + " positions never committed");
    }

    private void segment(SegmentReport segment) {
        String name = segment.file().getFileName() + ": ";
        switch (segment.state()) {
            case SPARE -> lines.add(name + "spare, " + segment.bytes() + " bytes");
            case ODD -> lines.add(name + "its header is not valid; " + segment.blocks()
                    + " valid blocks, positions from " + segment.first());
            default -> {
                boolean live = segment.state() == SegmentState.LIVE;
                lines.add(name + (live ? "live" : "replaced") + ", segment " + segment.ordinal()
                        + ", run " + segment.run() + ", positions " + segment.first() + " to "
                        + segment.last() + (segment.limit() == Long.MAX_VALUE ? ""
                        : ", replaced from " + segment.limit()));
                lines.add("  " + segment.blocks() + " blocks, end at offset " + segment.endOffset()
                        + " of " + segment.bytes() + "; records: " + segment.records() + "; "
                        + segment.totals());
                lines.add("  marks: " + segment.headerMark() + " in its header, "
                        + segment.greatestMark() + " in its blocks");
            }
        }
    }

    private void body() {
        lines.add("body: positions " + (log.begin() + 1) + " to " + log.bodyEnd()
                + ", greatest mark " + log.mark() + "; records: " + log.bodyRecords()
                + (log.bodyRecords().skippedPositions() == 0 ? "" : " (which skip "
                + log.bodyRecords().skippedPositions() + " positions)"));
        lines.add("  in all, with what is no longer there: " + log.bodyTotals());
    }

    /** What a start would do with a log that is not damaged. */
    static List<String> whatAStartDoes(LogInspection log) {
        List<String> lines = new ArrayList<>();
        lines.add("the log is whole: positions " + (log.begin() + 1) + " to " + log.end());
        Damage torn = log.tornTail();
        if (torn != null) {
            lines.add("a start cuts off an unfinished end after position " + log.bodyEnd() + ", "
                    + torn.file() + " offset " + torn.offset() + ": it was never forced");
        }
        long unforced = log.bodyEnd() - log.mark();
        long inHead = log.head() == null ? 0 : log.head().aboveBody();
        if (unforced > 0 || inHead > 0) {
            lines.add("a start copies " + unforced + " unforced positions of the body and "
                    + inHead + " records of the head to a fresh segment");
        }
        return lines;
    }
}
