package io.ringtally.persist;

import java.sql.SQLException;

/**
 * What the flusher tells the rest of the service.
 *
 * <p>Threading: called on the flusher's thread.
 */
public interface FlusherEvents {

    /** An attempt failed and will be repeated; the database may need to be looked after. */
    void attemptFailed(SQLException failure);

    /** Another process owns the log; the flusher's thread ends. */
    void fenced(String explanation);

    /** The flusher's thread ends by an exception. */
    void died(Throwable cause);
}
