package io.ringtally.event;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A fuzz target for each reader of events: nothing throws, what is taken is JSON to Jackson and an
 * event to the strict reader, what is refused has a reason. The normal run tries the seeds only;
 * CONTRIBUTING.md has the command for more.
 */
class EventParserFuzzTest {

    private static final String EVENT = "{\"app_id\":\"a\",\"message_id\":\"m\",\"event\":\"e\","
            + "\"created_at\":\"2026-01-31T12:00:00.5+01:00\",\"value\":-12,\"id\":\"i\\u00e9\"}";
    private static final String CLOUD = "{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"a\","
            + "\"type\":\"e\",\"subject\":\"m\",\"time\":\"2026-01-31T12:00:00Z\","
            + "\"data\":{\"value\":\"3\",\"x\":[null,1e5]}}";

    private final EventParser parser = new EventParser();
    private final FieldErrors found = new FieldErrors();
    private final StrictEventJson strict = new StrictEventJson(found);
    private final List<FieldError> errors = new ArrayList<>();

    static Stream<byte[]> increments() {
        return seeds("{\"key\":\"k\",\"value\":1}", "{\"value\":\"-5\",\"key\":\"\\ud83d\\ude00\"}",
                "{\"key\":\"k\",\"value\":1,\"id\":null,\"x\":{\"y\":[true,1.5e3]}}", "{", "");
    }

    static Stream<byte[]> events() {
        return seeds(EVENT, EVENT.replace(",", " ,\n\t").replace(":", " : "),
                EVENT.replace("-12", "\"+7\""), EVENT.substring(0, 50));
    }

    static Stream<byte[]> many() {
        return seeds(EVENT, '[' + EVENT + ',' + EVENT + ']', "[]", "{\"events\":[" + EVENT + "]}",
                "{\"events\":[" + EVENT + ',' + EVENT + "],\"x\":{}}", EVENT + '\n' + EVENT,
                EVENT + "\r\n\n" + EVENT + '\n', CLOUD, '[' + CLOUD + ',' + CLOUD + ']');
    }

    static Stream<byte[]> forms() {
        return seeds("key=k&value=1", "value=%2B7&key=%C3%A9+x&&id=&x=%20", "key=%", "key=%ZZ&=");
    }

    static Stream<byte[]> attributes() {
        return seeds("i\na\ne\nm\n2026-01-31T12:00:00Z\n{\"value\":3}", "i\na\ne\nm\n\n", "");
    }

    @MethodSource("increments")
    @FuzzTest(maxDuration = "5m")
    void increment(byte[] body) {
        one(Shape.INCREMENT, body, parser::readIncrement);
    }

    @MethodSource("events")
    @FuzzTest(maxDuration = "5m")
    void event(byte[] body) {
        one(Shape.EVENT, body, parser::readEvent);
    }

    @MethodSource("many")
    @FuzzTest(maxDuration = "5m")
    void items(byte[] body) {
        String read = many(body, parser::readItems);
        Reading.DraftLines slow = new Reading.DraftLines();
        found.open(new ArrayList<>());
        boolean good = strict.items(Shape.EVENT, body, 0, body.length, new EventDraft(), slow);
        same(read, good ? slow.lines.toString() : null, body);
    }

    @MethodSource("many")
    @FuzzTest(maxDuration = "5m")
    void bulk(byte[] body) {
        String read = many(body, parser::readBulk);
        Reading.DraftLines slow = new Reading.DraftLines();
        found.open(new ArrayList<>());
        boolean good = strict.bulk(body, 0, body.length, new EventDraft(), slow);
        same(read, good ? slow.lines.toString() : null, body);
    }

    @MethodSource("many")
    @FuzzTest(maxDuration = "5m")
    void cloudEvents(byte[] body) {
        String read = many(body, parser::readCloudEvents);
        check(read == null || JsonOracle.isJson(body), body);
    }

    /** All lines are good exactly when each line is good by itself. */
    @MethodSource("many")
    @FuzzTest(maxDuration = "5m")
    void lines(byte[] body) {
        String read = many(body, parser::readLines);
        List<String> single = new ArrayList<>();
        boolean good = true;
        String text = new String(body, StandardCharsets.ISO_8859_1);
        for (String line : text.split("\n")) {
            byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
            if (!line.replaceAll("[ \t\r]", "").isEmpty()) {
                EventDraft draft = new EventDraft();
                found.open(new ArrayList<>());
                good &= strict.one(Shape.EVENT, bytes, 0, bytes.length, draft);
                single.add(Reading.line(draft));
            }
        }
        same(read, good ? single.toString() : null, body);
    }

    @MethodSource("forms")
    @FuzzTest(maxDuration = "5m")
    void form(byte[] body) {
        EventDraft draft = new EventDraft();
        boolean good = parser.readIncrementForm(body, 0, body.length, draft, errors);
        check(good == errors.isEmpty(), body);
        check(!good || draft.messageLength > 0, body);
    }

    /** Attributes and data of a CloudEvent in binary mode, a line each. */
    @MethodSource("attributes")
    @FuzzTest(maxDuration = "5m")
    void cloudEvent(byte[] lines) {
        String[] parts = new String(lines, StandardCharsets.ISO_8859_1).split("\n", 6);
        if (parts.length < 6) {
            return;
        }
        byte[][] bytes = Stream.of(parts).map(part ->
                part.getBytes(StandardCharsets.ISO_8859_1)).toArray(byte[][]::new);
        EventDraft draft = new EventDraft();
        boolean good = parser.readCloudEvent(Map.of("id", bytes[0], "source", bytes[1], "type",
                bytes[2], "subject", bytes[3], "time", bytes[4]), true, bytes[5], 0,
                bytes[5].length, draft, errors);
        check(good == errors.isEmpty(), lines);
        check(!good || bytes[5].length == 0 || JsonOracle.isJson(bytes[5]), lines);
    }

    private interface One {
        boolean read(byte[] body, int offset, int length, EventDraft draft,
                List<FieldError> errors);
    }

    private void one(Shape shape, byte[] body, One reader) {
        EventDraft fast = new EventDraft();
        boolean good = reader.read(body, 0, body.length, fast, errors);
        check(good == errors.isEmpty(), body);
        check(!good || JsonOracle.isJson(body), body);
        EventDraft slow = new EventDraft();
        found.open(new ArrayList<>());
        boolean judged = strict.one(shape, body, 0, body.length, slow);
        same(good ? Reading.line(fast) : null, judged ? Reading.line(slow) : null, body);
    }

    private String many(byte[] body, Reading.Many reader) {
        Reading.DraftLines sink = new Reading.DraftLines();
        boolean good = reader.read(body, 0, body.length, sink, errors);
        check(good == errors.isEmpty(), body);
        check(good || sink.lines.isEmpty(), body);
        return good ? sink.lines.toString() : null;
    }

    private static void same(String read, String judged, byte[] body) {
        if (read == null ? judged != null : !read.equals(judged)) {
            throw new AssertionError(read + " but " + judged + ": " + shown(body));
        }
    }

    private static void check(boolean holds, byte[] body) {
        if (!holds) {
            throw new AssertionError(shown(body));
        }
    }

    private static String shown(byte[] body) {
        return new String(body, StandardCharsets.ISO_8859_1);
    }

    private static Stream<byte[]> seeds(String... texts) {
        return Stream.of(texts).map(text -> text.getBytes(StandardCharsets.UTF_8));
    }
}
