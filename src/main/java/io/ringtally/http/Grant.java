package io.ringtally.http;

import io.ringtally.auth.ApiKey;
import io.ringtally.auth.KeyRing;

/**
 * That a request was let in, for one that goes on for long: it holds while its key is in force.
 *
 * <p>Threading: immutable; what it says is as stale as the keys are.
 *
 * @param keys those in force, null where none are asked for
 * @param key the one it was let in with, or null
 */
record Grant(KeyRing keys, ApiKey key) {

    /** Whether it would be let in again. */
    boolean holds() {
        return key == null || keys.current().has(key);
    }
}
