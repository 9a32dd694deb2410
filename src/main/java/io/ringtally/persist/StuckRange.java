package io.ringtally.persist;

import io.ringtally.event.Lifecycle;
import java.time.Duration;

/**
 * Which stuck messages are asked for.
 *
 * @param app the app's id
 * @param lifecycle what is expected of its messages
 * @param missing the event they lack, one of the lifecycle; or null for any of them
 * @param olderThan how long ago the first event of the message came to Postgres, at least
 */
public record StuckRange(String app, Lifecycle lifecycle, String missing, Duration olderThan) {

    /**
     * A place in the list, which is ordered by both.
     *
     * @param openedAtMicros microseconds since the epoch
     * @param message the message's id
     */
    public record Place(long openedAtMicros, String message) {

        /** Before every message. */
        public static final Place START = new Place(0, "");
    }
}
