package io.ringtally.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads any legal JSON and says all that is wrong with it: the judge of every body that
 * {@link EventScanner} does not recognise. What this class accepts is what the service accepts.
 *
 * <p>Unknown fields are skipped, but have to be legal JSON too. Texts are copied: drafts do not
 * point into the body.
 *
 * <p>Threading: one I/O thread's.
 */
final class StrictEventJson {

    private static final String EVENTS = "events";

    private final JsonFactory factory = JsonText.strictFactory();
    private final FieldErrors errors;
    private final EventFields fields;

    StrictEventJson(FieldErrors errors) {
        this.errors = errors;
        this.fields = new EventFields(errors);
    }

    /** Reads a body that is one object of the given shape; whether it is good. */
    boolean one(Shape shape, byte[] body, int offset, int length, EventDraft draft) {
        return read(body, offset, length, parser -> {
            fields.begin(shape, draft);
            object(parser, shape);
        });
    }

    /** Reads {@code {"events":[...]}}; good events go to the sink until an error is met. */
    boolean bulk(byte[] body, int offset, int length, EventDraft draft, EventSink sink) {
        return read(body, offset, length, parser -> bulkObject(parser, draft, sink));
    }

    private boolean read(byte[] body, int offset, int length, ObjectReading reading) {
        JsonText text = JsonText.decode(body, offset, length, errors);
        if (text == null) {
            return false;
        }
        try (JsonParser parser = text.parse(factory)) {
            try {
                if (startsObject(parser)) {
                    reading.readFrom(parser);
                    if (!endsThere(parser)) {
                        text.explainTrailing(parser, errors);
                    }
                }
            } catch (IOException unreadable) {
                text.explain(unreadable, parser, errors);
            }
        } catch (IOException onClose) {
            throw new AssertionError("characters in memory need no closing", onClose);
        }
        return errors.isEmpty();
    }

    private boolean startsObject(JsonParser parser) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            errors.add("", "the body is empty: send a JSON object");
        } else if (first != JsonToken.START_OBJECT) {
            errors.add("", "the body is " + kind(parser) + ", not an object: send a JSON object");
        }
        return first == JsonToken.START_OBJECT;
    }

    private static boolean endsThere(JsonParser parser) {
        try {
            return parser.nextToken() == null;
        } catch (IOException notEvenJson) {
            return false;
        }
    }

    private void bulkObject(JsonParser parser, EventDraft draft, EventSink sink)
            throws IOException {
        boolean found = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean isEvents = parser.currentName().equals(EVENTS);
            JsonToken value = parser.nextToken();
            found |= isEvents;
            if (isEvents && value == JsonToken.START_ARRAY) {
                elements(parser, draft, sink);
            } else {
                if (isEvents) {
                    errors.add(EVENTS, "events is " + kind(parser)
                            + ", not an array: send an array of event objects");
                }
                parser.skipChildren();
            }
        }
        if (!found) {
            errors.add(EVENTS, "events is missing: send an array of event objects");
        }
    }

    private void elements(JsonParser parser, EventDraft draft, EventSink sink)
            throws IOException {
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                String path = EVENTS + '[' + i + ']';
                errors.add(path, path + " is " + kind(parser)
                        + ", not an object: send an event object");
                parser.skipChildren();
                continue;
            }
            fields.beginElement(Shape.EVENT, draft, i);
            object(parser, Shape.EVENT);
            if (errors.isEmpty()) {
                sink.accept(draft);
            }
        }
    }

    private void object(JsonParser parser, Shape shape) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            Field field = shape.named(parser.currentName());
            parser.nextToken();
            if (field == null) {
                parser.skipChildren();
            } else {
                field(parser, field);
            }
        }
        fields.end();
    }

    private void field(JsonParser parser, Field field) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_STRING) {
            text(field, parser.getText());
        } else if (token == JsonToken.VALUE_NULL) {
            fields.absent(field);
        } else if (token.isNumeric() && field == Field.VALUE) {
            byte[] digits = parser.getText().getBytes(StandardCharsets.US_ASCII);
            fields.number(digits, 0, digits.length);
        } else {
            fields.wrongType(field, kind(parser));
            parser.skipChildren();
        }
    }

    private void text(Field field, String found) {
        if (JsonText.hasLoneSurrogate(found)) {
            fields.loneSurrogate(field, found);
            return;
        }
        byte[] utf8 = found.getBytes(StandardCharsets.UTF_8);
        fields.text(field, utf8, 0, utf8.length);
    }

    /** What stands there instead of what should, fit for a sentence after "is". */
    private static String kind(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "the string " + Excerpt.quoted(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                    "the number " + Excerpt.plain(parser.getText());
            default -> Excerpt.plain(parser.getText());
        };
    }

    /** Reads the body's object, whose opening brace the parser has just passed. */
    @FunctionalInterface
    private interface ObjectReading {
        void readFrom(JsonParser parser) throws IOException;
    }
}
