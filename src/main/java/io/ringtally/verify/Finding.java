package io.ringtally.verify;

/**
 * Something that must not be.
 *
 * @param kind what it is
 * @param events how many events it concerns
 * @param text names them, or what is known of them
 */
record Finding(Kind kind, long events, String text) {

    /** What can be wrong. */
    enum Kind {
        /** Acknowledged and not in Postgres. */
        LOST,
        /** In Postgres more often than sent. */
        DOUBLED,
        /** Refused, and in Postgres nevertheless. */
        REFUSED_COUNTED,
        /** A batch of which a part counts. */
        TORN,
        /** A sum that no set of the posts makes. */
        WRONG_SUM,
        /** The ledger does not balance. */
        UNBALANCED,
        /** The service did not do what it must: it did not start, end, or go on. */
        MISBEHAVED
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + ": " + text;
    }
}
