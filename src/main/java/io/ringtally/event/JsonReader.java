package io.ringtally.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * Takes a text for JSON, from its first byte to its last, and says what is wrong with it as JSON;
 * what the JSON means is its callers' matter.
 *
 * <p>Threading: one I/O thread's.
 */
final class JsonReader {

    private final JsonFactory factory = JsonText.strictFactory();
    private final FieldErrors errors;

    JsonReader(FieldErrors errors) {
        this.errors = errors;
    }

    /** Reads the text's object or array, whose opening brace the parser has just passed. */
    @FunctionalInterface
    interface Reading {
        void readFrom(JsonParser parser) throws IOException;
    }

    /** What a text may be. */
    private enum Root { OBJECT, OBJECT_OR_ARRAY, ANYTHING }

    /** Reads a text that is one object; whether nothing was wrong with it. */
    boolean object(Subject subject, byte[] body, int offset, int length, Reading reading) {
        return read(subject, body, offset, length, Root.OBJECT, reading);
    }

    /** Reads a body that is one object, or an array. */
    boolean objectOrArray(byte[] body, int offset, int length, Reading reading) {
        return read(Subject.BODY, body, offset, length, Root.OBJECT_OR_ARRAY, reading);
    }

    /** Reads a body that is any JSON; the parser stands at its first token. */
    boolean anything(byte[] body, int offset, int length, Reading reading) {
        return read(Subject.BODY, body, offset, length, Root.ANYTHING, reading);
    }

    private boolean read(Subject subject, byte[] body, int offset, int length, Root root,
            Reading reading) {
        int before = errors.count();
        JsonText text = JsonText.decode(subject, body, offset, length, errors);
        if (text == null) {
            return false;
        }
        try (JsonParser parser = text.parse(factory)) {
            try {
                if (starts(parser, subject, root)) {
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
        return errors.count() == before;
    }

    private boolean starts(JsonParser parser, Subject subject, Root root) throws IOException {
        JsonToken first = parser.nextToken();
        boolean good = switch (root) {
            case OBJECT -> first == JsonToken.START_OBJECT;
            case OBJECT_OR_ARRAY ->
                    first == JsonToken.START_OBJECT || first == JsonToken.START_ARRAY;
            case ANYTHING -> first != null;
        };
        if (!good) {
            boolean arrays = root == Root.OBJECT_OR_ARRAY;
            String wrong = first == null ? "empty" : kind(parser)
                    + (arrays ? ", neither an object nor an array" : ", not an object");
            subject.fault(errors, " is " + wrong + ": send "
                    + (arrays ? "an event object or an array of them" : "a JSON object"));
        }
        return good;
    }

    private static boolean endsThere(JsonParser parser) {
        try {
            return parser.nextToken() == null;
        } catch (IOException notEvenJson) {
            return false;
        }
    }

    /** What stands there instead of what should, fit for a sentence after "is". */
    static String kind(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "the string " + Excerpt.quoted(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                    "the number " + Excerpt.plain(parser.getText());
            default -> Excerpt.plain(parser.getText());
        };
    }
}
