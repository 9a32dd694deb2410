package io.ringtally.query;

import io.ringtally.persist.CounterRange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Where a list goes on, as text for a URL. It holds the last counter seen and a digest of that and
 * of the range, so one that was mangled, or belongs to another range, is recognized. It is no
 * secret and gives no right: any instance takes it, at any later time.
 *
 * <pre>
 * +---------+----------------------+------------------+---+------------------+
 * | version | digest, 8 bytes      | message id       | 0 | event            |
 * +---------+----------------------+------------------+---+------------------+
 * </pre>
 *
 * <p>Threading: stateless.
 */
public final class PageCursor {

    private static final byte VERSION = 1;
    private static final int DIGEST_BYTES = 8;
    private static final int TEXT_AT = 1 + DIGEST_BYTES;
    /** Neither an app nor an event can hold it, and no event is empty. */
    private static final String SEPARATOR = "\0";

    private PageCursor() {
    }

    /** The text for a place in a range. */
    public static String encode(CounterRange range, CounterRange.Place last) {
        byte[] text = textOf(last);
        byte[] whole = new byte[TEXT_AT + text.length];
        whole[0] = VERSION;
        System.arraycopy(digest(range, text), 0, whole, 1, DIGEST_BYTES);
        System.arraycopy(text, 0, whole, TEXT_AT, text.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
    }

    /** The place in this range, or null if the text was not made for it. */
    public static CounterRange.Place decode(CounterRange range, String cursor) {
        byte[] whole;
        try {
            whole = Base64.getUrlDecoder().decode(cursor);
        } catch (IllegalArgumentException notEncoded) {
            return null;
        }
        if (whole.length <= TEXT_AT || whole[0] != VERSION) {
            return null;
        }
        String text = new String(whole, TEXT_AT, whole.length - TEXT_AT, StandardCharsets.UTF_8);
        int between = text.indexOf(SEPARATOR);
        if (between < 0) {
            return null;
        }
        CounterRange.Place place = new CounterRange.Place(text.substring(0, between),
                text.substring(between + 1));
        // bit by bit: base64 has more than one text for the same bytes
        return encode(range, place).equals(cursor) ? place : null;
    }

    private static byte[] textOf(CounterRange.Place place) {
        return (place.message() + SEPARATOR + place.event()).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] digest(CounterRange range, byte[] text) {
        String event = range.event() == null ? "" : range.event();
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update((range.app() + SEPARATOR + event + SEPARATOR + range.prefix() + SEPARATOR)
                    .getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(sha.digest(text), DIGEST_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java has SHA-256", impossible);
        }
    }
}
