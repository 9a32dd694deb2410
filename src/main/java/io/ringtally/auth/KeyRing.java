package io.ringtally.auth;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The keys in force: a snapshot, replaced as a whole when another one has been read.
 *
 * <p>Threading: one thread replaces the snapshot, any thread looks at it; who holds one sees it
 * unchanged for as long as it likes, and is as stale as that.
 */
public final class KeyRing {

    private volatile Snapshot current;

    /** The snapshot in force, or null while none has been read. */
    public Snapshot current() {
        return current;
    }

    /**
     * Puts these keys in force, those that are not revoked.
     *
     * @return whether they are others than before
     */
    public boolean replace(Collection<ApiKey> keys) {
        Snapshot next = new Snapshot(keys);
        Snapshot last = current;
        if (last != null && last.byId.equals(next.byId)) {
            return false; // what has been recognised with the old one stays recognised
        }
        current = next;
        return true;
    }

    /**
     * Keys by their ids.
     *
     * <p>Threading: immutable.
     */
    public static final class Snapshot {

        private final Map<String, ApiKey> byId = new HashMap<>();

        private Snapshot(Collection<ApiKey> keys) {
            keys.forEach(key -> byId.put(key.id(), key));
        }

        /** The key this token is good for; null if there is none. */
        public ApiKey find(String token) {
            KeyToken parsed = KeyToken.parse(Objects.requireNonNull(token));
            ApiKey key = parsed == null ? null : byId.get(parsed.id());
            return key != null && key.hasSecretHash(parsed.secretHash()) ? key : null;
        }

        /** Whether this key is in force, as it is. */
        public boolean has(ApiKey key) {
            return key.equals(byId.get(key.id()));
        }

        public int size() {
            return byId.size();
        }
    }
}
