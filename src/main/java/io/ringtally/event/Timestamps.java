package io.ringtally.event;

import java.nio.charset.StandardCharsets;

/**
 * Times as RFC 3339 text and as microseconds since the epoch, in the proleptic Gregorian calendar,
 * years 1 to 9999.
 *
 * <p>The calendar arithmetic counts years from March, so that the leap day is a year's last; see
 * Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
 *
 * <p>Threading: stateless. Nothing but {@link #format(long)} and {@link #reason} allocates.
 */
public final class Timestamps {

    /** Room that {@link #format(long, byte[], int)} needs at most. */
    public static final int FORMATTED_BYTES_MAX = 27;

    // what parse() returns instead of a time: all below the least time there is
    private static final long SYNTAX = Long.MIN_VALUE;
    private static final long DATE = Long.MIN_VALUE + 1;
    private static final long TIME_OF_DAY = Long.MIN_VALUE + 2;
    private static final long LEAP_SECOND = Long.MIN_VALUE + 3;
    private static final long OFFSET = Long.MIN_VALUE + 4;
    private static final long YEAR = Long.MIN_VALUE + 5;

    private static final int SHORTEST = "2026-01-31T12:00:00Z".length();
    private static final int FRACTION_AT = 19;
    private static final long MICROS = 1_000_000L;
    private static final int DAY_SECONDS = 86_400;

    private static final int ERA_DAYS = 146_097;
    private static final int ERA_YEARS = 400;
    /** Days from 0000-03-01, where the eras start, to 1970-01-01. */
    private static final int EPOCH_DAY = 719_468;

    private Timestamps() {
    }

    /** Whether what {@link #parse} returned is a time; if not, {@link #reason} says why. */
    public static boolean isTime(long parsed) {
        return parsed >= EventLimits.TIME_MICROS_MIN;
    }

    /** Completes the sentence "the text ..." for a result that is no time. */
    public static String reason(long parsed) {
        assert !isTime(parsed);
        if (parsed == DATE) {
            return "names a month or a day that does not exist";
        }
        if (parsed == TIME_OF_DAY) {
            return "names an hour above 23, or a minute or second above 59";
        }
        if (parsed == LEAP_SECOND) {
            return "names second 60, and leap seconds are not counted here (send second 59)";
        }
        if (parsed == OFFSET) {
            return "has an offset from UTC that is not between -23:59 and +23:59";
        }
        if (parsed == YEAR) {
            return "lies outside the years 1 to 9999 in UTC";
        }
        return "is not a date and time with an offset as in RFC 3339";
    }

    /**
     * Reads {@code YYYY-MM-DDTHH:MM:SS[.fraction](Z|+hh:mm|-hh:mm)}; {@code t} and {@code z} may
     * be lower case. Digits beyond microseconds are cut off.
     *
     * @return microseconds since the epoch, or a value that {@link #isTime} tells from one
     */
    public static long parse(byte[] text, int offset, int length) {
        if (length < SHORTEST || text[offset + 4] != '-' || text[offset + 7] != '-'
                || (text[offset + 10] | 0x20) != 't') {
            return SYNTAX;
        }
        int century = twoDigits(text, offset);
        int ofCentury = twoDigits(text, offset + 2);
        int month = twoDigits(text, offset + 5);
        int day = twoDigits(text, offset + 8);
        if ((century | ofCentury | month | day) < 0) {
            return SYNTAX;
        }
        int year = century * 100 + ofCentury;
        if (month < 1 || month > 12 || day < 1 || day > 28 && day > monthDays(year, month)) {
            return DATE;
        }
        long second = secondOfDay(text, offset + 11);
        if (second < 0) {
            return second;
        }
        second += (long) DAY_SECONDS * daysFromCivil(year, month, day);
        return withFraction(second, text, offset + FRACTION_AT, offset + length);
    }

    /** Reads {@code HH:MM:SS}: the second of the day, or what is wrong. */
    private static long secondOfDay(byte[] text, int at) {
        int hour = twoDigits(text, at);
        int minute = twoDigits(text, at + 3);
        int second = twoDigits(text, at + 6);
        if ((hour | minute | second) < 0 || text[at + 2] != ':' || text[at + 5] != ':') {
            return SYNTAX;
        }
        if (hour > 23 || minute > 59 || second > 60) {
            return TIME_OF_DAY;
        }
        return second == 60 ? LEAP_SECOND : hour * 3600 + minute * 60 + second;
    }

    /** Reads {@code [.fraction]} and the offset, and puts the time together. */
    private static long withFraction(long localSecond, byte[] text, int from, int end) {
        int at = from;
        int micros = 0;
        if (text[at] == '.') {
            int unit = 100_000;
            int first = ++at;
            while (at < end && isDigit(text[at])) {
                micros += (text[at++] - '0') * unit;
                unit /= 10;
            }
            if (at == first || at == end) {
                return SYNTAX;
            }
        }
        if ((text[at] | 0x20) == 'z') {
            return at + 1 == end ? inRange(localSecond * MICROS + micros) : SYNTAX;
        }
        if (at + 6 != end || text[at + 3] != ':' || text[at] != '+' && text[at] != '-') {
            return SYNTAX;
        }
        int hours = twoDigits(text, at + 1);
        int minutes = twoDigits(text, at + 4);
        if ((hours | minutes) < 0) {
            return SYNTAX;
        }
        if (hours > 23 || minutes > 59) {
            return OFFSET;
        }
        int ahead = (hours * 60 + minutes) * 60;
        long second = text[at] == '+' ? localSecond - ahead : localSecond + ahead;
        return inRange(second * MICROS + micros);
    }

    private static long inRange(long micros) {
        return micros >= EventLimits.TIME_MICROS_MIN && micros <= EventLimits.TIME_MICROS_MAX
                ? micros : YEAR;
    }

    /** {@code 2026-01-31T12:00:00Z}, with 3 or 6 digits of fraction when it is not zero. */
    public static String format(long micros) {
        byte[] text = new byte[FORMATTED_BYTES_MAX];
        int length = format(micros, text, 0);
        return new String(text, 0, length, StandardCharsets.US_ASCII);
    }

    /**
     * Writes what {@link #format(long)} returns.
     *
     * @return the number of bytes written, at most {@link #FORMATTED_BYTES_MAX}
     */
    public static int format(long micros, byte[] target, int offset) {
        assert micros == inRange(micros) : micros;
        long second = Math.floorDiv(micros, MICROS);
        int fraction = (int) Math.floorMod(micros, MICROS);
        int day = (int) Math.floorDiv(second, (long) DAY_SECONDS);
        int ofDay = (int) Math.floorMod(second, (long) DAY_SECONDS);

        formatDate(day, target, offset);
        target[offset + 10] = 'T';
        putTwo(target, offset + 11, ofDay / 3600);
        target[offset + 13] = ':';
        putTwo(target, offset + 14, ofDay / 60 % 60);
        target[offset + 16] = ':';
        putTwo(target, offset + 17, ofDay % 60);
        int at = offset + FRACTION_AT;
        if (fraction != 0) {
            target[at++] = '.';
            at = putThree(target, at, fraction / 1000);
            if (fraction % 1000 != 0) {
                at = putThree(target, at, fraction % 1000);
            }
        }
        target[at++] = 'Z';
        return at - offset;
    }

    private static void formatDate(int epochDay, byte[] target, int offset) {
        int days = epochDay + EPOCH_DAY;
        int ofEra = days % ERA_DAYS;
        int yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365;
        int ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int monthFromMarch = (5 * ofYear + 2) / 153;
        int day = ofYear - (153 * monthFromMarch + 2) / 5 + 1;
        int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        int year = days / ERA_DAYS * ERA_YEARS + yearOfEra + (month <= 2 ? 1 : 0);

        putTwo(target, offset, year / 100);
        putTwo(target, offset + 2, year % 100);
        target[offset + 4] = '-';
        putTwo(target, offset + 5, month);
        target[offset + 7] = '-';
        putTwo(target, offset + 8, day);
    }

    /** Days since 1970-01-01 of a date from 0000-03-01 on; earlier ones come out of range too. */
    private static int daysFromCivil(int year, int month, int day) {
        int fromMarch = month <= 2 ? year - 1 : year;
        int era = Math.floorDiv(fromMarch, ERA_YEARS);
        int yearOfEra = fromMarch - era * ERA_YEARS;
        int ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        int ofEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + ofYear;
        return era * ERA_DAYS + ofEra - EPOCH_DAY;
    }

    private static int monthDays(int year, int month) {
        if (month == 2) {
            return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
        }
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    }

    /** Two decimal digits, or a negative number when they are not two. */
    private static int twoDigits(byte[] text, int at) {
        byte tens = text[at];
        byte ones = text[at + 1];
        return isDigit(tens) && isDigit(ones) ? (tens - '0') * 10 + ones - '0' : -1;
    }

    private static boolean isDigit(byte octet) {
        return octet >= '0' && octet <= '9';
    }

    private static void putTwo(byte[] target, int at, int number) {
        target[at] = (byte) ('0' + number / 10);
        target[at + 1] = (byte) ('0' + number % 10);
    }

    private static int putThree(byte[] target, int at, int number) {
        target[at] = (byte) ('0' + number / 100);
        putTwo(target, at + 1, number % 100);
        return at + 3;
    }
}
