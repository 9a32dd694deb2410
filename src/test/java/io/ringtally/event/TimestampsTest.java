package io.ringtally.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {

    private static final long DAY_MICROS = 86_400_000_000L;

    /** Five shares no divisor with a cycle's 146,097 days: no day of it is left out. */
    @Test
    void agreesWithJavaTimeOnEveryDayOfTheGregorianCycle() {
        LocalDate last = LocalDate.of(9999, 12, 31);
        for (LocalDate day = LocalDate.of(1, 1, 1); !day.isAfter(last); day = day.plusDays(5)) {
            String text = day + "T00:00:00Z";
            long micros = day.toEpochDay() * DAY_MICROS;
            if (parse(text) != micros || !Timestamps.format(micros).equals(text)) {
                assertEquals(micros, parse(text), text);
                assertEquals(text, Timestamps.format(micros));
            }
        }
    }

    @Test
    void refusesEveryDayThatDoesNotExist() {
        for (int year = 1; year <= 9999; year++) {
            int february = LocalDate.of(year, 2, 1).lengthOfMonth();
            assertRefused(String.format("%04d-02-%02dT00:00:00Z", year, february + 1), "day");
        }
        for (int month = 1; month <= 12; month++) {
            int days = LocalDate.of(2023, month, 1).lengthOfMonth();
            assertRefused(String.format("2023-%02d-%02dT00:00:00Z", month, days + 1), "day");
            assertRefused(String.format("2023-%02d-00T00:00:00Z", month), "day");
        }
    }

    @Test
    void agreesWithJavaTimeOnRandomTimesAndOffsets() {
        Random random = new Random(20260102);
        DateTimeFormatter formatter = DateTimeFormatter.ISO_OFFSET_DATE_TIME;
        long span = EventLimits.TIME_MICROS_MAX - EventLimits.TIME_MICROS_MIN - 4 * DAY_MICROS;
        for (int round = 0; round < 100_000; round++) {
            long micros = EventLimits.TIME_MICROS_MIN + 2 * DAY_MICROS
                    + (long) (random.nextDouble() * span);
            Instant instant = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
            ZoneOffset zone = ZoneOffset.ofTotalSeconds(60 * (random.nextInt(2 * 1080) - 1080));
            String text = formatter.format(OffsetDateTime.ofInstant(instant, zone));
            if (text.charAt(16) != ':') {
                continue; // java.time leaves out a second of zero
            }
            assertEquals(micros, parse(text), text);
            String formatted = Timestamps.format(micros);
            assertEquals(instant, Instant.parse(formatted));
            assertEquals(micros, parse(formatted));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1970-01-01T00:00:00Z, 0",
        "1970-01-01t00:00:00z, 0",
        "1970-01-01T00:00:00-00:00, 0",
        "1970-01-01T23:59:00+23:59, 0",
        "1969-12-31T00:01:00-23:59, 0",
        "1970-01-01T00:00:00.5Z, 500000",
        "1970-01-01T00:00:00.000001Z, 1",
        "1970-01-01T00:00:00.0000019999999999999999Z, 1",
        "1969-12-31T23:59:59.9999999Z, -1",
        "1970-01-01T01:30:00.25+01:30, 250000",
        "0001-01-01T00:00:00Z, -62135596800000000",
        "9999-12-31T23:59:59.999999Z, 253402300799999999",
        "0000-12-31T23:00:00-01:00, -62135596800000000",
    })
    void readsTheOddFormsToo(String text, long micros) {
        assertEquals(micros, parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-31T12:00:60Z, second 60",
        "2026-01-31T12:00:61Z, above 59",
        "2026-01-31T12:60:00Z, above 59",
        "2026-01-31T24:00:00Z, above 23",
        "2026-13-01T12:00:00Z, month",
        "2026-00-01T12:00:00Z, month",
        "1900-02-29T12:00:00Z, day",
        "2026-01-31T12:00:00+24:00, offset",
        "2026-01-31T12:00:00+01:60, offset",
        "0000-12-31T23:59:59Z, years 1 to 9999",
        "0000-01-01T00:00:00Z, years 1 to 9999",
        "0001-01-01T00:00:00+00:01, years 1 to 9999",
        "9999-12-31T23:59:59-00:01, years 1 to 9999",
    })
    void saysWhatIsWrongWithATimeThatCannotBe(String text, String reason) {
        assertRefused(text, reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "yesterday", "1767225600", "2026-01-31", "2026-01-31T12:00Z", "2026-01-31T12:00:00",
        "2026-01-31 12:00:00Z", "2026-01-31T12:00:00,5Z", "2026-01-31T12:00:00.Z",
        "2026-01-31T12:00:00.123", "2026-01-31T12:00:00ZZ", "2026-01-31T12:00:00Z ",
        " 2026-01-31T12:00:00Z", "2026-01-31T12:00:00+0100", "2026-01-31T12:00:00+01",
        "2026-01-31T12:00:00+01:00:00", "2026-01-31T12:00:00*01:00", "2026-01-31T12:00:00+01-00",
        "12026-01-31T12:00:00Z", "-001-01-31T12:00:00Z", "2026/01/31T12:00:00Z",
        "2026-1-031T12:00:00Z", "2026-01-31T1a:00:00Z", "2026-01-31T12-00-00Z",
        "2026-01-31T12:00:00.12\u0663Z", "\u0662026-01-31T12:00:00Z",
        "2026-01-31T12:00:00[Europe/Paris]", "2026-01-31T12:00:00+aa:00",
    })
    void refusesWhatIsNotRfc3339(String text) {
        assertRefused(text, "RFC 3339");
    }

    @Test
    void neverReadsPastTheSlice() {
        byte[] text = "2026-01-31T12:00:00.123456+01:00".getBytes(StandardCharsets.US_ASCII);
        for (int length = 0; length < text.length; length++) {
            byte[] exact = new byte[length];
            System.arraycopy(text, 0, exact, 0, length);
            assertFalse(Timestamps.isTime(Timestamps.parse(exact, 0, length)));
            assertFalse(Timestamps.isTime(Timestamps.parse(text, 0, length)));
        }
        assertTrue(Timestamps.isTime(Timestamps.parse(text, 0, text.length)));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1970-01-01T00:00:00Z",
        "1, 1970-01-01T00:00:00.000001Z",
        "120000, 1970-01-01T00:00:00.120Z",
        "-1000, 1969-12-31T23:59:59.999Z",
        "-1, 1969-12-31T23:59:59.999999Z",
        "-62135596800000000, 0001-01-01T00:00:00Z",
        "253402300799999999, 9999-12-31T23:59:59.999999Z",
    })
    void formatsNoMoreDigitsThanNeeded(long micros, String text) {
        assertEquals(text, Timestamps.format(micros));
    }

    private static long parse(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Timestamps.parse(bytes, 0, bytes.length);
    }

    private static void assertRefused(String text, String reason) {
        long parsed = parse(text);
        if (Timestamps.isTime(parsed) || !Timestamps.reason(parsed).contains(reason)) {
            assertFalse(Timestamps.isTime(parsed), text);
            assertEquals(reason, Timestamps.reason(parsed), text);
        }
    }
}
