package io.ringtally.http;

import java.util.Locale;

/** What a 2xx promises. */
public enum AckLevel {

    /** The event survives the death of the process. */
    JOURNALED,
    /** The event survives a loss of power. */
    SYNCED,
    /** The event is committed in Postgres. */
    PERSISTED;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The word in {@code ?ack=}, in the answer, and in the configuration. */
    public String word() {
        return word;
    }

    /** The level of a word, or null if there is none. */
    public static AckLevel of(String word) {
        for (AckLevel level : values()) {
            if (level.word.equals(word)) {
                return level;
            }
        }
        return null;
    }
}
