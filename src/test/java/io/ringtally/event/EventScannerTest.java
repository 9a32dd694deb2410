package io.ringtally.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventScannerTest {

    private static final String INCREMENT = "{\"key\":\"k123\",\"value\":2}";
    private static final String EVENT = """
            {"app_id":"shop","message_id":"0c8f1c2e-5a0e-4a53-9a7e-2f1f0f6a9c11",\
            "event":"delivered","created_at":"2026-01-31T12:00:00.123Z"}""";
    private static final String BULK = "{\"events\":[" + EVENT + "," + EVENT + "]}";

    private final EventScanner scanner = new EventScanner();
    private final EventDraft draft = new EventDraft();

    @ParameterizedTest
    @ValueSource(strings = {
        INCREMENT,
        "{\"value\":-17,\"key\":\"k\"}",
        "{\"key\":\"k\",\"value\":\"7\"}",
        "{\"key\":\"k\",\"value\":\"-3\",\"id\":\"i-1\"}",
        "{\"key\":\"clé 😀\",\"value\":999999999999999999}",
        " {\n  \"key\": \"k\",\r\n\t\"value\": 0\n}\n",
    })
    void takesOrdinaryIncrements(String body) {
        assertTrue(scans(Shape.INCREMENT, body));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        EVENT,
        "{\"app_id\":\"\",\"message_id\":\"m\",\"event\":\"e\"}",
        "{\"id\":\"\",\"value\":1,\"event\":\"e\",\"message_id\":\"m\",\"app_id\":\"a\"}",
        "{\"app_id\":\"a\",\"message_id\":\"m\",\"event\":\"e\","
                + "\"created_at\":\"2026-01-31t12:00:00.5+01:00\"}",
    })
    void takesOrdinaryEvents(String body) {
        assertTrue(scans(Shape.EVENT, body));
    }

    @Test
    void takesOrdinaryBulks() {
        assertEquals(2, scanBulk(BULK).size());
        assertEquals(2, scanBulk(" { \"events\" : [ " + EVENT + " , " + EVENT + " ] } ").size());
        assertEquals(0, scanBulk("{\"events\":[]}").size());
    }

    @Test
    void putsEveryFieldWhereItBelongs() {
        assertTrue(scans(Shape.EVENT, "{\"app_id\":\"a\",\"message_id\":\"m\",\"event\":\"e\","
                + "\"created_at\":\"1970-01-01T00:00:00.000007Z\",\"value\":5,\"id\":\"i\"}"));
        assertEquals("a/m/e/i=5@7", Reading.line(draft));
        assertTrue(scans(Shape.INCREMENT, INCREMENT));
        assertEquals("/k123/increment/=2@", Reading.line(draft));
    }

    @Test
    void findsTheEndOfATextOfAnyLengthAndAlignment() {
        for (int length = 1; length <= 40; length++) {
            for (int shift = 0; shift < 8; shift++) {
                String key = "x".repeat(length - 1) + "~";
                assertTrue(scans(Shape.INCREMENT, " ".repeat(shift) + "{\"value\":1,\"key\":\""
                        + key + "\"}"));
                assertEquals("/" + key + "/increment/=1@", Reading.line(draft));
            }
        }
    }

    @Test
    void leavesEveryByteThatIsNotPlainTextToTheStrictReader() {
        for (int octet = 0; octet < 256; octet++) {
            for (int at = 0; at < 20; at++) {
                byte[] body = Reading.utf8("{\"value\":1,\"key\":\"abcdefghijklmnopqrst\"}");
                body[18 + at] = (byte) octet;
                boolean plain = octet >= 0x20 && octet < 0x80 && octet != '"' && octet != '\\';
                assertEquals(plain, scanner.one(Shape.INCREMENT, body, 0, body.length, draft),
                        "byte " + octet + " at " + at);
            }
        }
    }

    @Test
    void readsNothingOutsideItsSlice() {
        byte[] around = Reading.utf8("{\"key\":\"k\",\"value\":" + INCREMENT + "99}\"}]");
        int offset = 19;
        int length = INCREMENT.length();
        assertTrue(scanner.one(Shape.INCREMENT, around, offset, length, draft));
        for (int shorter = 0; shorter < length; shorter++) {
            assertFalse(scanner.one(Shape.INCREMENT, around, offset, shorter, draft));
        }
    }

    @Test
    void allocatesNothing() {
        byte[] increment = Reading.utf8(INCREMENT);
        byte[] event = Reading.utf8(EVENT);
        byte[] bulk = Reading.utf8(BULK);
        byte[] lines = Reading.utf8(EVENT + "\n" + EVENT + "\n");
        byte[] array = Reading.utf8("[" + EVENT + "," + EVENT + "]");
        EventParser parser = new EventParser();
        List<FieldError> errors = new ArrayList<>();
        CountingSink sink = new CountingSink();
        Runnable parse = () -> {
            for (int i = 0; i < 100_000; i++) {
                assertTrue(parser.readIncrement(increment, 0, increment.length, draft, errors));
                assertTrue(parser.readEvent(event, 0, event.length, draft, errors));
                assertTrue(parser.readBulk(bulk, 0, bulk.length, sink, errors));
                assertTrue(parser.readLines(lines, 0, lines.length, sink, errors));
                assertTrue(parser.readItems(array, 0, array.length, sink, errors));
            }
        };
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        parse.run();
        long before = threads.getThreadAllocatedBytes(thread);
        parse.run();
        long allocated = threads.getThreadAllocatedBytes(thread) - before;
        assertTrue(allocated < 10_000, allocated + " bytes for 500,000 bodies");
        assertEquals(1_200_000, sink.events);
    }

    private boolean scans(Shape shape, String body) {
        byte[] bytes = Reading.utf8(body);
        return scanner.one(shape, bytes, 0, bytes.length, draft);
    }

    private List<String> scanBulk(String body) {
        byte[] bytes = Reading.utf8(body);
        Reading.DraftLines sink = new Reading.DraftLines();
        assertTrue(scanner.bulk(bytes, 0, bytes.length, draft, sink), body);
        return sink.lines;
    }

    private static final class CountingSink implements EventSink {
        private long events;

        @Override
        public void accept(EventDraft draft) {
            events++;
        }

        @Override
        public void reset() {
            events = Long.MIN_VALUE;
        }
    }
}
