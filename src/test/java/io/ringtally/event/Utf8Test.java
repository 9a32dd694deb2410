package io.ringtally.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {

    private final CharsetDecoder oracle = StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final CharBuffer chars = CharBuffer.allocate(16);

    @Test
    void agreesWithTheDecoderOnEverySequenceOfUpToThreeBytes() {
        byte[] bytes = new byte[3];
        ByteBuffer view = ByteBuffer.wrap(bytes);
        for (int length = 1; length <= 3; length++) {
            for (int word = 0; word < 1 << 8 * length; word++) {
                bytes[0] = (byte) word;
                bytes[1] = (byte) (word >>> 8);
                bytes[2] = (byte) (word >>> 16);
                if (oracleFirstInvalid(view, length) != Utf8.firstInvalid(bytes, 0, length)) {
                    assertAgrees(bytes, length);
                }
            }
        }
    }

    @Test
    void agreesWithTheDecoderOnRandomLongerSequences() {
        Random random = new Random(20260101);
        byte[] bytes = new byte[9];
        int valid = 0;
        for (int round = 0; round < 1_000_000; round++) {
            int length = 4 + random.nextInt(6);
            bytes[0] = (byte) (0xEE + random.nextInt(8));
            for (int i = 1; i < length; i++) {
                int kind = random.nextInt(8);
                bytes[i] = (byte) (kind == 0 ? random.nextInt() : kind == 1
                        ? random.nextInt(0x80) : 0x80 + random.nextInt(0x40));
            }
            assertAgrees(bytes, length);
            assertAgrees(bytes, 4);
            valid += Utf8.isValid(bytes, 0, 4) ? 1 : 0;
        }
        assertTrue(valid > 100_000, "only " + valid + " sequences were valid");
    }

    @Test
    void looksAtTheGivenSliceOnly() {
        byte[] bytes = {(byte) 0xFF, 'a', (byte) 0xC3, (byte) 0xA9, (byte) 0xFF};
        assertTrue(Utf8.isValid(bytes, 1, 3));
        assertFalse(Utf8.isValid(bytes, 1, 2));
        assertFalse(Utf8.isValid(bytes, 1, 4));
        assertEquals(4, Utf8.firstInvalid(bytes, 1, 4));
        assertTrue(Utf8.isValid(bytes, 0, 0));
    }

    private void assertAgrees(byte[] bytes, int length) {
        int expected = oracleFirstInvalid(ByteBuffer.wrap(bytes), length);
        int found = Utf8.firstInvalid(bytes, 0, length);
        if (expected != found) {
            StringBuilder hex = new StringBuilder();
            for (int i = 0; i < length; i++) {
                hex.append(String.format("%02x ", bytes[i]));
            }
            assertEquals(expected, found, hex.toString());
        }
    }

    private int oracleFirstInvalid(ByteBuffer bytes, int length) {
        bytes.clear().limit(length);
        chars.clear();
        oracle.reset();
        return oracle.decode(bytes, chars, true).isError() ? bytes.position() : -1;
    }
}
