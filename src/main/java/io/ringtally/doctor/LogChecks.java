package io.ringtally.doctor;

import java.util.OptionalLong;

/**
 * Whether the log of a stopped service and its database belong together.
 *
 * <p>Threading: stateless.
 */
final class LogChecks {

    private static final String WHAT = "log and database";

    private LogChecks() {
    }

    /**
     * Judges.
     *
     * @param begin position before the first one that is still in the log
     * @param end position of the log's last record; empty if it was not read
     * @param counted position up to which the database has counted it; empty if it does not know it
     */
    static Check judged(long begin, OptionalLong end, OptionalLong counted) {
        if (counted.isEmpty()) {
            return end.isPresent() && end.getAsLong() == 0
                    ? Check.ok(WHAT, "a new log, and the database does not know it yet")
                    : Check.fail(WHAT, "this database does not know the log in data.dir",
                            "point db.url at the database it was counted into, or restore its"
                            + " backup; to begin anew give the service another data.dir");
        }
        long position = counted.getAsLong();
        if (end.isEmpty()) {
            return Check.ok(WHAT, "the database knows this log, up to position " + position
                    + "; the log itself was not read");
        }
        if (position > end.getAsLong()) {
            return Check.fail(WHAT, "counted up to position " + position + ", and the log ends at "
                    + end.getAsLong(), "data.dir is an older copy: start with the newest one, or"
                    + " with a new data.dir if that is lost");
        }
        if (position < begin) {
            return Check.fail(WHAT, "counted up to position " + position + ", and the log begins"
                    + " after " + begin, "the database is an older copy: restore a newer backup");
        }
        return Check.ok(WHAT, "counted up to position " + position + " of " + end.getAsLong()
                + "; a start counts the rest");
    }
}
