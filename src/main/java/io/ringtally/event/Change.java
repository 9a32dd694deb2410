package io.ringtally.event;

import java.util.List;

/**
 * What somebody wants of counters besides events: it is decided on their rows in Postgres, in the
 * flush of the cut that the log has it with.
 *
 * <p>Threading: immutable.
 *
 * @param kind what is to be done
 * @param appId app of the counters
 * @param messageId their message; of {@link Kind#RETIRE} the one its range begins behind, empty for
 *     the first
 * @param event the counter's event name; empty where all of a message are meant; of {@link
 *     Kind#RETIRE} the last message of its range
 * @param total the new total of {@link Kind#SET}; of {@link Kind#RETIRE} the time since when a
 *     message must have been idle, microseconds since the epoch; otherwise 0
 * @param condition what must be true of the counter
 * @param expected the state it must have, where the condition is {@link Condition#MATCHES}; else
 *     null
 * @param who the id of the API key it was asked with, or a word; at most {@link #WHO_BYTES_MAX}
 *     bytes
 * @param askedAtMicros when, microseconds since the epoch
 */
public record Change(Kind kind, String appId, String messageId, String event, long total,
        Condition condition, State expected, String who, long askedAtMicros) {

    /** Longest {@link #who}, bytes of UTF-8. */
    public static final int WHO_BYTES_MAX = 64;

    /** What is to be done. */
    public enum Kind {
        /** The total of one counter becomes what is asked; it is made where it is not there. */
        SET,
        /** One counter goes. */
        REMOVE,
        /** All counters of a message go. */
        REMOVE_MESSAGE,
        /** Messages of a range go that have been idle since a time. */
        RETIRE
    }

    /** What must be true for it to be done. */
    public enum Condition {
        /** Nothing. */
        NONE,
        /** The counter, or a counter of the message, is there. */
        EXISTS,
        /** It is not there. */
        ABSENT,
        /** It is there, and in the expected state. */
        MATCHES
    }

    /**
     * A counter's state.
     *
     * @param firstAtMicros microseconds since the epoch
     * @param lastAtMicros microseconds since the epoch
     */
    public record State(long total, long events, long firstAtMicros, long lastAtMicros) {
    }

    public Change {
        if (condition == Condition.MATCHES != (expected != null)) {
            throw new IllegalArgumentException(condition + " with " + expected);
        }
    }

    /** Whether the condition holds for a counter in this state, null if it is not there. */
    public boolean isAllowedFor(State state) {
        return switch (condition) {
            case NONE -> true;
            case EXISTS -> state != null;
            case ABSENT -> state == null;
            case MATCHES -> expected.equals(state);
        };
    }

    /** How it is called where people read: {@code set}, {@code remove-message}. */
    public String word() {
        return WORDS.get(kind.ordinal());
    }

    private static final List<String> WORDS =
            List.of("set", "remove", "remove-message", "retire");
}
