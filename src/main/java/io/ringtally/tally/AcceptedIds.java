package io.ringtally.tally;

import io.ringtally.dedupe.EventIdentity;
import io.ringtally.event.EventCursor;
import java.util.Arrays;

/**
 * The ids of the events that one shard has taken since a cut, for Postgres to remember.
 *
 * <p>Threading: as its {@link ChangeSet}.
 */
public final class AcceptedIds {

    private static final int WORDS = 5;
    private static final int INITIAL_IDS = 64;
    private static final int KEPT_IDS = 1 << 16;

    /** High, low, fingerprint, position, time of acceptance of each. */
    private long[] words = new long[INITIAL_IDS * WORDS];
    private int count;

    void add(EventCursor event, EventIdentity identity, long position) {
        int at = count * WORDS;
        if (at == words.length) {
            words = Arrays.copyOf(words, (count + count / 2) * WORDS);
        }
        words[at] = identity.high(event);
        words[at + 1] = identity.low(event);
        words[at + 2] = identity.fingerprint(event);
        words[at + 3] = position;
        words[at + 4] = event.acceptedAtMicros();
        count++;
    }

    void clear() {
        if (words.length > KEPT_IDS * WORDS) {
            words = new long[INITIAL_IDS * WORDS];
        }
        count = 0;
    }

    public int count() {
        return count;
    }

    /** Upper half of the hash of app and id. */
    public long high(int index) {
        return words[index * WORDS];
    }

    /** Lower half of the hash of app and id. */
    public long low(int index) {
        return words[index * WORDS + 1];
    }

    public long fingerprint(int index) {
        return words[index * WORDS + 2];
    }

    /** Log position of the event's slot. */
    public long position(int index) {
        return words[index * WORDS + 3];
    }

    /** When the event was accepted, microseconds since the epoch. */
    public long acceptedAtMicros(int index) {
        return words[index * WORDS + 4];
    }
}
