package io.ringtally.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code {"name":1,"other.name":2}}: an object of whole numbers, by their names.
 *
 * <p>Threading: one thread's, for one body.
 */
public final class NumbersJson {

    private final FieldErrors errors = new FieldErrors();
    private final Map<String, Long> numbers = new LinkedHashMap<>();

    /**
     * Reads a body.
     *
     * @param list receives what is wrong
     * @return whether nothing is
     */
    public boolean read(byte[] body, int length, List<FieldError> list) {
        errors.open(list);
        boolean good = new JsonReader(errors).object(Subject.BODY, body, 0, length, this::object);
        errors.close();
        return good;
    }

    /** The numbers, in the order they came. */
    public Map<String, Long> numbers() {
        return numbers;
    }

    private void object(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_NUMBER_INT) {
                errors.add(name, name + " is " + JsonReader.kind(parser)
                        + ", not a whole number: send one");
                parser.skipChildren();
            } else if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                errors.add(name, name + " is " + JsonReader.kind(parser)
                        + ", which is beyond 64 bits");
            } else {
                numbers.put(name, parser.getLongValue());
            }
        }
    }
}
