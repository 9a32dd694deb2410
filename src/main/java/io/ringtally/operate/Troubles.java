package io.ringtally.operate;

import io.ringtally.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What has gone wrong lately, by cause, and how the service's state has changed: as much as a
 * person reads, and never more.
 *
 * <p>Threading: any thread; all of it is short and under one lock.
 */
public final class Troubles {

    private static final int CAUSES_MAX = 64;
    private static final int STATES_MAX = 100;
    private static final int MESSAGE_CHARS_MAX = 1_000;

    private final Clock clock;
    private final Map<String, Seen> errors = new LinkedHashMap<>();
    private final Deque<StateChange> states = new ArrayDeque<>();

    public Troubles(Clock clock) {
        this.clock = clock;
    }

    /**
     * Errors of one cause.
     *
     * @param cause what they have in common
     * @param count how many since the start, or since it was forgotten among newer ones
     * @param lastAtMicros time of the last one
     * @param message what that one said
     */
    public record Seen(String cause, long count, long lastAtMicros, String message) {
    }

    /**
     * The service became this.
     *
     * @param status the word of {@code /status}
     * @param reason why; empty when there is nothing to say
     */
    public record StateChange(long atMicros, String status, String reason) {
    }

    /** Something went wrong once. */
    public void error(String cause, String message) {
        errors(cause, 1, message);
    }

    /** The same went wrong so many times. */
    public synchronized void errors(String cause, long count, String message) {
        String key = shortened(cause);
        Seen before = errors.remove(key);
        if (before == null && errors.size() == CAUSES_MAX) {
            Iterator<String> longestAgo = errors.keySet().iterator();
            longestAgo.next();
            longestAgo.remove();
        }
        errors.put(key, new Seen(key, count + (before == null ? 0 : before.count),
                clock.epochMicros(), shortened(message)));
    }

    /** The state is another one. */
    public synchronized void state(String status, String reason) {
        if (states.size() == STATES_MAX) {
            states.removeFirst();
        }
        states.add(new StateChange(clock.epochMicros(), status, shortened(reason)));
    }

    private static String shortened(String text) {
        return text.length() <= MESSAGE_CHARS_MAX ? text
                : text.substring(0, MESSAGE_CHARS_MAX) + "...";
    }

    /** The last errors, newest first, at most 64 causes. */
    public synchronized List<Seen> lastErrors() {
        List<Seen> newest = new ArrayList<>(errors.values());
        newest.sort(Comparator.comparingLong(Seen::lastAtMicros).reversed());
        return newest;
    }

    /** The last changes of the state, newest first, at most 100. */
    public synchronized List<StateChange> lastStates() {
        List<StateChange> newest = new ArrayList<>(states);
        Collections.reverse(newest);
        return newest;
    }
}
