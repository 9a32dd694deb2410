package io.ringtally.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PercentDecoderTest {

    private final PercentDecoder decoder = new PercentDecoder();

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
        "``, ``, ``",
        "abc, abc, abc",
        "a%2Fb%2fc, a/b/c, a/b/c",
        "a+b, a+b, a b",
        "%2B+%20, ++ , `+  `",
        "%2525, %25, %25",
        "%C3%A9%F0%9F%98%80, é😀, é😀",
        "%0A, `\n`, `\n`",
    }, ignoreLeadingAndTrailingWhitespace = false)
    void decodesOnce(String raw, String segment, String query) {
        assertTrue(decoder.decodeSegment(raw.strip()));
        assertEquals(segment.replaceFirst("^ ", ""), decoder.text());
        assertTrue(decoder.decodeQuery(raw.strip()));
        assertEquals(query.replaceFirst("^ ", ""), decoder.text());
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
        "%, `message_id has \"%\" at byte 0, which is no escape: send two hex`",
        "a%4, `message_id has \"%4\" at byte 1, which is no escape`",
        "a%4xyz, `message_id has \"%4x\" at byte 1, which is no escape`",
        "%-1, which is no escape",
        "%u0041, which is no escape",
        "a%FFb, `message_id is \"a?b\", which at byte 1 (0xFF) is not valid UTF-8: send`",
        "%C0%80, not valid UTF-8",
        "%ED%A0%80%ED%B0%80, not valid UTF-8",
        "a%00, `message_id is \"a?\", which has U+0000 at byte 1`",
        "aé, `message_id has \"é\" at position 1, which is not ASCII: send its bytes`",
    })
    void saysWhatIsWrong(String raw, String reason) {
        assertFalse(decoder.decodeSegment(raw));
        FieldError error = decoder.error("message_id");
        assertEquals("message_id", error.field());
        String found = error.reason().replace('\uFFFD', '?');
        assertTrue(found.contains(reason), found);
    }

    @Test
    void agreesWithTheJdkOnEverythingTheJdkEncodes() {
        Random random = new Random(20260106);
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i > 0; i--) {
                int point = 1 + random.nextInt(random.nextBoolean() ? 0x7F : 0x10FFFE);
                text.appendCodePoint(point >= 0xD800 && point <= 0xDFFF ? 'x' : point);
            }
            String raw = URLEncoder.encode(text.toString(), StandardCharsets.UTF_8);
            decoder.forget();
            assertTrue(decoder.decodeQuery(raw), raw);
            assertEquals(URLDecoder.decode(raw, StandardCharsets.UTF_8), decoder.text());
        }
    }

    @Test
    void keepsWhatWasDecodedUntilItIsToldToForget() {
        assertTrue(decoder.decodeSegment("%61bc"));
        byte[] bytes = decoder.bytes();
        int offset = decoder.offset();
        int length = decoder.length();
        for (int i = 0; i < 100; i++) {
            assertTrue(decoder.decodeSegment("x".repeat(2000)));
            assertFalse(decoder.decodeSegment("y".repeat(2000) + "%"));
        }
        assertEquals("abc", new String(bytes, offset, length, StandardCharsets.UTF_8));
        decoder.forget();
        assertTrue(decoder.decodeSegment("z"));
        assertEquals("z", decoder.text());
    }
}
