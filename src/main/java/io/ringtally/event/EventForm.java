package io.ringtally.event;

import java.util.List;
import java.util.Map;

/**
 * Reads an increment from the fields of a form, URL-encoded or multipart, by the same rules as
 * from JSON. Fields without a meaning are ignored.
 *
 * <p>Threading: one I/O thread's. A draft read from a URL-encoded form points into a buffer of
 * this object, and is valid until the next form is read.
 */
final class EventForm {

    private final FieldErrors errors;
    private final EventFields fields;
    private final PercentDecoder decoder = new PercentDecoder();

    EventForm(FieldErrors errors) {
        this.errors = errors;
        this.fields = new EventFields(errors);
    }

    /** Reads {@code application/x-www-form-urlencoded}; whether it is good. */
    boolean urlEncoded(byte[] body, int offset, int length, EventDraft draft) {
        decoder.forget();
        fields.begin(Shape.INCREMENT, draft);
        int end = offset + length;
        int at = offset;
        while (at < end) {
            int stop = indexOf('&', body, at, end);
            if (stop > at) {
                pair(body, at, stop);
            }
            at = stop + 1;
        }
        fields.end();
        return errors.isEmpty();
    }

    /** Reads fields already taken apart, such as the parts of a multipart body. */
    boolean fields(Map<String, List<byte[]>> sent, EventDraft draft) {
        fields.begin(Shape.INCREMENT, draft);
        for (Map.Entry<String, List<byte[]>> entry : sent.entrySet()) {
            Field field = Shape.INCREMENT.named(entry.getKey());
            if (field != null) {
                contents(field, entry.getValue());
            }
        }
        fields.end();
        return errors.isEmpty();
    }

    private void contents(Field field, List<byte[]> contents) {
        for (byte[] content : contents) {
            if (!fields.arrives(field)) {
                return; // one complaint is enough
            }
            fields.bytes(field, content, 0, content.length);
        }
    }

    private void pair(byte[] body, int start, int stop) {
        int equals = indexOf('=', body, start, stop);
        if (!decoder.unescape(body, start, equals - start, true)) {
            errors.add("", "a field name " + decoder.wrong());
            return;
        }
        Field field = Shape.INCREMENT.named(decoder.text());
        if (field != null && !fields.arrives(field)) {
            return;
        }
        int from = Math.min(equals + 1, stop);
        if (decoder.unescape(body, from, stop - from, true)) {
            if (field != null) {
                fields.bytes(field, decoder.bytes(), decoder.offset(), decoder.length());
            }
        } else if (field != null) {
            fields.fault(field, decoder.wrong());
        } else {
            // a text that could not be decoded leaves the one before it, the name, in place
            String name = Excerpt.plain(decoder.text());
            errors.add(name, name + ' ' + decoder.wrong());
        }
    }

    /** Index of the first such byte, or {@code end}. */
    private static int indexOf(char sought, byte[] body, int start, int end) {
        int at = start;
        while (at < end && body[at] != sought) {
            at++;
        }
        return at;
    }
}
