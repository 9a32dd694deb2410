package io.ringtally.event;

import com.fasterxml.jackson.core.JsonPointer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes events of records that were not made for this service: says of each field of an event where
 * in a record it is, or what it always is. It knows nothing of how the records come.
 *
 * <p>Threading: immutable.
 */
public final class Mapping {

    /** What it is written with: the message and, if they are not what they are by default, more. */
    private static final Map<String, Field> FIELDS = fields();

    private final Map<Field, JsonPointer> places = new EnumMap<>(Field.class);
    private final Map<Field, byte[]> constants = new EnumMap<>(Field.class);

    /**
     * A mapping.
     *
     * @param sources by {@link #names}: a JSON Pointer (RFC 6901), which begins with a slash, or
     *     the text that the field always has
     * @throws IllegalArgumentException if there is no message, or a field cannot have that text;
     *     the message goes on where the mapping's name ends
     */
    public Mapping(Map<String, String> sources) {
        if (!sources.containsKey("message")) {
            throw new IllegalArgumentException("has no message: say where in a record it is, such"
                    + " as message = \"/user_id\"");
        }
        constants.put(Field.APP_ID, EventDraft.NO_BYTES);
        constants.put(Field.EVENT, EventDraft.INCREMENT);
        sources.forEach((name, source) -> {
            Field field = FIELDS.get(name);
            if (source.startsWith("/")) {
                places.put(field, JsonPointer.compile(source));
                constants.remove(field);
            } else {
                constants.put(field, constant(name, field, source));
            }
        });
    }

    private static Map<String, Field> fields() {
        Map<String, Field> fields = new LinkedHashMap<>();
        fields.put("app", Field.APP_ID);
        fields.put("message", Field.MESSAGE_ID);
        fields.put("event", Field.EVENT);
        fields.put("value", Field.VALUE);
        fields.put("time", Field.CREATED_AT);
        fields.put("id", Field.ID);
        return Collections.unmodifiableMap(fields);
    }

    /** What its fields are called. */
    public static Set<String> names() {
        return FIELDS.keySet();
    }

    private static byte[] constant(String name, Field field, String text) {
        if (field == Field.ID) {
            throw new IllegalArgumentException("has the same id for every event, " + Excerpt
                    .quoted(text) + ": say where in a record it is, such as id = \"/id\"");
        }
        List<FieldError> wrong = new ArrayList<>();
        FieldErrors errors = new FieldErrors();
        errors.open(wrong);
        EventFields rules = new EventFields(errors);
        rules.begin(Shape.EVENT, new EventDraft());
        rules.string(field, text);
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("cannot have " + name + " = "
                    + Excerpt.quoted(text) + ": " + wrong.get(0).reason());
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The fields that are the same in every event, in UTF-8. */
    Map<Field, byte[]> constants() {
        return constants;
    }

    /** Where the others are in a record. */
    Map<Field, JsonPointer> places() {
        return places;
    }

    /** What a record calls the field, as in {@code action_data.type}. */
    String label(Field field) {
        JsonPointer place = places.get(field);
        return place == null ? field.label : place.toString().substring(1).replace('/', '.');
    }
}
