package io.ringtally.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * As much JSON as the service speaks. Objects become maps, arrays lists; numbers stay text.
 *
 * <p>Threading: one thread's.
 */
final class Json {

    private static final int DEPTH_MAX = 32;
    private static final String WORD = "+-.0123456789eEtrufalsn";

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /**
     * Reads one value.
     *
     * @return a map, a list, a string, a {@link Number} as text, a boolean, or null
     * @throws IllegalArgumentException if it is not JSON
     */
    static Object read(String text) {
        Json json = new Json(text);
        Object value = json.value(0);
        json.space();
        if (json.at < text.length()) {
            throw json.wrong("the end");
        }
        return value;
    }

    /** Reads an object; empty if it is something else, or not JSON at all. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> object(String text) {
        try {
            return read(text) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
        } catch (IllegalArgumentException notJson) {
            return Map.of();
        }
    }

    private Object value(int depth) {
        if (depth > DEPTH_MAX) {
            throw wrong("less depth");
        }
        space();
        char first = peek();
        return switch (first) {
            case '{' -> members(depth);
            case '[' -> elements(depth);
            case '"' -> string();
            default -> word();
        };
    }

    /** A number, or a literal. */
    private Object word() {
        int start = at;
        while (at < text.length() && WORD.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String word = text.substring(start, at);
        return switch (word) {
            case "true" -> Boolean.TRUE;
            case "false" -> Boolean.FALSE;
            case "null" -> null;
            case "" -> throw wrong("a value");
            default -> word;
        };
    }

    private Map<String, Object> members(int depth) {
        Map<String, Object> members = new LinkedHashMap<>();
        expect('{');
        space();
        while (peek() != '}') {
            if (!members.isEmpty()) {
                expect(',');
                space();
            }
            String name = string();
            space();
            expect(':');
            members.put(name, value(depth + 1));
            space();
        }
        at++;
        return members;
    }

    private List<Object> elements(int depth) {
        List<Object> elements = new ArrayList<>();
        expect('[');
        space();
        while (peek() != ']') {
            if (!elements.isEmpty()) {
                expect(',');
            }
            elements.add(value(depth + 1));
            space();
        }
        at++;
        return elements;
    }

    private String string() {
        expect('"');
        StringBuilder string = new StringBuilder();
        while (peek() != '"') {
            char c = text.charAt(at++);
            string.append(c == '\\' ? escaped() : c);
        }
        at++;
        return string.toString();
    }

    private char escaped() {
        char c = peek();
        at++;
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                if (at + 4 > text.length()) {
                    throw wrong("four digits");
                }
                at += 4;
                yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
            }
            default -> c;
        };
    }

    private char peek() {
        if (at >= text.length()) {
            throw wrong("more");
        }
        return text.charAt(at);
    }

    private void expect(char wanted) {
        if (peek() != wanted) {
            throw wrong("'" + wanted + "'");
        }
        at++;
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private IllegalArgumentException wrong(String wanted) {
        return new IllegalArgumentException(
                "not JSON: " + wanted + " is wanted at character " + at);
    }

    /** Appends an event as one line of NDJSON. */
    static void appendLine(StringBuilder to, Event event, String id) {
        to.append("{\"app_id\":");
        quote(to, event.appId());
        to.append(",\"message_id\":");
        quote(to, event.messageId());
        to.append(",\"event\":");
        quote(to, event.name());
        to.append(",\"value\":").append(event.value());
        if (event.createdAt() != null) {
            to.append(",\"created_at\":\"").append(event.createdAt()).append('"');
        }
        if (id != null) {
            to.append(",\"id\":");
            quote(to, id);
        }
        to.append("}\n");
    }

    private static void quote(StringBuilder to, String text) {
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                to.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                to.append(String.format("\\u%04x", (int) c));
            } else {
                to.append(c);
            }
        }
        to.append('"');
    }
}
