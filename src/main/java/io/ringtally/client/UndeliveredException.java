package io.ringtally.client;

/**
 * An event was not delivered in time. Sent again later with the same id it counts once, also if it
 * has been counted already.
 */
public final class UndeliveredException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final boolean mayHaveCounted;

    UndeliveredException(String lastTrouble, boolean mayHaveCounted) {
        super(lastTrouble);
        this.mayHaveCounted = mayHaveCounted;
    }

    /**
     * Whether it may have been counted all the same: it was sent at least once without an answer
     * that says it was not.
     */
    public boolean mayHaveCounted() {
        return mayHaveCounted;
    }
}
