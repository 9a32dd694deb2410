package io.ringtally.auth;

import java.util.Locale;

/** What a key allows. None includes another: a key has each scope it was given, and no more. */
public enum Scope {

    /** To count events. */
    WRITE,
    /** To read counters, messages, and the figures of the service. */
    READ,
    /** What operators do. */
    ADMIN;

    /** As it is written on the command line, in the database and in answers. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The scope of that word.
     *
     * @throws IllegalArgumentException if there is none; the message names those there are
     */
    public static Scope of(String word) {
        for (Scope scope : values()) {
            if (scope.word().equals(word)) {
                return scope;
            }
        }
        throw new IllegalArgumentException("there is no scope " + word
                + ": say write, read or admin, several with commas between");
    }
}
