package io.ringtally.dedupe;

import io.ringtally.event.EventCursor;
import io.ringtally.event.EventHash;

/**
 * What stands for an event in the memory of ids: 128 bits for who it says it is (app and id), 64
 * for what it says (message, name, value, and the time if the client gave one). Made from the
 * event's bytes, so the edge, the shards and a replay of the log get the same.
 *
 * <p>All three depend on the log's seed: nobody who does not know it can make two ids meet.
 *
 * <p>Threading: immutable.
 */
public final class EventIdentity {

    private final long highSeed;
    private final long lowSeed;
    private final long bodySeed;

    /**
     * The identities of one log.
     *
     * @param logSeed the seed kept with the log
     */
    public EventIdentity(long logSeed) {
        highSeed = EventHash.mix(logSeed, 1);
        lowSeed = EventHash.mix(logSeed, 2);
        bodySeed = EventHash.mix(logSeed, 3);
    }

    /** The upper half of the hash of app and id. */
    public long high(EventCursor event) {
        return event.identityHash(highSeed);
    }

    /** The lower half of the hash of app and id. */
    public long low(EventCursor event) {
        return event.identityHash(lowSeed);
    }

    /** The fingerprint of the body: a repeat has the same, another event under this id has not. */
    public long fingerprint(EventCursor event) {
        return event.bodyHash(bodySeed);
    }
}
