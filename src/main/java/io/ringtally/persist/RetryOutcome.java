package io.ringtally.persist;

import io.ringtally.tally.CounterSnapshot;

/**
 * What became of a dead letter that was tried again.
 *
 * @param kind in a word
 * @param key the counter it is for; null if there is none
 * @param row the counter as it is now; null unless it was counted
 * @param reason why it was not counted; null if it was, or is not there
 */
public record RetryOutcome(Kind kind, Letter.Key key, CounterSnapshot row, String reason) {

    /** What became of it. */
    public enum Kind {

        /** It is counted, and no letter any more. */
        COUNTED,
        /** There is no such letter: never was, discarded, or counted already. */
        GONE,
        /** It stays a letter. */
        REFUSED,
        /** Postgres went away while it was to commit: counted or still a letter. */
        UNKNOWN
    }
}
