package io.ringtally.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The hot path: reads the bodies that ordinary clients send, in one pass over the bytes and
 * without allocating. It knows objects of known fields in any order, texts without escapes,
 * integers of up to 18 digits (bare or in quotes), RFC 3339 times and JSON white space.
 *
 * <p>It judges nothing. Whatever it does not recognise, good or bad, it leaves to {@link
 * StrictEventJson}, which reads the body again from its start. So it may be simple, as long as it
 * accepts no body that the other refuses or reads differently; a differential test holds that.
 *
 * <p>Design note: the methods that read something take the index where it starts and return the
 * index behind it, or {@link #UNKNOWN}. What was read is left in fields.
 *
 * <p>Threading: one I/O thread's.
 */
final class EventScanner {

    private static final int UNKNOWN = -1;

    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    /** Eighteen digits always fit a long; longer numbers are rare. */
    private static final int DIGITS_MAX = 18;

    // field names as big-endian numbers; of ten-letter ones the last eight letters, then two
    private static final int LABEL_BYTES_MAX = 10;
    private static final long ID = packed("id");
    private static final long KEY = packed("key");
    private static final long VALUE = packed("value");
    private static final long EVENT = packed("event");
    private static final long APP_ID = packed("app_id");
    private static final long EVENTS = packed("events");
    private static final long SSAGE_ID = packed("ssage_id");
    private static final long ME = packed("me");
    private static final long EATED_AT = packed("eated_at");
    private static final long CR = packed("cr");

    private byte[] body;
    private int end;
    private EventDraft draft;

    // what was read last
    private int labelLength;
    private long labelLast8;
    private long labelBefore;
    private int textStart;
    private int textLength;
    private long integer;

    /**
     * Whether the body is one object of that shape and of the ordinary form; fills the draft.
     * When it is not, the draft may hold anything.
     */
    boolean one(Shape shape, byte[] source, int offset, int length, EventDraft into) {
        open(source, offset, length, into);
        return object(shape, afterSpace(offset)) == end;
    }

    /**
     * Whether the body is {@code {"events":[...]}} with events of the ordinary form only. The
     * sink gets them one by one, and may have got some when the answer is no.
     */
    boolean bulk(byte[] source, int offset, int length, EventDraft into, EventSink sink) {
        open(source, offset, length, into);
        int at = label(after('{', afterSpace(offset)));
        if (at == UNKNOWN || labelLength != 6 || labelLast8 != EVENTS) {
            return false;
        }
        at = after('[', at);
        if (!isAt(']', at)) {
            at = elements(at, sink);
        }
        return after('}', after(']', at)) == end;
    }

    /**
     * Whether the body is one event, or an array of them, of the ordinary form only. The sink gets
     * them one by one, and may have got some when the answer is no.
     */
    boolean items(byte[] source, int offset, int length, EventDraft into, EventSink sink) {
        open(source, offset, length, into);
        int at = afterSpace(offset);
        if (!isAt('[', at)) {
            if (object(Shape.EVENT, at) != end) {
                return false;
            }
            sink.accept(into);
            return true;
        }
        at = after('[', at);
        if (!isAt(']', at)) {
            at = elements(at, sink);
        }
        return after(']', at) == end;
    }

    /** Index of the next line feed, or {@code end} if there is none. */
    static int lineEnd(byte[] body, int from, int end) {
        int at = from;
        while (at <= end - Long.BYTES) {
            long other = (long) WORD.get(body, at) ^ ONES * '\n';
            long found = other - ONES & ~other & HIGH_BITS;
            if (found != 0) {
                return at + (Long.numberOfTrailingZeros(found) >>> 3);
            }
            at += Long.BYTES;
        }
        while (at < end && body[at] != '\n') {
            at++;
        }
        return at;
    }

    /** Whether there is nothing but white space. */
    static boolean isBlank(byte[] body, int from, int end) {
        int at = from;
        while (at < end && isSpace(body[at])) {
            at++;
        }
        return at == end;
    }

    private void open(byte[] source, int offset, int length, EventDraft into) {
        body = source;
        end = offset + length;
        draft = into;
    }

    /** Reads events up to the bracket that closes their array. */
    private int elements(int from, EventSink sink) {
        int at = from;
        while (at != UNKNOWN) {
            at = object(Shape.EVENT, at);
            if (at == UNKNOWN) {
                break;
            }
            sink.accept(draft);
            if (!isAt(',', at)) {
                return at;
            }
            at = afterSpace(at + 1);
        }
        return UNKNOWN;
    }

    /** Reads an object into the draft, and the white space behind it. */
    private int object(Shape shape, int from) {
        draft.clear();
        int seen = 0;
        int at = after('{', from);
        while (at != UNKNOWN) {
            at = label(at);
            Field field = at == UNKNOWN ? null : labelled();
            if (field == null || (field.bit() & shape.known & ~seen) == 0) {
                break;
            }
            seen |= field.bit();
            at = content(field, at);
            if (isAt('}', at)) {
                return (seen & shape.required) == shape.required ? afterSpace(at + 1) : UNKNOWN;
            }
            at = after(',', at);
        }
        return UNKNOWN;
    }

    /** Reads a field name and the colon behind it, with white space. */
    private int label(int from) {
        if (!isAt('"', from)) {
            return UNKNOWN;
        }
        long last8 = 0;
        long before = 0;
        int first = from + 1;
        int limit = Math.min(end, first + LABEL_BYTES_MAX + 1);
        for (int at = first; at < limit; at++) {
            byte octet = body[at];
            if (octet == '"') {
                labelLength = at - first;
                labelLast8 = last8;
                labelBefore = before;
                return after(':', afterSpace(at + 1));
            }
            before = before << 8 | last8 >>> 56;
            last8 = last8 << 8 | octet & 0xFF;
        }
        return UNKNOWN;
    }

    /** The field of the label read last, or null. */
    private Field labelled() {
        long label = labelLast8;
        return switch (labelLength) {
            case 2 -> label == ID ? Field.ID : null;
            case 3 -> label == KEY ? Field.KEY : null;
            case 5 -> label == VALUE ? Field.VALUE : label == EVENT ? Field.EVENT : null;
            case 6 -> label == APP_ID ? Field.APP_ID : null;
            case 10 -> label == SSAGE_ID && labelBefore == ME ? Field.MESSAGE_ID
                    : label == EATED_AT && labelBefore == CR ? Field.CREATED_AT : null;
            default -> null;
        };
    }

    /** Reads the field's content into the draft, and the white space behind it. */
    private int content(Field field, int from) {
        if (field == Field.VALUE) {
            int at = integer(from);
            if (at != UNKNOWN) {
                draft.value(integer);
            }
            return at;
        }
        int at = text(from);
        if (at == UNKNOWN) {
            return UNKNOWN;
        }
        if (field == Field.CREATED_AT) {
            long micros = Timestamps.parse(body, textStart, textLength);
            if (!Timestamps.isTime(micros)) {
                return UNKNOWN;
            }
            draft.createdAt(micros);
            return at;
        }
        if (textLength < field.bytesMin || textLength > field.bytesMax) {
            return UNKNOWN;
        }
        switch (field) {
            case APP_ID -> draft.app(body, textStart, textLength);
            case EVENT -> draft.event(body, textStart, textLength);
            case ID -> draft.id(body, textStart, textLength);
            default -> draft.message(body, textStart, textLength);
        }
        return at;
    }

    /** Reads a string without escapes, and the white space behind it. */
    private int text(int from) {
        if (!isAt('"', from)) {
            return UNKNOWN;
        }
        int start = from + 1;
        int at = start;
        long union = 0; // of all bytes: its high bits tell whether one is not ASCII
        while (at <= end - Long.BYTES) {
            long word = (long) WORD.get(body, at);
            long stops = stops(word);
            if (stops != 0) {
                int plain = Long.numberOfTrailingZeros(stops) >>> 3;
                union |= word & (1L << 8 * plain) - 1;
                at += plain;
                break;
            }
            union |= word;
            at += Long.BYTES;
        }
        while (at < end && isPlain(body[at])) {
            union |= body[at++]; // the sign extends: all high bits or none
        }
        if (!isAt('"', at)) {
            return UNKNOWN;
        }
        textStart = start;
        textLength = at - start;
        if ((union & HIGH_BITS) != 0 && !Utf8.isValid(body, start, textLength)) {
            return UNKNOWN;
        }
        return afterSpace(at + 1);
    }

    /** Reads an integer, bare or in quotes, and the white space behind it. */
    private int integer(int from) {
        boolean quoted = isAt('"', from);
        int sign = quoted ? from + 1 : from;
        boolean negative = isAt('-', sign);
        int first = negative ? sign + 1 : sign;
        int limit = Math.min(end, first + DIGITS_MAX + 1);
        long sum = 0;
        int at = first;
        while (at < limit && body[at] >= '0' && body[at] <= '9') {
            sum = sum * 10 + body[at++] - '0';
        }
        int digits = at - first;
        if (digits == 0 || digits > DIGITS_MAX) {
            return UNKNOWN;
        }
        integer = negative ? -sum : sum;
        if (quoted) {
            return after('"', at);
        }
        boolean leadingZero = body[first] == '0' && digits > 1; // legal in a text only
        return leadingZero ? UNKNOWN : afterSpace(at);
    }

    /**
     * The high bits of the bytes a text cannot simply go on over: quote, backslash and control
     * characters. Only the lowest bit set is certain, as a subtraction may borrow from the byte
     * above.
     */
    private static long stops(long word) {
        long quote = (word ^ ONES * '"') - ONES;
        long escape = (word ^ ONES * '\\') - ONES;
        long control = word - ONES * ' ';
        return (quote | escape | control) & ~word & HIGH_BITS;
    }

    private static boolean isPlain(byte octet) {
        return octet != '"' && octet != '\\' && (octet >= ' ' || octet < 0);
    }

    private boolean isAt(char expected, int at) {
        return at != UNKNOWN && at < end && body[at] == expected;
    }

    /** Index behind the expected character and the white space that follows it. */
    private int after(char expected, int at) {
        return isAt(expected, at) ? afterSpace(at + 1) : UNKNOWN;
    }

    private int afterSpace(int from) {
        int at = from;
        while (at < end && body[at] <= ' ' && isSpace(body[at])) {
            at++;
        }
        return at;
    }

    private static boolean isSpace(byte octet) {
        return octet == ' ' || octet == '\n' || octet == '\r' || octet == '\t';
    }

    private static long packed(String label) {
        long packed = 0;
        for (int i = 0; i < label.length(); i++) {
            packed = packed << 8 | label.charAt(i);
        }
        return packed;
    }
}
