package io.ringtally.persist;

import io.ringtally.event.Lifecycle;
import java.io.IOException;

/**
 * An app has had more event names in its lifecycles than a message has bits.
 *
 * <p>Threading: immutable.
 */
public final class LifecycleFullException extends IOException {

    private static final long serialVersionUID = 1L;

    LifecycleFullException(String app, int names) {
        super("the lifecycles of app \"" + app + "\" have had " + names + " different names with"
                + " those that are new now, and " + Lifecycle.EVENTS_MAX + " are possible. Go back"
                + " to names that were there before; or stop all instances, delete the app's rows"
                + " from ringtally.lifecycle and ringtally.message, and start again: they are made"
                + " anew from the counters");
    }
}
