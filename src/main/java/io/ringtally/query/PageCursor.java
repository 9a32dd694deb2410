package io.ringtally.query;

import io.ringtally.event.EventLimits;
import io.ringtally.persist.CounterRange;
import io.ringtally.persist.StuckRange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Where a list goes on, as text for a URL. It holds the last place seen and a digest of that and of
 * the range, so one that was mangled, or belongs to another range, is recognized. It is no secret
 * and gives no right: any instance takes it, at any later time.
 *
 * <pre>
 * +---------+-----------------+----------------------+---+------------+
 * | kind    | digest, 8 bytes | counters: message id | 0 | event      |
 * | of list |                 | stuck messages: time | 0 | message id |
 * +---------+-----------------+----------------------+---+------------+
 * </pre>
 *
 * <p>Threading: stateless.
 */
public final class PageCursor {

    private static final byte COUNTERS = 1;
    private static final byte STUCK = 2;
    private static final int DIGEST_BYTES = 8;
    private static final int TEXT_AT = 1 + DIGEST_BYTES;
    /** No text of an event can hold it. */
    private static final String SEPARATOR = "\0";

    private PageCursor() {
    }

    /** The text for a place in a range. */
    public static String encode(CounterRange range, CounterRange.Place last) {
        return encode(COUNTERS, textOf(range), last.message() + SEPARATOR + last.event());
    }

    /** The place in this range, or null if the text was not made for it. */
    public static CounterRange.Place decode(CounterRange range, String cursor) {
        String[] place = decode(COUNTERS, textOf(range), cursor);
        return place == null ? null : new CounterRange.Place(place[0], place[1]);
    }

    private static String textOf(CounterRange range) {
        return range.app() + SEPARATOR + (range.event() == null ? "" : range.event()) + SEPARATOR
                + range.prefix();
    }

    /** The text for a place among stuck messages; the age asked for may change on the way. */
    public static String encode(StuckRange range, StuckRange.Place last) {
        return encode(STUCK, textOf(range), last.openedAtMicros() + SEPARATOR + last.message());
    }

    /** The place in this range, or null if the text was not made for it. */
    public static StuckRange.Place decode(StuckRange range, String cursor) {
        String[] place = decode(STUCK, textOf(range), cursor);
        if (place == null || !place[0].matches("[0-9]{1,18}")) {
            return null;
        }
        long micros = Long.parseLong(place[0]);
        return micros > EventLimits.TIME_MICROS_MAX ? null
                : new StuckRange.Place(micros, place[1]);
    }

    private static String textOf(StuckRange range) {
        return range.app() + SEPARATOR + (range.missing() == null ? "" : range.missing());
    }

    private static String encode(byte kind, String range, String place) {
        byte[] text = place.getBytes(StandardCharsets.UTF_8);
        byte[] whole = new byte[TEXT_AT + text.length];
        whole[0] = kind;
        System.arraycopy(digest(range, text), 0, whole, 1, DIGEST_BYTES);
        System.arraycopy(text, 0, whole, TEXT_AT, text.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
    }

    /** Both parts of a place, or null if the text was not made for this range. */
    private static String[] decode(byte kind, String range, String cursor) {
        byte[] whole;
        try {
            whole = Base64.getUrlDecoder().decode(cursor);
        } catch (IllegalArgumentException notEncoded) {
            return null;
        }
        if (whole.length <= TEXT_AT || whole[0] != kind) {
            return null;
        }
        String place = new String(whole, TEXT_AT, whole.length - TEXT_AT, StandardCharsets.UTF_8);
        // bit by bit: base64 has more than one text for the same bytes
        String[] parts = place.split(SEPARATOR, -1);
        return parts.length == 2 && encode(kind, range, place).equals(cursor) ? parts : null;
    }

    private static byte[] digest(String range, byte[] text) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update((range + SEPARATOR).getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(sha.digest(text), DIGEST_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java has SHA-256", impossible);
        }
    }
}
