package io.ringtally.event;

import io.ringtally.event.Change.Condition;
import io.ringtally.event.Change.Kind;
import io.ringtally.event.Change.State;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A change as bytes, the same in a slot and in the body.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+---------------+---------------+
 * |  0  kind      |  1  condition | app length    | message len.  |
 * +---------------+---------------+---------------+---------------+
 * |  4  event len.|  5  who length|  6  zeros                     |
 * +---------------+---------------+-------------------------------+
 * |  8  total, signed 64-bit; or idle since                       |
 * |                                                               |
 * +---------------------------------------------------------------+
 * | 16  asked at, microseconds since the epoch                    |
 * |                                                               |
 * +---------------------------------------------------------------+
 * | 24  only with condition 3: the expected total, events,        |
 * |     first_at and last_at, 8 bytes each                        |
 * +---------------------------------------------------------------+
 * | 24 or 56  app_id, message_id, event, who: UTF-8, no gaps      |
 * |     then zeros up to a multiple of 8                          |
 * +---------------------------------------------------------------+
 * </pre>
 *
 * Kinds: 1 set, 2 remove, 3 remove all of a message, 4 retire. Conditions: 0 none, 1 exists, 2
 * absent, 3 matches. Integers are little-endian.
 *
 * <p>Threading: stateless.
 */
public final class ChangeLayout {

    private static final int KIND = 0;
    private static final int CONDITION = 1;
    private static final int LENGTHS = 2;
    private static final int TOTAL = 8;
    private static final int ASKED_AT = 16;
    private static final int EXPECTED = 24;
    private static final int EXPECTED_BYTES = 32;
    private static final int TEXTS = 4;

    private ChangeLayout() {
    }

    /** The bytes of a change, a multiple of 8; at most those of the largest event. */
    public static byte[] encode(Change change) {
        byte[][] texts = {utf8(change.appId()), utf8(change.messageId()), utf8(change.event()),
                utf8(change.who())};
        State expected = change.expected();
        int text = EXPECTED + (expected == null ? 0 : EXPECTED_BYTES);
        int size = text;
        for (byte[] one : texts) {
            size += one.length;
        }
        ByteBuffer to = ByteBuffer.allocate((size + 7) & ~7).order(ByteOrder.LITTLE_ENDIAN);
        to.put(KIND, (byte) (change.kind().ordinal() + 1));
        to.put(CONDITION, (byte) change.condition().ordinal());
        to.putLong(TOTAL, change.total());
        to.putLong(ASKED_AT, change.askedAtMicros());
        if (expected != null) {
            to.putLong(EXPECTED, expected.total()).putLong(EXPECTED + 8, expected.events())
                    .putLong(EXPECTED + 16, expected.firstAtMicros())
                    .putLong(EXPECTED + 24, expected.lastAtMicros());
        }
        for (int i = 0; i < TEXTS; i++) {
            to.put(LENGTHS + i, (byte) texts[i].length);
            to.put(text, texts[i]);
            text += texts[i].length;
        }
        assert to.capacity() <= EventLayout.EVENT_SIZE_MAX : "no slot need have room for it";
        return to.array();
    }

    /**
     * Reads the changes that fill some bytes.
     *
     * @throws IllegalArgumentException if they are no changes; the message says why
     */
    public static List<Change> decode(ByteBuffer memory, int at, int length) {
        List<Change> changes = new ArrayList<>();
        int end = at + length;
        int next = at;
        while (next < end) {
            int size = end - next < EXPECTED ? Integer.MAX_VALUE : sizeAt(memory, next);
            if (size > end - next) {
                throw new IllegalArgumentException("a change is longer than its record");
            }
            changes.add(decodeOne(memory, next));
            next += size;
        }
        if (changes.isEmpty()) {
            throw new IllegalArgumentException("there is no change in it");
        }
        return changes;
    }

    private static boolean expects(ByteBuffer memory, int at) {
        return memory.get(at + CONDITION) == Condition.MATCHES.ordinal();
    }

    private static int sizeAt(ByteBuffer memory, int at) {
        int size = EXPECTED + (expects(memory, at) ? EXPECTED_BYTES : 0);
        for (int i = 0; i < TEXTS; i++) {
            size += memory.get(at + LENGTHS + i) & 0xff;
        }
        return (size + 7) & ~7;
    }

    private static Change decodeOne(ByteBuffer memory, int at) {
        int kind = memory.get(at + KIND) - 1;
        int condition = memory.get(at + CONDITION);
        if (kind < 0 || kind >= Kind.values().length || condition < 0
                || condition >= Condition.values().length) {
            throw new IllegalArgumentException("a change has kind " + (kind + 1)
                    + " and condition " + condition);
        }
        State expected = expects(memory, at) ? new State(memory.getLong(at + EXPECTED),
                memory.getLong(at + EXPECTED + 8), memory.getLong(at + EXPECTED + 16),
                memory.getLong(at + EXPECTED + 24)) : null;
        String[] texts = new String[TEXTS];
        int text = at + EXPECTED + (expected == null ? 0 : EXPECTED_BYTES);
        for (int i = 0; i < TEXTS; i++) {
            int length = memory.get(at + LENGTHS + i) & 0xff;
            texts[i] = text(memory, text, length);
            text += length;
        }
        return new Change(Kind.values()[kind], texts[0], texts[1], texts[2],
                memory.getLong(at + TOTAL), Condition.values()[condition], expected, texts[3],
                memory.getLong(at + ASKED_AT));
    }

    private static String text(ByteBuffer memory, int at, int length) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(
                    memory.duplicate().limit(at + length).position(at)).toString();
        } catch (CharacterCodingException malformed) {
            throw new IllegalArgumentException("a change's text is not UTF-8", malformed);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
