package io.ringtally.event;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** A fuzz target for each reader of small texts, against the JDK's own. */
class TextFuzzTest {

    static Stream<byte[]> times() {
        return seeds("2026-01-31T12:00:00Z", "0001-01-01T00:00:00.000001+23:59",
                "9999-12-31t23:59:59.999999999z", "2024-02-29T00:00:00-00:00",
                "2023-02-29T00:00:00Z", "2026-01-31 12:00:00Z", "2026-13-01T24:60:60Z");
    }

    static Stream<byte[]> escapes() {
        return seeds("a%20b+c", "%C3%A9%2F%2f", "%", "%2", "%zz", "%00", "%FF", "plain");
    }

    @MethodSource("times")
    @FuzzTest(maxDuration = "5m")
    void timestamp(byte[] text) {
        long parsed = Timestamps.parse(text, 0, text.length);
        if (!Timestamps.isTime(parsed)) {
            check(!Timestamps.reason(parsed).isEmpty(), text);
            return;
        }
        String formatted = Timestamps.format(parsed);
        byte[] again = formatted.getBytes(StandardCharsets.US_ASCII);
        check(Timestamps.parse(again, 0, again.length) == parsed, text);
        try {
            OffsetDateTime theirs = OffsetDateTime.parse(
                    new String(text, StandardCharsets.ISO_8859_1).toUpperCase(java.util.Locale.ROOT)
                            .replace(' ', 'T').replace("-00:00", "Z"));
            long micros = ChronoUnit.MICROS.between(
                    OffsetDateTime.parse("1970-01-01T00:00:00Z"), theirs.truncatedTo(
                            ChronoUnit.MICROS));
            check(micros == parsed, text);
        } catch (DateTimeException theyTakeLess) {
            // offsets beyond 18 hours and more than nine digits of a second
            check(text.length > 20, text);
        }
    }

    @MethodSource("escapes")
    @FuzzTest(maxDuration = "5m")
    void percentDecoder(byte[] bytes) {
        String raw = new String(bytes, StandardCharsets.ISO_8859_1);
        PercentDecoder decoder = new PercentDecoder();
        if (decoder.decodeQuery(raw)) {
            check(decoder.text().equals(URLDecoder.decode(raw, StandardCharsets.UTF_8)), bytes);
            check(decoder.text().indexOf('\0') < 0, bytes);
        } else {
            check(!decoder.wrong().isEmpty(), bytes);
        }
        boolean segment = decoder.decodeSegment(raw);
        check(!segment || decoder.length() <= raw.length(), bytes);
    }

    @MethodSource("escapes")
    @FuzzTest(maxDuration = "5m")
    void utf8(byte[] bytes) {
        boolean valid = Utf8.firstInvalid(bytes, 0, bytes.length) < 0;
        byte[] again = new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
        check(valid == Arrays.equals(bytes, again), bytes);
    }

    private static void check(boolean holds, byte[] text) {
        if (!holds) {
            throw new AssertionError(new String(text, StandardCharsets.ISO_8859_1));
        }
    }

    private static Stream<byte[]> seeds(String... texts) {
        return Stream.of(texts).map(text -> text.getBytes(StandardCharsets.UTF_8));
    }
}
