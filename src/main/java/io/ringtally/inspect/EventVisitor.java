package io.ringtally.inspect;

import java.io.IOException;

/** Is shown the events of a log, in its order. */
public interface EventVisitor {

    /** One event, to be read during the call only. */
    void event(LoggedEvent event) throws IOException;

    /**
     * Positions that cannot be read.
     *
     * @param from the first of them
     * @param to the last of them
     */
    void lost(long from, long to) throws IOException;
}
