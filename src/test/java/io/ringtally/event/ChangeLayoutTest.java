package io.ringtally.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.event.Change.Condition;
import io.ringtally.event.Change.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Changes come out of their bytes as they went in, and what is none is not taken for one. */
class ChangeLayoutTest {

    private static final Change SET = new Change(Kind.SET, "shop", "m-1", "SENT", -7,
            Condition.MATCHES, new Change.State(Long.MIN_VALUE, 3, -4, Long.MAX_VALUE), "k1", 99);
    private static final Change REMOVE = new Change(Kind.REMOVE_MESSAGE, "", "é", "", 0,
            Condition.EXISTS, null, "anonymous", 1);

    private static ByteBuffer bytes(Change... changes) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Change change : changes) {
            all.writeBytes(ChangeLayout.encode(change));
        }
        return ByteBuffer.wrap(all.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void whatWasEncodedIsDecoded() {
        ByteBuffer both = bytes(SET, REMOVE);
        assertEquals(List.of(SET, REMOVE), ChangeLayout.decode(both, 0, both.capacity()));
    }

    @Test
    void theLargestChangeFitsTheSmallestSlot() {
        Change largest = new Change(Kind.SET, "a".repeat(64), "b".repeat(255), "c".repeat(128), 0,
                Condition.MATCHES, new Change.State(0, 0, 0, 0),
                "d".repeat(Change.WHO_BYTES_MAX), 0);
        Change retired = new Change(Kind.RETIRE, "a".repeat(64), "b".repeat(255),
                "c".repeat(255), 0, Condition.NONE, null, "retention", 0);
        assertTrue(ChangeLayout.encode(largest).length <= EventLayout.EVENT_SIZE_MAX);
        ByteBuffer both = bytes(largest, retired);
        assertEquals(List.of(largest, retired), ChangeLayout.decode(both, 0, both.capacity()));
    }

    @Test
    void whatIsCutShortOrOfNoKindIsRefused() {
        ByteBuffer whole = bytes(SET);
        for (int length = 0; length < whole.capacity(); length++) {
            int part = length;
            assertThrows(IllegalArgumentException.class,
                    () -> ChangeLayout.decode(whole, 0, part));
        }
        whole.put(0, (byte) 9);
        assertThrows(IllegalArgumentException.class,
                () -> ChangeLayout.decode(whole, 0, whole.capacity()));
    }

    @Test
    void aKeyHasTheHashThatItsEventsHave() {
        EventBatch batch = new EventBatch(5);
        EventDraft draft = new EventDraft();
        for (String name : List.of("e", "exactly8", "longer than sixteen bytes", "17 bytes of text_")) {
            batch.begin(1);
            draft.clear();
            byte[] app = "shop".getBytes(StandardCharsets.UTF_8);
            byte[] message = "m".getBytes(StandardCharsets.UTF_8);
            byte[] event = name.getBytes(StandardCharsets.UTF_8);
            draft.app(app, 0, app.length);
            draft.message(message, 0, message.length);
            draft.event(event, 0, event.length);
            batch.accept(draft);
            assertEquals(batch.cursor().at(0).keyHash(),
                    EventHash.keyOf(EventHash.sliceOf(app, message, 5), event), name);
        }
    }
}
