package bench.servers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * One posted increment or event, as a key and what is added to it. The key of an event is its
 * message and name together.
 *
 * <p>Threading: immutable.
 */
record Posted(String key, long value) {

    private static final JsonFactory JSON = new JsonFactory();

    static Posted parse(byte[] body) throws IOException {
        String key = null;
        String app = "";
        String message = null;
        String event = null;
        long value = 1;
        try (JsonParser parser = JSON.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("expected an object");
            }
            for (String name = parser.nextFieldName(); name != null;
                    name = parser.nextFieldName()) {
                parser.nextToken();
                switch (name) {
                    case "key" -> key = parser.getText();
                    case "value" -> value = parser.getLongValue();
                    case "app_id" -> app = parser.getText();
                    case "message_id" -> message = parser.getText();
                    case "event" -> event = parser.getText();
                    default -> parser.skipChildren();
                }
            }
        }
        if (key == null && (message == null || event == null)) {
            throw new IOException("expected a key, or a message_id and an event");
        }
        return new Posted(key != null ? key : app + '/' + message + '/' + event, value);
    }
}
