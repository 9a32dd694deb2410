package io.ringtally.tally;

import io.ringtally.event.EventCursor;

/**
 * Goes once more, in log order, through the events of the batch that is being settled.
 *
 * <p>Threading: the shard's thread.
 */
public interface EventWalk {

    /** Shows every event of the batch to the visitor, of all shards. */
    void each(Visitor visitor);

    /** Sees one event after the other. */
    interface Visitor {

        /** One event, at the log position of its slot. The cursor moves on afterwards. */
        void visit(EventCursor event, long position);
    }
}
