package io.ringtally.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads {@code {"app_id","event","message_ids":[...]}}: the question for several counters. Unknown
 * fields are skipped; an id that comes twice is asked for once.
 *
 * <p>Threading: one thread's, for one body.
 */
public final class LookupJson {

    /** Most ids in one question. */
    public static final int MESSAGES_MAX = 1_000;

    private static final String MESSAGES = "message_ids";

    private final FieldErrors errors = new FieldErrors();
    private final Set<String> messages = new LinkedHashSet<>();
    private String app = "";
    private String event = "increment";
    private boolean found;

    /**
     * Reads a body.
     *
     * @param list receives what is wrong
     * @return whether nothing is
     */
    public boolean read(byte[] body, int length, List<FieldError> list) {
        errors.open(list);
        new JsonReader(errors).object(Subject.BODY, body, 0, length, this::object);
        if (errors.isEmpty() && !found) {
            errors.add(MESSAGES, "message_ids is missing: send an array of message ids");
        }
        boolean good = errors.isEmpty();
        errors.close();
        return good;
    }

    /** The app asked for, empty unless given. */
    public String app() {
        return app;
    }

    /** The event name asked for, {@code increment} unless given. */
    public String event() {
        return event;
    }

    /** The messages asked for, 1 to {@link #MESSAGES_MAX}, in the order they came. */
    public Set<String> messages() {
        return messages;
    }

    private void object(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals(MESSAGES)) {
                found = true;
                messages(parser);
            } else if (name.equals("app_id") && value != JsonToken.VALUE_NULL) {
                app = text(parser, name, 0, EventLimits.APP_BYTES_MAX);
            } else if (name.equals("event") && value != JsonToken.VALUE_NULL) {
                event = text(parser, name, 1, EventLimits.EVENT_BYTES_MAX);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void messages(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            errors.add(MESSAGES, "message_ids is " + JsonReader.kind(parser)
                    + ", not an array: send an array of message ids");
            parser.skipChildren();
            return;
        }
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (count < MESSAGES_MAX) {
                messages.add(text(parser, MESSAGES + '[' + count + ']', 1,
                        EventLimits.MESSAGE_BYTES_MAX));
            } else {
                parser.skipChildren();
            }
            count++;
        }
        if (count == 0 || count > MESSAGES_MAX) {
            errors.add(MESSAGES, "message_ids has " + count + " ids: send 1 to " + MESSAGES_MAX);
        }
    }

    private String text(JsonParser parser, String path, int bytesMin, int bytesMax)
            throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            errors.add(path, path + " is " + JsonReader.kind(parser) + ", not a string: send a"
                    + " string");
            parser.skipChildren();
            return "";
        }
        String text = parser.getText();
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        if (text.indexOf('\0') >= 0 || JsonText.hasLoneSurrogate(text)) {
            errors.add(path, path + " is " + Excerpt.quoted(text) + ", which has U+0000 or half a"
                    + " surrogate pair: nothing is counted under such a name");
        } else if (length < bytesMin || length > bytesMax) {
            errors.add(path, path + " has " + length + " bytes of UTF-8: send " + bytesMin + " to "
                    + bytesMax);
        }
        return text;
    }
}
