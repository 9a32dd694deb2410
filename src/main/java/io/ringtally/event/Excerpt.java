package io.ringtally.event;

import java.nio.charset.StandardCharsets;

/**
 * What a client sent, made fit for an error sentence: short, on one line, and text that can be
 * written as UTF-8 whatever it was.
 *
 * <p>Threading: stateless.
 */
final class Excerpt {

    static final int CODE_POINTS_MAX = 40;
    private static final int UTF8_BYTES_MAX = 4;
    private static final char STAND_IN = '?';

    private Excerpt() {
    }

    static String quoted(String found) {
        return '"' + plain(found) + '"';
    }

    static String quoted(byte[] found, int offset, int length) {
        return '"' + plain(found, offset, length) + '"';
    }

    static String plain(byte[] found, int offset, int length) {
        // enough bytes to see that there is more, and no more: a field may be as long as a body
        int enough = Math.min(length, (CODE_POINTS_MAX + 2) * UTF8_BYTES_MAX);
        return plain(new String(found, offset, enough, StandardCharsets.UTF_8));
    }

    static String plain(String found) {
        StringBuilder shown = new StringBuilder();
        int at = 0;
        for (int i = 0; i < CODE_POINTS_MAX && at < found.length(); i++) {
            int point = found.codePointAt(at);
            at += Character.charCount(point);
            shown.appendCodePoint(isShowable(point) ? point : STAND_IN);
        }
        return at < found.length() ? shown.append("...").toString() : shown.toString();
    }

    private static boolean isShowable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
