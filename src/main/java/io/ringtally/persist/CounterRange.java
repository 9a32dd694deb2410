package io.ringtally.persist;

/**
 * Which counters a list is about, in byte order of their messages, then of their events.
 *
 * <p>Threading: immutable.
 *
 * @param app their app
 * @param event their event name, or null for all
 * @param prefix what their message ids begin with; empty for all
 */
public record CounterRange(String app, String event, String prefix) {

    /** The greatest character: as often as an id can have it, no id with the prefix is greater. */
    private static final String GREATEST = Character.toString(Character.MAX_CODE_POINT).repeat(64);

    /** Not less than any message id with the prefix, and less than all that come after those. */
    String last() {
        return prefix + GREATEST;
    }

    /**
     * A counter's place within a range.
     *
     * @param message its message id
     * @param event its event name
     */
    public record Place(String message, String event) {
    }
}
