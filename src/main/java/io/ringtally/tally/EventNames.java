package io.ringtally.tally;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The event names seen per app, so that all counters of a message can be found: each name is looked
 * up. Apps have few names as a rule, so this costs nothing per message; the number remembered is
 * bounded, and past the bound it says that it does not know.
 *
 * <p>Threading: the shard's thread.
 */
final class EventNames {

    /** Most names per app: a read of one message costs a look-up for each. */
    static final int PER_APP_MAX = 4096;

    /** Most names over all apps: what the index may take of the heap. */
    static final int MAX = 200_000;

    private final Map<String, Set<String>> byApp = new HashMap<>();
    private final Set<String> incomplete = new HashSet<>();
    private boolean appsMissing;
    private int size;

    private final CounterKey last = new CounterKey();

    /** Notes the app and event of a new counter. */
    void note(CounterKey key) {
        if (sameAsLast(key)) {
            return;
        }
        System.arraycopy(key.bytes, 0, last.bytes, 0, key.length);
        last.length = key.length;
        last.appLength = key.appLength;
        last.messageLength = key.messageLength;
        add(key.app(), key.event());
    }

    private boolean sameAsLast(CounterKey key) {
        return last.length != 0
                && Arrays.equals(key.bytes, 0, key.appLength, last.bytes, 0, last.appLength)
                && Arrays.equals(key.bytes, key.eventOffset(), key.length,
                        last.bytes, last.eventOffset(), last.length);
    }

    private void add(String app, String event) {
        Set<String> names = byApp.get(app);
        if (names != null && names.contains(event)) {
            return;
        }
        if (size >= MAX || names != null && names.size() >= PER_APP_MAX) {
            if (names == null) {
                appsMissing = true;
            } else {
                incomplete.add(app);
            }
            return;
        }
        if (names == null) {
            names = new HashSet<>();
            byApp.put(app, names);
        }
        names.add(event);
        size++;
    }

    /** The names seen for an app, or null when not all of them are known. */
    List<byte[]> of(String app) {
        Set<String> names = byApp.get(app);
        if (names == null) {
            return appsMissing ? null : List.of();
        }
        if (incomplete.contains(app)) {
            return null;
        }
        List<byte[]> all = new ArrayList<>(names.size());
        names.forEach(name -> all.add(name.getBytes(StandardCharsets.UTF_8)));
        return all;
    }
}
