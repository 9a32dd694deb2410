package io.ringtally.inspect;

import io.ringtally.event.Change;
import java.io.IOException;

/** Is shown the events of a log, in its order. */
public interface EventVisitor {

    /** One event, to be read during the call only. */
    void event(LoggedEvent event) throws IOException;

    /** What was to be done to counters, after the events before it. */
    default void change(long position, Change change) throws IOException {
    }

    /**
     * Positions that cannot be read.
     *
     * @param from the first of them
     * @param to the last of them
     */
    void lost(long from, long to) throws IOException;
}
