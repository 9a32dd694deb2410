package io.ringtally.event;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A fuzz target for each reader of JSON that is no event of ours, and for the reader of one line:
 * nothing throws, what is taken is JSON to Jackson, what is refused has a reason.
 */
class QuestionFuzzTest {

    private static final Mapping MAPPING = new Mapping(Map.of("message", "/m", "app", "/a/b",
            "event", "/e", "value", "/v", "time", "/t", "id", "/i"));
    private static final String RECORD = "{\"m\":\"x\",\"a\":{\"b\":\"app\"},\"e\":\"seen\","
            + "\"v\":\"-3\",\"t\":\"2026-01-31T12:00:00Z\",\"i\":7,\"z\":[1,{\"m\":2}]}";

    private final EventParser parser = new EventParser();
    private final List<FieldError> errors = new ArrayList<>();

    static Stream<byte[]> questions() {
        return seeds("{\"message_ids\":[\"a\",\"\\u00e9\",\"a\"],\"app_id\":\"s\",\"event\":null}",
                "{\"total\":\"-5\",\"x\":{\"total\":1}}", "{\"total\":9223372036854775808}",
                "{\"a\":1,\"b.c\":-2}", "{\"message_ids\":[]}", "{", "");
    }

    static Stream<byte[]> records() {
        return seeds(RECORD, '[' + RECORD + ',' + RECORD + ']', RECORD + "\r\n\n" + RECORD, "[]",
                "{\"m\":1.5e3,\"v\":null,\"e\":true}", "{\"m\":[],\"a\":\"b\"}");
    }

    static Stream<byte[]> lines() {
        return seeds("{\"app_id\":\"a\",\"message_id\":\"m\",\"event\":\"e\",\"id\":\"i\"}",
                " \t\r", "", "{\"id\":\"i\",\"message_id\":", "[1]");
    }

    @MethodSource("questions")
    @FuzzTest(maxDuration = "5m")
    void lookup(byte[] body) {
        LookupJson lookup = new LookupJson();
        boolean good = lookup.read(body, body.length, errors);
        judge(good, body);
        int asked = lookup.messages().size();
        check(!good || asked >= 1 && asked <= LookupJson.MESSAGES_MAX, body);
    }

    @MethodSource("questions")
    @FuzzTest(maxDuration = "5m")
    void total(byte[] body) {
        judge(new TotalJson().read(body, body.length, errors), body);
    }

    @MethodSource("questions")
    @FuzzTest(maxDuration = "5m")
    void numbers(byte[] body) {
        judge(new NumbersJson().read(body, body.length, errors), body);
    }

    @MethodSource("records")
    @FuzzTest(maxDuration = "5m")
    void mapped(byte[] body) {
        boolean good = many(body, false);
        check(!good || JsonOracle.isJson(body), body);
    }

    /** All lines are good exactly when each is good by itself. */
    @MethodSource("records")
    @FuzzTest(maxDuration = "5m")
    void mappedLines(byte[] body) {
        boolean all = true;
        for (String line : new String(body, StandardCharsets.ISO_8859_1).split("\n")) {
            all &= many(line.getBytes(StandardCharsets.ISO_8859_1), true);
        }
        check(all == many(body, true), body);
    }

    private boolean many(byte[] body, boolean byLine) {
        Reading.DraftLines sink = new Reading.DraftLines();
        errors.clear();
        boolean good = parser.readMapped(MAPPING, byLine, body, 0, body.length, sink, errors);
        check(good == errors.isEmpty(), body);
        check(good || sink.lines.isEmpty(), body);
        return good;
    }

    /** A line by itself is what it is in a body of lines. */
    @MethodSource("lines")
    @FuzzTest(maxDuration = "5m")
    void line(byte[] line) {
        if (new String(line, StandardCharsets.ISO_8859_1).indexOf('\n') >= 0) {
            return;
        }
        EventDraft draft = new EventDraft();
        NdjsonLine read = parser.readLine(0, 1, line, 0, line.length, draft, errors);
        check((read == NdjsonLine.BAD) == !errors.isEmpty(), line);
        check(read != NdjsonLine.EVENT || JsonOracle.isJson(line), line);
        Reading.DraftLines sink = new Reading.DraftLines();
        boolean good = parser.readLines(line, 0, line.length, sink, new ArrayList<>());
        check(good == (read != NdjsonLine.BAD), line);
        check(!good || sink.lines.equals(read == NdjsonLine.BLANK ? List.of()
                : List.of(Reading.line(draft))), line);
    }

    private void judge(boolean good, byte[] body) {
        check(good == errors.isEmpty(), body);
        check(!good || JsonOracle.isJson(body), body);
    }

    private static void check(boolean holds, byte[] body) {
        if (!holds) {
            throw new AssertionError(new String(body, StandardCharsets.ISO_8859_1));
        }
    }

    private static Stream<byte[]> seeds(String... texts) {
        return Stream.of(texts).map(text -> text.getBytes(StandardCharsets.UTF_8));
    }
}
