package io.ringtally.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;

/**
 * Reads {@code {"total": N}}: what a counter is to be set to. A number, or digits in a string for
 * clients whose numbers have 53 bits. Unknown fields are skipped.
 *
 * <p>Threading: one thread's, for one body.
 */
public final class TotalJson {

    private static final String TOTAL = "total";

    private final FieldErrors errors = new FieldErrors();
    private long total;
    private int found;

    /**
     * Reads a body.
     *
     * @param list receives what is wrong
     * @return whether nothing is
     */
    public boolean read(byte[] body, int length, List<FieldError> list) {
        errors.open(list);
        new JsonReader(errors).object(Subject.BODY, body, 0, length, this::object);
        if (errors.isEmpty() && found != 1) {
            errors.add(TOTAL, found == 0 ? "total is missing: send what the counter is to be"
                    + " set to" : "total is given " + found + " times: send it once");
        }
        boolean good = errors.isEmpty();
        errors.close();
        return good;
    }

    /** The total read. */
    public long total() {
        return total;
    }

    private void object(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean isTotal = parser.currentName().equals(TOTAL);
            JsonToken value = parser.nextToken();
            if (!isTotal) {
                parser.skipChildren();
                continue;
            }
            found++;
            if (value == JsonToken.VALUE_NUMBER_INT || value == JsonToken.VALUE_STRING
                    && parser.getText().matches("[+-]?[0-9]{1,40}")) {
                whole(parser.getText());
            } else {
                errors.add(TOTAL, "total is " + JsonReader.kind(parser)
                        + ": send a whole number");
                parser.skipChildren();
            }
        }
    }

    private void whole(String digits) {
        try {
            total = Long.parseLong(digits);
        } catch (NumberFormatException tooLong) {
            errors.add(TOTAL, "total is " + Excerpt.plain(digits) + ", and a total has 64 bits:"
                    + " send " + Long.MIN_VALUE + " to " + Long.MAX_VALUE);
        }
    }
}
