package io.ringtally.event;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Reads JSON of any form by a {@link Mapping}: objects are walked through once, and only what the
 * mapping names is kept. Numbers and booleans stand for their text where a text is wanted, as an
 * account's number does.
 *
 * <p>Threading: one I/O thread's.
 */
final class MappedJson {

    private final FieldErrors errors;
    private final EventFields fields;
    private final JsonReader json;

    /** A field, and where from here on it is. */
    private record Sought(Field field, JsonPointer rest) {
    }

    MappedJson(FieldErrors errors) {
        this.errors = errors;
        this.fields = new EventFields(errors);
        this.json = new JsonReader(errors);
    }

    /** Reads one record, or an array of them; good ones go to the sink until an error is met. */
    boolean items(Mapping mapping, byte[] body, int offset, int length, EventDraft draft,
            EventSink sink) {
        return json.objectOrArray(body, offset, length, parser -> {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                fields.beginMapped(mapping, draft, EventFields.NOT_IN_LIST);
                read(parser, mapping, draft, sink);
                return;
            }
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                if (parser.currentToken() == JsonToken.START_OBJECT) {
                    fields.beginMapped(mapping, draft, i);
                    read(parser, mapping, draft, sink);
                } else {
                    String path = "[" + i + "]";
                    errors.add(path, path + " is " + JsonReader.kind(parser)
                            + ", not an object: send an object");
                    parser.skipChildren();
                }
            }
        });
    }

    /** Reads a record a line; good ones go to the sink until an error is met. */
    boolean lines(Mapping mapping, byte[] body, int offset, int length, EventDraft draft,
            EventSink sink) {
        int end = offset + length;
        int index = 0;
        int number = 1;
        for (int at = offset; at < end; number++) {
            int lineEnd = EventScanner.lineEnd(body, at, end);
            if (!EventScanner.isBlank(body, at, lineEnd)) {
                int item = index++;
                json.object(Subject.line(item, number), body, at, lineEnd - at, parser -> {
                    fields.beginMapped(mapping, draft, item);
                    read(parser, mapping, draft, sink);
                });
            }
            at = lineEnd + 1;
        }
        return errors.isEmpty();
    }

    private void read(JsonParser parser, Mapping mapping, EventDraft draft, EventSink sink)
            throws IOException {
        mapping.constants().forEach((field, text) -> fields.text(field, text, 0, text.length));
        List<Sought> sought = new ArrayList<>();
        mapping.places().forEach((field, place) -> sought.add(new Sought(field, place)));
        value(parser, sought);
        fields.end();
        if (errors.isEmpty()) {
            sink.accept(draft);
        }
    }

    /** Passes over the value at which the parser stands, and takes what is sought from it. */
    private void value(JsonParser parser, List<Sought> sought) throws IOException {
        for (Sought one : sought) {
            if (one.rest.matches()) {
                take(parser, one.field);
            }
        }
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                value(parser, below(sought, place -> place.matchProperty(name)));
            }
        } else if (parser.currentToken() == JsonToken.START_ARRAY) {
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                int index = i;
                value(parser, below(sought, place -> place.matchElement(index)));
            }
        }
    }

    private static List<Sought> below(List<Sought> sought, UnaryOperator<JsonPointer> step) {
        List<Sought> below = List.of();
        for (Sought one : sought) {
            JsonPointer rest = step.apply(one.rest);
            if (rest != null) {
                below = below.isEmpty() ? new ArrayList<>() : below;
                below.add(new Sought(one.field, rest));
            }
        }
        return below;
    }

    private void take(JsonParser parser, Field field) throws IOException {
        JsonToken token = parser.currentToken();
        boolean text = field != Field.VALUE && field != Field.CREATED_AT;
        if (token == JsonToken.VALUE_NULL) {
            fields.absent(field);
        } else if (token == JsonToken.VALUE_STRING || text && token.isScalarValue()) {
            fields.string(field, parser.getText());
        } else if (token.isNumeric() && field == Field.VALUE) {
            fields.number(parser.getText());
        } else {
            fields.wrongType(field, JsonReader.kind(parser));
        }
    }
}
