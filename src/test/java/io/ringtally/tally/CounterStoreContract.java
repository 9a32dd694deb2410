package io.ringtally.tally;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every counter store does. */
abstract class CounterStoreContract {

    private static final int CAPACITY = 1_000;

    private CounterStore store;

    abstract CounterStore storeOf(int capacity);

    @BeforeEach
    void open() {
        store = storeOf(CAPACITY);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void findsWhatWasCreatedWithWhatWasSet() {
        assertNull(store.find(key("a", "m", "e")));
        CounterEntry made = store.create(key("a", "m", "e"));
        assertEquals(0, made.total());
        assertEquals(0, made.events());
        made.set(Long.MIN_VALUE, 7, -5, Long.MAX_VALUE);
        CounterEntry found = store.find(key("a", "m", "e"));
        assertEquals(Long.MIN_VALUE, found.total());
        assertEquals(7, found.events());
        assertEquals(-5, found.firstAtMicros());
        assertEquals(Long.MAX_VALUE, found.lastAtMicros());
        assertEquals(1, store.size());
    }

    @Test
    void tellsPartsOfTheKeyApart() {
        store.create(key("ab", "c", "d")).set(1, 1, 0, 0);
        assertNull(store.find(key("a", "bc", "d")));
        assertNull(store.find(key("ab", "cd", "d")));
        assertNull(store.find(key("", "ab", "d")));
        assertFalse(store.contains(key("a", "bc", "d")));
        assertTrue(store.contains(key("ab", "c", "d")));
    }

    @Test
    void keepsTheLongestKeysAndBytesBeyondAscii() {
        String longest = "\u00e9".repeat(127) + "x";
        store.create(key("\u4e16".repeat(21), longest, "e".repeat(128))).set(5, 1, 2, 3);
        assertEquals(5, store.find(key("\u4e16".repeat(21), longest, "e".repeat(128))).total());
        assertNull(store.find(key("\u4e16".repeat(21), "\u00e9".repeat(127) + "y",
                "e".repeat(128))));
    }

    @Test
    void forgetsWhatIsRemoved() {
        store.create(key("a", "m", "e")).set(1, 1, 0, 0);
        store.remove(key("a", "m", "e"));
        store.remove(key("a", "never", "e"));
        assertNull(store.find(key("a", "m", "e")));
        assertEquals(0, store.size());
    }

    @Test
    void placesHoldWhateverComesAndGoes() {
        long[] places = new long[CAPACITY / 2];
        for (int i = 0; i < places.length; i++) {
            places[i] = store.placeOf(store.create(key("app", "kept-" + i, "e")));
            store.create(key("app", "gone-" + i, "e".repeat(1 + i % 100))).set(1, 1, 0, 0);
        }
        for (int i = 0; i < places.length; i++) {
            store.at(places[i]).set(i, i + 1, i + 2, i + 3);
            store.remove(key("app", "gone-" + i, "e".repeat(1 + i % 100)));
        }
        for (int i = 0; i < places.length; i++) {
            store.create(key("app", "new-" + i, "e".repeat(1 + i % 90))).set(-1, -1, -1, -1);
        }
        for (int i = 0; i < places.length; i++) {
            assertEquals(i, store.at(places[i]).total());
            CounterEntry found = store.find(key("app", "kept-" + i, "e"));
            assertEquals(i, found.total());
            assertEquals(i + 3, found.lastAtMicros());
            assertEquals(places[i], store.placeOf(found));
        }
    }

    @Test
    void takesItsCapacityAndSaysNullInsteadOfThrowingWhenFull() {
        for (int i = 0; i < CAPACITY; i++) {
            assertNotNull(store.create(key("app", "message-" + i, "event")), "entry " + i);
        }
        int more = CAPACITY;
        while (store.create(key("app", "message-" + more, "event")) != null) {
            more++;
            assertTrue(more < 100 * CAPACITY, "it never becomes full");
        }
        for (int i = 0; i < more; i++) {
            assertNotNull(store.find(key("app", "message-" + i, "event")), "entry " + i);
        }
    }

    static CounterKey key(String app, String message, String event) {
        return new CounterKey().of(app.getBytes(StandardCharsets.UTF_8),
                message.getBytes(StandardCharsets.UTF_8), event.getBytes(StandardCharsets.UTF_8));
    }
}
