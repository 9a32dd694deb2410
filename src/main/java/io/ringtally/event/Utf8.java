package io.ringtally.event;

/**
 * Strict UTF-8: the table of well-formed sequences in the Unicode Standard (table 3-7). Overlong
 * forms, surrogates and code points above U+10FFFF are not well-formed.
 *
 * <p>Threading: stateless.
 */
final class Utf8 {

    private Utf8() {
    }

    static boolean isValid(byte[] bytes, int offset, int length) {
        return firstInvalid(bytes, offset, length) < 0;
    }

    /**
     * Index in {@code bytes} where the first malformed sequence starts, or -1 when all is well.
     */
    static int firstInvalid(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int at = offset;
        while (at < end) {
            if (bytes[at] >= 0) {
                at++;
                continue;
            }
            int size = sequenceBytes(bytes, at, end);
            if (size == 0) {
                return at;
            }
            at += size;
        }
        return -1;
    }

    /** Bytes of the well-formed sequence that starts at {@code at}, 0 when it is malformed. */
    private static int sequenceBytes(byte[] bytes, int at, int end) {
        int lead = bytes[at] & 0xFF;
        int second = byteAt(bytes, at + 1, end);
        if (lead < 0xC2 || lead > 0xF4) {
            return 0;
        }
        if (lead < 0xE0) {
            return continues(second) ? 2 : 0;
        }
        boolean twoContinue = continues(second) && continues(byteAt(bytes, at + 2, end));
        if (lead < 0xF0) {
            // below E0 A0 is overlong, from ED A0 on lie the surrogates
            boolean inRange = lead == 0xE0 ? second >= 0xA0 : lead != 0xED || second <= 0x9F;
            return twoContinue && inRange ? 3 : 0;
        }
        // below F0 90 is overlong, from F4 90 on is above U+10FFFF
        boolean inRange = lead == 0xF0 ? second >= 0x90 : lead != 0xF4 || second <= 0x8F;
        return twoContinue && continues(byteAt(bytes, at + 3, end)) && inRange ? 4 : 0;
    }

    /** The byte, or 0 past the end: 0 continues nothing. */
    private static int byteAt(byte[] bytes, int at, int end) {
        return at < end ? bytes[at] & 0xFF : 0;
    }

    private static boolean continues(int octet) {
        return (octet & 0xC0) == 0x80;
    }
}
