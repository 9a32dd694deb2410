package io.ringtally.persist;

/**
 * Postgres has not answered a query. The message is fit for clients: addresses, roles and texts of
 * statements are in the cause only.
 */
public final class QueryFailedException extends Exception {

    private static final long serialVersionUID = 1;

    private final boolean timedOut;

    /**
     * Makes one.
     *
     * @param timedOut whether Postgres is there and the query took too long
     */
    public QueryFailedException(String message, boolean timedOut, Throwable cause) {
        super(message, cause);
        this.timedOut = timedOut;
    }

    /** Whether the query took too long; otherwise Postgres is not there. */
    public boolean timedOut() {
        return timedOut;
    }
}
