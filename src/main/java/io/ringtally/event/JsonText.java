package io.ringtally.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * A body as characters, and the sentences about what is wrong with them as JSON.
 *
 * <p>Decoded here, not by the JSON parser, which would guess at UTF-16 and UTF-32.
 *
 * <p>Threading: one I/O thread's.
 */
final class JsonText {

    static final int NESTING_MAX = 64;

    /** First words of the parser's message about a field that comes twice; a test holds it. */
    private static final String DUPLICATE = "Duplicate ";
    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final int AROUND = 20;

    private final Subject subject;
    private final char[] chars;
    private final int length;

    private JsonText(Subject subject, char[] chars, int length) {
        this.subject = subject;
        this.chars = chars;
        this.length = length;
    }

    /**
     * A parser that takes the JSON of RFC 8259 and nothing else. The body's size is bounded before
     * it comes here, so only nesting needs a limit of its own. Field names are neither interned
     * nor kept: clients choose them.
     */
    static JsonFactory strictFactory() {
        return new JsonFactoryBuilder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(NESTING_MAX)
                        .maxNameLength(Integer.MAX_VALUE)
                        .maxNumberLength(Integer.MAX_VALUE)
                        .maxStringLength(Integer.MAX_VALUE)
                        .build())
                .build();
    }

    /** The characters of a text in strict UTF-8, or null and an error. */
    static JsonText decode(Subject subject, byte[] body, int offset, int length,
            FieldErrors errors) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer bytes = ByteBuffer.wrap(body, offset, length);
        CharBuffer chars = CharBuffer.allocate(length); // never more chars than bytes
        if (decoder.decode(bytes, chars, true).isError()) {
            int bad = bytes.position();
            subject.fault(errors, " is not valid UTF-8 at byte " + (bad - offset) + " ("
                    + String.format("0x%02X", body[bad]) + "): send JSON encoded in UTF-8");
            return null;
        }
        chars.flip();
        if (chars.hasRemaining() && chars.get(0) == BYTE_ORDER_MARK) {
            subject.fault(errors, " starts with a byte order mark (EF BB BF): send the JSON without"
                    + " it");
            return null;
        }
        return new JsonText(subject, chars.array(), chars.limit());
    }

    static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSurrogatePair(text.charAt(i), i + 1 < text.length()
                        ? text.charAt(i + 1) : 0)) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    JsonParser parse(JsonFactory factory) throws IOException {
        return factory.createParser(chars, 0, length);
    }

    /** Says that there is more than the object the body should be. */
    void explainTrailing(JsonParser parser, FieldErrors errors) {
        subject.fault(errors, " goes on after its JSON, " + place(parser)
                + ": send one JSON value and nothing after it");
    }

    /** Says why the parser could not go on. */
    void explain(IOException unreadable, JsonParser parser, FieldErrors errors) {
        if (unreadable instanceof StreamConstraintsException) {
            subject.fault(errors, " has objects or arrays nested deeper than " + NESTING_MAX
                    + " levels, " + place(parser) + ": send it with fewer levels");
        } else if (unreadable instanceof JsonEOFException) {
            subject.fault(errors, " ends in the middle of its JSON, after " + length
                    + " characters, " + place(parser) + ": send all of it");
        } else if (unreadable.getMessage().startsWith(DUPLICATE)) {
            String path = subject.line() ? subject.field() + '.' : "";
            path += Excerpt.plain(path(parser.getParsingContext()));
            errors.add(path, path + " is sent more than once: send it once");
        } else {
            subject.fault(errors, " is not JSON, " + place(parser)
                    + ": send one JSON object as in RFC 8259");
        }
    }

    /** Where the parser stands, with what is written around there. */
    private String place(JsonParser parser) {
        JsonLocation here = parser.currentLocation();
        int at = (int) Math.max(0, Math.min(here.getCharOffset(), length));
        int from = Math.max(0, at - AROUND);
        String around = new String(chars, from, Math.min(length, at + AROUND) - from);
        String line = subject.line() ? "" : "line " + here.getLineNr() + ", ";
        return line + "column " + here.getColumnNr() + ", near "
                + Excerpt.quoted(around.strip());
    }

    /** The field the parser met last, as in {@code events[3].id}. */
    private static String path(JsonStreamContext context) {
        StringBuilder path = new StringBuilder();
        for (JsonStreamContext c = context; !c.inRoot(); c = c.getParent()) {
            if (c.inArray()) {
                path.insert(0, "[" + c.getCurrentIndex() + "]");
            } else {
                path.insert(0, (c.getParent().inObject() || c.getParent().inArray() ? "." : "")
                        + c.getCurrentName());
            }
        }
        return path.toString();
    }
}
