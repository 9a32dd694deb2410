package io.ringtally.event;

import java.nio.charset.StandardCharsets;

/**
 * The rules every field obeys, whichever way it came: takes the fields of one event one by one,
 * puts the good ones into its draft and says what is wrong with the others.
 *
 * <p>Threading: one I/O thread's.
 */
final class EventFields {

    static final int NOT_IN_LIST = -1;

    private final FieldErrors errors;
    private final Field[] all = Field.values();

    private Shape shape;
    /** What calls the fields by other names than the shape does, or null. */
    private Mapping mapping;
    private EventDraft draft;
    private String list;
    private int index;
    private int seen;
    private int wrong;

    EventFields(FieldErrors errors) {
        this.errors = errors;
    }

    void begin(Shape ofShape, EventDraft into) {
        beginElement(ofShape, into, "", NOT_IN_LIST);
    }

    /** Starts the event that is element {@code at} of a list of that name. */
    void beginElement(Shape ofShape, EventDraft into, String ofList, int at) {
        list = ofList;
        mapping = null;
        shape = ofShape;
        draft = into.clear();
        index = at;
        seen = 0;
        wrong = 0;
    }

    /** Starts the event of a foreign record, element {@code at} of a list unless it is none. */
    void beginMapped(Mapping by, EventDraft into, int at) {
        beginElement(Shape.EVENT, into, "", at);
        mapping = by;
    }

    /** Complains about the required fields that did not come. */
    void end() {
        for (Field field : all) {
            if (shape.requires(field) && (seen & field.bit()) == 0) {
                fault(field, "is missing: " + field.remedy);
            }
        }
        if (shape == Shape.CLOUD_EVENT) {
            notEmpty(Field.APP_ID, draft.appLength);
            notEmpty(Field.ID, draft.idLength);
        }
    }

    /** What may be empty elsewhere must not be here. */
    private void notEmpty(Field field, int length) {
        if (length == 0 && (seen & ~wrong & field.bit()) != 0) {
            fault(field, "is empty: send a string of 1 to " + field.bytesMax + " bytes of UTF-8");
        }
    }

    /** Notes that the field has come; if it had come before, complains and returns false. */
    boolean arrives(Field field) {
        boolean first = (seen & field.bit()) == 0;
        if (!first) {
            fault(field, "is sent more than once: send it once");
        }
        seen |= field.bit();
        return first;
    }

    /** A field as the bytes of a text, of which nothing is known yet. */
    void bytes(Field field, byte[] source, int offset, int length) {
        int bad = Utf8.firstInvalid(source, offset, length);
        if (bad < 0) {
            text(field, source, offset, length);
            return;
        }
        seen |= field.bit();
        fault(field, "is " + Excerpt.quoted(source, offset, length) + ", which at byte "
                + (bad - offset) + " (" + String.format("0x%02X", source[bad])
                + ") is not valid UTF-8: " + field.remedy);
    }

    /** A field that came as text, in valid UTF-8. */
    void text(Field field, byte[] source, int offset, int length) {
        seen |= field.bit();
        switch (field) {
            case VALUE -> integer(source, offset, length, true);
            case CREATED_AT -> time(source, offset, length);
            default -> {
                if (isGoodText(field, source, offset, length)) {
                    store(field, source, offset, length);
                }
            }
        }
    }

    /** A field that came as characters. */
    void string(Field field, String found) {
        if (JsonText.hasLoneSurrogate(found)) {
            loneSurrogate(field, found);
            return;
        }
        byte[] utf8 = found.getBytes(StandardCharsets.UTF_8);
        text(field, utf8, 0, utf8.length);
    }

    /** The value as a bare number. */
    void number(String found) {
        byte[] digits = found.getBytes(StandardCharsets.US_ASCII);
        number(digits, 0, digits.length);
    }

    /** The value as a bare number; the only field that may be one. */
    void number(byte[] source, int offset, int length) {
        seen |= Field.VALUE.bit();
        integer(source, offset, length, false);
    }

    /** A field without content: the same as an optional one that did not come. */
    void absent(Field field) {
        seen |= field.bit();
        if (shape.requires(field)) {
            wrongType(field, "null");
        }
    }

    /** A field of a type it cannot have, such as "an object". */
    void wrongType(Field field, String found) {
        seen |= field.bit();
        fault(field, "is " + found + ", not " + field.kind + ": " + field.remedy);
    }

    /** A text no UTF-8 can be made of. */
    void loneSurrogate(Field field, String found) {
        seen |= field.bit();
        fault(field, "is " + Excerpt.quoted(found) + ", which has half a surrogate pair (such as"
                + " \\ud800 alone): " + field.remedy);
    }

    /** Adds an error of that field; the reason goes on where its name ends. */
    void fault(Field field, String reason) {
        seen |= field.bit();
        wrong |= field.bit();
        fault(mapping == null ? shape.label(field) : mapping.label(field), reason);
    }

    /** Adds an error of a field of that name; the reason goes on where it ends. */
    void fault(String label, String reason) {
        String path = index == NOT_IN_LIST ? label : list + '[' + index + "]." + label;
        errors.add(path, path + ' ' + reason);
    }

    private boolean isGoodText(Field field, byte[] source, int offset, int length) {
        if (length < field.bytesMin) {
            fault(field, "is empty: " + field.remedy);
            return false;
        }
        if (length > field.bytesMax) {
            fault(field, "is " + Excerpt.quoted(source, offset, length) + ", " + length
                    + " bytes of UTF-8, above the limit of " + field.bytesMax + ": "
                    + field.remedy);
            return false;
        }
        for (int at = 0; at < length; at++) {
            if (source[offset + at] == 0) {
                fault(field, "is " + Excerpt.quoted(source, offset, length) + ", which has U+0000"
                        + " at byte " + at + ", a character that cannot be stored: "
                        + field.remedy + " without it");
                return false;
            }
        }
        return true;
    }

    private void store(Field field, byte[] source, int offset, int length) {
        switch (field) {
            case KEY, MESSAGE_ID -> draft.message(source, offset, length);
            case APP_ID -> draft.app(source, offset, length);
            case EVENT -> draft.event(source, offset, length);
            case ID -> draft.id(source, offset, length);
            default -> throw new AssertionError(field);
        }
    }

    private void time(byte[] source, int offset, int length) {
        long parsed = Timestamps.parse(source, offset, length);
        if (Timestamps.isTime(parsed)) {
            draft.createdAt(parsed);
        } else {
            fault(Field.CREATED_AT, "is " + Excerpt.quoted(source, offset, length) + ", which "
                    + Timestamps.reason(parsed) + ": " + Field.CREATED_AT.remedy);
        }
    }

    /** Reads {@code [+-]digits}; counts downwards, because the least long has no positive twin. */
    private void integer(byte[] source, int offset, int length, boolean quoted) {
        int end = offset + length;
        boolean negative = length > 0 && source[offset] == '-';
        int at = negative || length > 0 && source[offset] == '+' ? offset + 1 : offset;
        boolean digitsOnly = at < end;
        boolean fits = true;
        long sum = 0;
        for (; at < end && digitsOnly; at++) {
            int digit = source[at] - '0';
            digitsOnly = digit >= 0 && digit <= 9;
            fits &= sum >= (Long.MIN_VALUE + digit) / 10;
            sum = sum * 10 - digit;
        }
        if (digitsOnly && fits && (negative || sum != Long.MIN_VALUE)) {
            draft.value(negative ? sum : -sum);
            return;
        }
        String found = quoted ? Excerpt.quoted(source, offset, length)
                : Excerpt.plain(source, offset, length);
        String wrong = digitsOnly ? "which does not fit a signed 64-bit integer"
                : "which is not an integer";
        fault(Field.VALUE, "is " + found + ", " + wrong + ": " + Field.VALUE.remedy);
    }
}
