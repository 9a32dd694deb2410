package io.ringtally.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The events of a request as bytes: made, taken out again, given ids, read back. */
class EventBatchTest {

    private final EventBatch batch = new EventBatch(7);
    private final EventDraft draft = new EventDraft();

    private void add(String app, String message, String id) {
        byte[] appBytes = utf8(app);
        byte[] messageBytes = utf8(message);
        byte[] idBytes = utf8(id);
        batch.accept(draft.clear().app(appBytes, 0, appBytes.length)
                .message(messageBytes, 0, messageBytes.length).id(idBytes, 0, idBytes.length));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** {@code app/message/id} of every event, read from a copy as a stage reads its slot. */
    private List<String> events() {
        ByteBuffer memory = ByteBuffer.allocate(batch.usedBytes()).order(ByteOrder.LITTLE_ENDIAN);
        batch.copyTo(memory, 0, 0, batch.usedBytes());
        EventCursor event = new EventCursor(memory);
        List<String> events = new ArrayList<>();
        for (int at = 0; at < batch.usedBytes(); at += event.size()) {
            event.at(at);
            int app = at + EventLayout.TEXT;
            int message = app + event.appLength();
            int id = message + event.messageLength() + event.eventLength();
            events.add(text(memory, app, event.appLength()) + '/'
                    + text(memory, message, event.messageLength()) + '/'
                    + text(memory, id, event.idLength()));
        }
        assertEquals(batch.count(), events.size());
        return events;
    }

    private static String text(ByteBuffer memory, int at, int length) {
        return new String(memory.array(), at, length, StandardCharsets.UTF_8);
    }

    @Test
    void aTimeThatWasGivenIsMarkedAndTheLongestAppIsReadAllTheSame() {
        String app = "a".repeat(EventLimits.APP_BYTES_MAX);
        batch.begin(5);
        add(app, "m", "");
        batch.accept(draft.createdAt(5));
        EventCursor event = batch.cursor().at(0);
        assertFalse(event.createdAtGiven());
        assertEquals(5, event.createdAtMicros());
        int second = event.size();
        assertTrue(event.sameCounterAs(second), "the mark is no part of the counter");
        event.at(second);
        assertTrue(event.createdAtGiven());
        assertEquals(EventLimits.APP_BYTES_MAX, event.appLength());
        assertEquals(batch.usedBytes() - second, event.size());
        assertEquals(second, batch.wholeEventsWithin(0, second + 8));
        assertEquals(List.of(app + "/m/", app + "/m/"), events());
    }

    @Test
    void aKeyGivesEventsWithoutIdTheirPlaceAsId() {
        batch.begin(1);
        batch.identifyBy("K");
        for (int i = 0; i < 12; i++) {
            add("a", "m" + i, i == 3 ? "own" : "");
        }
        List<String> events = events();
        assertEquals("a/m0/K/0", events.get(0));
        assertEquals("a/m3/own", events.get(3));
        assertEquals("a/m9/K/9", events.get(9));
        assertEquals("a/m10/K/10", events.get(10));
        assertTrue(batch.hasIds());
        batch.reset();
        add("a", "again", "");
        assertEquals(List.of("a/again/K/0"), events(), "read again from the start");
        batch.begin(2);
        add("a", "next", "");
        assertEquals(List.of("a/next/"), events(), "the next request has no key");
        assertFalse(batch.hasIds());
    }

    @Test
    void theLongestKeyLeavesRoomForEveryIndex() {
        String key = "k".repeat(EventLimits.KEY_BYTES_MAX);
        batch.begin(1);
        batch.identifyBy(key);
        add("", "m", "");
        assertEquals(List.of("/m/" + key + "/0"), events());
        assertTrue(key.length() + "/9999999".length() <= EventLimits.ID_BYTES_MAX);
    }

    @Test
    void eventsTakenOutLeaveTheOthersInTheirOrder() {
        batch.begin(1);
        for (int i = 0; i < 100; i++) {
            add("a".repeat(i % 7), "message-" + i, "id-" + i);
        }
        List<String> expected = new ArrayList<>();
        BitSet dropped = new BitSet();
        for (int i = 0; i < 100; i++) {
            if (i % 3 == 0 || i > 90) {
                dropped.set(i);
            } else {
                expected.add(events().get(i));
            }
        }
        batch.drop(dropped);
        assertEquals(expected, events());
        dropped.set(0, batch.count());
        batch.drop(dropped);
        assertEquals(0, batch.usedBytes());
    }

    @Test
    void identityIsAppAndIdWithoutMixingThemUp() {
        batch.begin(1);
        add("ab", "m", "c");
        add("a", "m", "bc");
        add("ab", "other", "c");
        EventCursor event = batch.cursor().at(0);
        long first = event.identityHash(9);
        assertNotEquals(first, event.identityHash(10));
        event.at(event.size());
        assertNotEquals(first, event.identityHash(9));
        event.at(event.address() + event.size());
        assertEquals(first, event.identityHash(9));
    }
}
