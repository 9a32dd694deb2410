package io.ringtally.event;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The events that each message of an app is expected to have, in order.
 *
 * <p>Threading: immutable.
 *
 * @param events names, each once, 1 to {@link #EVENTS_MAX} of them
 */
public record Lifecycle(List<String> events) {

    /** Most events of a lifecycle, and most names one app can have had in its lifecycles. */
    public static final int EVENTS_MAX = 62;

    /** @throws IllegalArgumentException if there are too few, too many, or such as cannot be */
    public Lifecycle {
        events = List.copyOf(events);
        if (events.isEmpty() || events.size() > EVENTS_MAX) {
            throw new IllegalArgumentException("has " + events.size() + " names: name 1 to "
                    + EVENTS_MAX + ", or leave the key out");
        }
        Set<String> known = new HashSet<>();
        for (String event : events) {
            check(event);
            if (!known.add(event)) {
                throw new IllegalArgumentException("names " + Excerpt.quoted(event)
                        + " twice: name each event once, where it is expected first");
            }
        }
    }

    private static void check(String event) {
        if (!isText(event)) {
            throw new IllegalArgumentException("names " + Excerpt.quoted(event)
                    + ", which has U+0000 or half a surrogate pair: no event can be called so");
        }
        int bytes = event.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > EventLimits.EVENT_BYTES_MAX) {
            throw new IllegalArgumentException("names " + Excerpt.quoted(event) + " of " + bytes
                    + " bytes of UTF-8: an event's name has 1 to " + EventLimits.EVENT_BYTES_MAX);
        }
    }

    /** Whether events may have this text: it can be written as UTF-8 and has no U+0000. */
    public static boolean isText(String text) {
        return text.indexOf(0) < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /** Expected and not seen, in order. */
    public List<String> missing(Collection<String> seen) {
        return events.stream().filter(event -> !seen.contains(event)).toList();
    }
}
