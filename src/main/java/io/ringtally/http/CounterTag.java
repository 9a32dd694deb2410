package io.ringtally.http;

import io.ringtally.event.Change;
import io.ringtally.tally.CounterSnapshot;
import io.undertow.util.HeaderValues;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The entity tag of a counter: its whole state, so that two states never share one (RFC 9110,
 * section 8.8.3).
 *
 * <p>Threading: stateless.
 */
final class CounterTag {

    private static final int RADIX = 36;
    private static final String NUMBER = "(-?[0-9a-z]{1,13})";
    private static final Pattern SHAPE = Pattern.compile('"' + NUMBER + "\\." + NUMBER + "\\."
            + NUMBER + "\\." + NUMBER + '"');

    private CounterTag() {
    }

    /** The strong tag, quotes included. */
    static String of(CounterSnapshot counter) {
        return '"' + Long.toString(counter.events(), RADIX) + '.'
                + Long.toString(counter.total(), RADIX) + '.'
                + Long.toString(counter.firstAtMicros(), RADIX) + '.'
                + Long.toString(counter.lastAtMicros(), RADIX) + '"';
    }

    /** The state that a strong tag says; null if it is none of ours. */
    static Change.State stateOf(String tag) {
        Matcher parts = SHAPE.matcher(tag);
        if (!parts.matches()) {
            return null;
        }
        try {
            return new Change.State(number(parts, 2), number(parts, 1), number(parts, 3),
                    number(parts, 4));
        } catch (NumberFormatException tooLong) {
            return null;
        }
    }

    private static long number(Matcher parts, int group) {
        return Long.parseLong(parts.group(group), RADIX);
    }

    /**
     * Whether a tag is among those of If-None-Match, which compares weakly: {@code W/} does not
     * matter. What is no tag matches nothing.
     *
     * @param given the values of the header, or null
     */
    static boolean isAmong(HeaderValues given, String tag) {
        if (given == null) {
            return false;
        }
        for (String line : given) {
            for (String listed : line.split(",")) {
                String one = listed.strip();
                if (one.equals("*") || one.equals(tag) || one.equals("W/" + tag)) {
                    return true;
                }
            }
        }
        return false;
    }
}
