package io.ringtally.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Map;

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
    private static final String SPEC_VERSION = "specversion";
    private static final String DATA = "data";

    private final FieldErrors errors;
    private final EventFields fields;
    private final JsonReader json;

    StrictEventJson(FieldErrors errors) {
        this.errors = errors;
        this.fields = new EventFields(errors);
        this.json = new JsonReader(errors);
    }

    /** Reads a body that is one object of the given shape; whether it is good. */
    boolean one(Shape shape, byte[] body, int offset, int length, EventDraft draft) {
        return json.object(Subject.BODY, body, offset, length, parser -> {
            fields.begin(shape, draft);
            object(parser, shape);
        });
    }

    /** Reads {@code {"events":[...]}}; good events go to the sink until an error is met. */
    boolean bulk(byte[] body, int offset, int length, EventDraft draft, EventSink sink) {
        return json.object(Subject.BODY, body, offset, length,
                parser -> bulkObject(parser, draft, sink));
    }

    /** Reads one event, or an array of them; good ones go to the sink until an error is met. */
    boolean items(Shape shape, byte[] body, int offset, int length, EventDraft draft,
            EventSink sink) {
        return json.objectOrArray(body, offset, length, parser -> {
            if (parser.currentToken() == JsonToken.START_ARRAY) {
                elements(parser, shape, "", draft, sink);
                return;
            }
            fields.begin(shape, draft);
            object(parser, shape);
            if (errors.isEmpty()) {
                sink.accept(draft);
            }
        });
    }

    /** Reads a line that is one event: item {@code index} of its body; whether it is good. */
    boolean line(int index, int number, byte[] body, int offset, int length, EventDraft draft) {
        return json.object(Subject.line(index, number), body, offset, length, parser -> {
            fields.beginElement(Shape.EVENT, draft, "", index);
            object(parser, Shape.EVENT);
        });
    }

    /**
     * Reads a CloudEvent in binary mode.
     *
     * @param attributes their names without the prefix {@code ce-}, decoded
     * @param data whether the body is JSON, which may have the value
     */
    boolean cloudEvent(Map<String, byte[]> attributes, boolean data, byte[] body, int offset,
            int length, EventDraft draft) {
        fields.begin(Shape.CLOUD_EVENT, draft);
        attributes.forEach((name, value) -> {
            Field field = Shape.CLOUD_EVENT.named(name);
            if (field != null && field != Field.VALUE) {
                fields.bytes(field, value, 0, value.length);
            }
        });
        if (data && length > 0) {
            json.anything(body, offset, length, this::data);
        }
        fields.end();
        return errors.isEmpty();
    }

    private void bulkObject(JsonParser parser, EventDraft draft, EventSink sink)
            throws IOException {
        boolean found = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean isEvents = parser.currentName().equals(EVENTS);
            JsonToken value = parser.nextToken();
            found |= isEvents;
            if (isEvents && value == JsonToken.START_ARRAY) {
                elements(parser, Shape.EVENT, EVENTS, draft, sink);
            } else {
                if (isEvents) {
                    errors.add(EVENTS, "events is " + JsonReader.kind(parser)
                            + ", not an array: send an array of event objects");
                }
                parser.skipChildren();
            }
        }
        if (!found) {
            errors.add(EVENTS, "events is missing: send an array of event objects");
        }
    }

    private void elements(JsonParser parser, Shape shape, String list, EventDraft draft,
            EventSink sink) throws IOException {
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                String path = list + '[' + i + ']';
                errors.add(path, path + " is " + JsonReader.kind(parser)
                        + ", not an object: send an event object");
                parser.skipChildren();
                continue;
            }
            fields.beginElement(shape, draft, list, i);
            object(parser, shape);
            if (errors.isEmpty()) {
                sink.accept(draft);
            }
        }
    }

    private void object(JsonParser parser, Shape shape) throws IOException {
        boolean versioned = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            Field field = shape.named(name);
            parser.nextToken();
            if (field != null) {
                field(parser, field);
            } else if (shape == Shape.CLOUD_EVENT && name.equals(DATA)) {
                data(parser);
            } else {
                versioned |= name.equals(SPEC_VERSION);
                if (shape == Shape.CLOUD_EVENT && name.equals(SPEC_VERSION)) {
                    specVersion(parser);
                }
                parser.skipChildren();
            }
        }
        if (shape == Shape.CLOUD_EVENT && !versioned) {
            fields.fault(SPEC_VERSION, "is missing: send 1.0");
        }
        fields.end();
    }

    private void specVersion(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING || !parser.getText().equals("1.0")) {
            fields.fault(SPEC_VERSION, "is " + JsonReader.kind(parser) + ": send 1.0");
        }
    }

    /** The data of a CloudEvent: an object may have the value, anything else counts 1. */
    private void data(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean isValue = parser.currentName().equals(Field.VALUE.label);
            parser.nextToken();
            if (isValue) {
                field(parser, Field.VALUE);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void field(JsonParser parser, Field field) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_STRING) {
            fields.string(field, parser.getText());
        } else if (token == JsonToken.VALUE_NULL) {
            fields.absent(field);
        } else if (token.isNumeric() && field == Field.VALUE) {
            fields.number(parser.getText());
        } else {
            fields.wrongType(field, JsonReader.kind(parser));
            parser.skipChildren();
        }
    }
}
