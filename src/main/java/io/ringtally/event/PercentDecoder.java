package io.ringtally.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Decodes {@code %XX} in path segments, queries and forms: once, and strictly. A percent sign
 * without two hexadecimal digits behind it is an error, and so is what is not UTF-8 afterwards or
 * has U+0000.
 *
 * <p>What was decoded lies in a buffer of this object. It stays there while more is decoded, until
 * {@link #forget()}.
 *
 * <p>Threading: one thread's.
 */
public final class PercentDecoder {

    private static final int INITIAL_BYTES = 512;
    private static final int KEPT_BYTES_MAX = 64 * 1024;

    private byte[] decoded = new byte[INITIAL_BYTES];
    private int used;

    // the last text decoded, or what is wrong with it
    private int offset;
    private int length;
    private String wrong = "";

    /** Makes the whole buffer free again: all slices handed out become invalid. */
    public void forget() {
        used = 0;
        if (decoded.length > KEPT_BYTES_MAX) {
            decoded = new byte[INITIAL_BYTES]; // one large form does not hold memory for ever
        }
    }

    /** Decodes a segment of a path, where a plus sign is a plus sign. */
    public boolean decodeSegment(String raw) {
        return decodeText(raw, false);
    }

    /** Decodes a name or value of a query, where a plus sign is a space. */
    public boolean decodeQuery(String raw) {
        return decodeText(raw, true);
    }

    /** The array that holds the text decoded last, in UTF-8. */
    public byte[] bytes() {
        return decoded;
    }

    /** Where in {@link #bytes()} the text starts. */
    public int offset() {
        return offset;
    }

    /** Bytes the text has. */
    public int length() {
        return length;
    }

    /** The text decoded last, as a string of its own. */
    public String text() {
        return new String(decoded, offset, length, StandardCharsets.UTF_8);
    }

    /** What is wrong with the text that could not be decoded, as an error of that field. */
    public FieldError error(String field) {
        return new FieldError(field, field + ' ' + wrong);
    }

    /** The error's sentence without its subject. */
    public String wrong() {
        return wrong;
    }

    private boolean decodeText(String raw, boolean plusIsSpace) {
        for (int i = 0; i < raw.length(); i++) {
            if (raw.charAt(i) > 0x7F) {
                // nobody knows which charset made this character out of the request's bytes
                wrong = "has " + Excerpt.quoted(raw.substring(i, i + 1)) + " at position " + i
                        + ", which is not ASCII: send its bytes of UTF-8 as escapes such as %C3";
                return false;
            }
        }
        byte[] source = raw.getBytes(StandardCharsets.US_ASCII);
        return unescape(source, 0, source.length, plusIsSpace) && isGoodText();
    }

    /**
     * Replaces escapes only: whether the result is UTF-8, and without U+0000, is not looked at.
     */
    boolean unescape(byte[] source, int from, int count, boolean plusIsSpace) {
        reserve(count);
        int end = from + count;
        int to = used;
        int at = from;
        while (at < end) {
            byte octet = source[at];
            if (octet == '%') {
                int high = at + 2 < end ? Character.digit(source[at + 1], 16) : -1;
                int low = at + 2 < end ? Character.digit(source[at + 2], 16) : -1;
                if ((high | low) < 0) {
                    return malformedEscape(source, at, end, at - from);
                }
                decoded[to++] = (byte) (high << 4 | low);
                at += 3;
            } else {
                decoded[to++] = octet == '+' && plusIsSpace ? (byte) ' ' : octet;
                at++;
            }
        }
        offset = used;
        length = to - used;
        used = to;
        return true;
    }

    private boolean malformedEscape(byte[] source, int at, int end, int position) {
        wrong = "has " + Excerpt.quoted(source, at, Math.min(3, end - at)) + " at byte " + position
                + ", which is no escape: send two hexadecimal digits after each %, and % itself"
                + " as %25";
        return false;
    }

    private boolean isGoodText() {
        int bad = Utf8.firstInvalid(decoded, offset, length);
        if (bad >= 0) {
            wrong = "is " + Excerpt.quoted(decoded, offset, length) + ", which at byte "
                    + (bad - offset) + String.format(" (0x%02X)", decoded[bad])
                    + " is not valid UTF-8: send the escaped bytes of text in UTF-8";
            return false;
        }
        for (int at = offset; at < offset + length; at++) {
            if (decoded[at] == 0) {
                wrong = "is " + Excerpt.quoted(decoded, offset, length) + ", which has U+0000 at"
                        + " byte " + (at - offset) + ", a character that cannot be stored: send"
                        + " it without %00";
                return false;
            }
        }
        return true;
    }

    /** Makes room; texts decoded before stay valid, in the array they were handed out with. */
    private void reserve(int more) {
        if (decoded.length - used < more) {
            decoded = Arrays.copyOf(decoded, Math.max(2 * decoded.length, used + more));
        }
    }
}
