package io.ringtally.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Hundreds of texts that are JSON and that are not, read by every reader of JSON there is: as a
 * whole body, as a field without a meaning, and as every field with one. Jackson, set to strictness
 * here and not by the code under test, must say the same.
 */
class JsonValuesTest {

    private static final Mapping MAPPING = new Mapping(Map.of("message", "/m"));

    private final EventParser parser = new EventParser();

    static List<Value> values() throws IOException {
        List<Value> values = new ArrayList<>();
        try (InputStream table = JsonValuesTest.class.getResourceAsStream("json-values.txt")) {
            String text = new String(table.readAllBytes(), StandardCharsets.US_ASCII);
            for (String line : text.split("\n")) {
                if (line.startsWith("y ") || line.startsWith("n ")) {
                    values.add(new Value(line.charAt(0) == 'y', line.substring(2)));
                }
            }
        }
        assertTrue(values.size() > 300, "only " + values.size());
        return values;
    }

    /**
     * A text as the table has it.
     *
     * @param json whether it is JSON
     */
    record Value(boolean json, String shown) {

        byte[] bytes() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int at = 0; at < shown.length(); at++) {
                if (shown.startsWith("<", at) && shown.startsWith(">", at + 3)) {
                    bytes.write(Integer.parseInt(shown.substring(at + 1, at + 3), 16));
                    at += 3;
                } else {
                    bytes.write(shown.charAt(at));
                }
            }
            return bytes.toByteArray();
        }

        /** This text within another one, where an asterisk stands. */
        byte[] in(String frame) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            int star = frame.indexOf('*');
            bytes.writeBytes(frame.substring(0, star).getBytes(StandardCharsets.US_ASCII));
            bytes.writeBytes(bytes());
            bytes.writeBytes(frame.substring(star + 1).getBytes(StandardCharsets.US_ASCII));
            return bytes.toByteArray();
        }

        /** Whether it can stand as a line of its own. */
        boolean isOneLine() {
            return !shown.contains("<0A>");
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void jacksonAgreesWithTheTable(Value value) {
        assertEquals(value.json(), JsonOracle.isJson(value.bytes()), value.shown());
    }

    @ParameterizedTest
    @MethodSource("values")
    void aFieldWithoutAMeaningMustBeJsonAndNothingElse(Value value) {
        String event = "{\"app_id\":\"a\",\"message_id\":\"m\",\"event\":\"e\",\"x\":*}";
        assertSame(increment(value.in("{\"key\":\"k\",\"value\":1,\"x\":*}")), value);
        assertSame(increment(value.in("{\"x\":*,\"key\":\"k\",\"value\":1}")), value);
        assertSame(event(value.in(event)), value);
        assertSame(items(value.in(event)), value);
        assertSame(items(value.in('[' + event + ']')), value);
        assertSame(bulk(value.in("{\"events\":[" + event + "]}")), value);
        assertSame(bulk(value.in("{\"x\":*,\"events\":[]}")), value);
        String cloud = "{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"a\",\"type\":\"e\","
                + "\"subject\":\"m\",";
        assertSame(cloudEvents(value.in(cloud + "\"x\":*}")), value);
        assertSame(cloudEvents(value.in(cloud + "\"data\":*}")), value);
        assertSame(cloudEvents(value.in('[' + cloud + "\"data\":{\"x\":*}}]")), value);
        assertSame(cloudEventData(value.bytes()), value);
        String record = "{\"m\":\"m\",\"x\":*}";
        assertSame(mapped(false, value.in(record)), value);
        assertSame(mapped(false, value.in('[' + record + ']')), value);
        assertQuestion((body, errors) -> new LookupJson().read(body, body.length, errors),
                value.in("{\"message_ids\":[\"m\"],\"x\":*}"), value);
        assertQuestion((body, errors) -> new TotalJson().read(body, body.length, errors),
                value.in("{\"x\":*,\"total\":1}"), value);
        if (value.isOneLine()) {
            assertSame(lines(value.in(event + '\n')), value);
            assertSame(lines(value.in(event)), value);
            assertSame(line(value.in(event)), value);
            assertSame(mapped(true, value.in(record + '\n')), value);
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void aWholeBodyIsNeverAnEventAndNeverMoreThanAnError(Value value) {
        byte[] body = value.bytes();
        List<Outcome> outcomes = List.of(increment(body), event(body), bulk(body),
                lines(body), form(body));
        for (Outcome outcome : outcomes) {
            assertTrue(!outcome.good(), value.shown());
            assertTrue(!outcome.errors().isEmpty(), value.shown());
        }
        // an empty array has no events, and is good
        String text = new String(body, StandardCharsets.ISO_8859_1);
        boolean empty = text.replaceAll("[ \t\r\n]", "").equals("[]");
        assertEquals(empty, items(body).good(), value.shown());
        assertEquals(empty, cloudEvents(body).good(), value.shown());
    }

    /** What a field has to be is looked at alike wherever it comes. */
    @ParameterizedTest
    @MethodSource("values")
    void aFieldWithAMeaningIsReadAlikeEverywhere(Value value) {
        alike(value, increment(value.in("{\"key\":*,\"value\":1}")),
                event(value.in("{\"app_id\":\"\",\"message_id\":*,\"event\":\"increment\"}")));
        for (String field : List.of("value", "created_at", "id", "message_id", "event", "app_id")) {
            StringBuilder event = new StringBuilder("{");
            for (String other : List.of("app_id", "message_id", "event")) {
                event.append(other.equals(field) ? "" : '"' + other + "\":\"x\",");
            }
            String frame = event + "\"" + field + "\":*}";
            Outcome alone = event(value.in(frame));
            alike(value, alone, items(value.in(frame)), items(value.in('[' + frame + ']')),
                    bulk(value.in("{\"events\":[" + frame + "]}")));
            if (value.isOneLine()) {
                alike(value, alone, lines(value.in(frame)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void whatIsTakenForAnAnswerToAQuestionIsJson(Value value) {
        List<FieldError> errors = new ArrayList<>();
        for (String frame : List.of("*", "{\"n\":*}", "{\"total\":*}", "{\"message_ids\":*}",
                "{\"message_ids\":[*]}")) {
            byte[] body = value.in(frame);
            boolean good = new NumbersJson().read(body, body.length, errors)
                    | new TotalJson().read(body, body.length, errors)
                    | new LookupJson().read(body, body.length, errors);
            assertTrue(!good || JsonOracle.isJson(body), value.shown() + " in " + frame);
        }
    }

    /** A reader of a body that is no event. */
    private interface Question {
        boolean read(byte[] body, List<FieldError> errors);
    }

    private void assertQuestion(Question reader, byte[] body, Value value) {
        List<FieldError> errors = new ArrayList<>();
        assertSame(new Outcome(reader.read(body, errors), List.of(), errors), value);
    }

    private void assertSame(Outcome outcome, Value value) {
        assertEquals(value.json(), outcome.good(), () -> value.shown() + ' ' + outcome.errors());
        assertEquals(value.json(), outcome.errors().isEmpty(), value.shown());
    }

    private static void alike(Value value, Outcome first, Outcome... others) {
        assertTrue(value.json() || !first.good(), value.shown());
        for (Outcome other : others) {
            assertEquals(first.good(), other.good(),
                    () -> value.shown() + ": " + first.errors() + " but " + other.errors());
            assertEquals(first.events(), other.events(), value.shown());
        }
    }

    /** What became of a body. */
    private record Outcome(boolean good, List<String> events, List<FieldError> errors) {
    }

    private Outcome increment(byte[] body) {
        EventDraft draft = new EventDraft();
        List<FieldError> errors = new ArrayList<>();
        return one(parser.readIncrement(body, 0, body.length, draft, errors), draft, errors);
    }

    private Outcome event(byte[] body) {
        EventDraft draft = new EventDraft();
        List<FieldError> errors = new ArrayList<>();
        return one(parser.readEvent(body, 0, body.length, draft, errors), draft, errors);
    }

    private Outcome form(byte[] body) {
        EventDraft draft = new EventDraft();
        List<FieldError> errors = new ArrayList<>();
        return one(parser.readIncrementForm(body, 0, body.length, draft, errors), draft, errors);
    }

    private Outcome cloudEventData(byte[] body) {
        EventDraft draft = new EventDraft();
        List<FieldError> errors = new ArrayList<>();
        return one(parser.readCloudEvent(Map.of("id", bytes("i"), "source", bytes("a"),
                "type", bytes("e"), "subject", bytes("m")), true, body, 0, body.length, draft,
                errors), draft, errors);
    }

    private Outcome mapped(boolean byLine, byte[] body) {
        return many(body, (bytes, offset, length, sink, errors) -> parser.readMapped(MAPPING,
                byLine, bytes, offset, length, sink, errors));
    }

    private Outcome line(byte[] body) {
        EventDraft draft = new EventDraft();
        List<FieldError> errors = new ArrayList<>();
        return one(parser.readLine(0, 1, body, 0, body.length, draft, errors)
                == NdjsonLine.EVENT, draft, errors);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static Outcome one(boolean good, EventDraft draft, List<FieldError> errors) {
        return new Outcome(good, good ? List.of(Reading.line(draft)) : List.of(), errors);
    }

    private Outcome bulk(byte[] body) {
        return many(body, parser::readBulk);
    }

    private Outcome items(byte[] body) {
        return many(body, parser::readItems);
    }

    private Outcome lines(byte[] body) {
        return many(body, parser::readLines);
    }

    private Outcome cloudEvents(byte[] body) {
        return many(body, parser::readCloudEvents);
    }

    private static Outcome many(byte[] body, Reading.Many reader) {
        Reading.DraftLines sink = new Reading.DraftLines();
        List<FieldError> errors = new ArrayList<>();
        boolean good = reader.read(body, 0, body.length, sink, errors);
        return new Outcome(good, sink.lines, errors);
    }
}
