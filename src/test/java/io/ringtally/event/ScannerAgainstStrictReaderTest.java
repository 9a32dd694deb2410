package io.ringtally.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The scanner may decline a good body, but must never read one that the strict reader refuses. */
class ScannerAgainstStrictReaderTest {

    private static final int BEFORE = 3;
    /** Lies around every body: would be taken for a part of it by a reader that looks too far. */
    private static final byte[] FRAME = Reading.utf8("\"1\":1}]} \"}".repeat(4));

    private final EventScanner scanner = new EventScanner();
    private final FieldErrors errors = new FieldErrors();
    private final StrictEventJson strict = new StrictEventJson(errors);
    private final List<FieldError> listed = new ArrayList<>();

    private int scanned;
    private int accepted;
    private int refused;

    @Test
    void agreesOnIncrements() {
        assertAgreesOnObjects(Shape.INCREMENT, 90_000);
    }

    @Test
    void agreesOnEvents() {
        assertAgreesOnObjects(Shape.EVENT, 90_000);
    }

    @Test
    void agreesOnBulks() {
        BodyMaker maker = new BodyMaker(20260103);
        EventDraft draft = new EventDraft();
        int rounds = 40_000;
        for (int round = 0; round < rounds; round++) {
            byte[] body = maker.bulk();
            byte[] framed = framed(body);
            Reading.DraftLines fast = new Reading.DraftLines();
            Reading.DraftLines slow = new Reading.DraftLines();
            boolean scans = scanner.bulk(framed, BEFORE, body.length, draft, fast);
            errors.open(listed);
            boolean good = strict.bulk(framed, BEFORE, body.length, draft, slow);
            count(scans, good, body);
            if (scans) {
                assertEquals(slow.lines, fast.lines, () -> text(body));
            }
        }
        assertSpread(rounds);
    }

    @Test
    void agreesOnItems() {
        BodyMaker maker = new BodyMaker(20260105);
        EventDraft draft = new EventDraft();
        int rounds = 40_000;
        for (int round = 0; round < rounds; round++) {
            byte[] body = maker.items();
            byte[] framed = framed(body);
            Reading.DraftLines fast = new Reading.DraftLines();
            Reading.DraftLines slow = new Reading.DraftLines();
            boolean scans = scanner.items(framed, BEFORE, body.length, draft, fast);
            errors.open(listed);
            boolean good = strict.items(Shape.EVENT, framed, BEFORE, body.length, draft, slow);
            count(scans, good, body);
            if (scans) {
                assertEquals(slow.lines, fast.lines, () -> text(body));
            }
        }
        assertSpread(rounds);
    }

    @Test
    void neitherThrowsOnNoise() {
        Random random = new Random(20260104);
        EventParser parser = new EventParser();
        EventDraft draft = new EventDraft();
        Reading.DraftLines sink = new Reading.DraftLines();
        for (int round = 0; round < 20_000; round++) {
            byte[] body = new byte[random.nextInt(40)];
            random.nextBytes(body);
            if (body.length > 0 && random.nextBoolean()) {
                body[0] = '{';
            }
            assertFalse(parser.readIncrement(body, 0, body.length, draft, listed));
            assertFalse(listed.isEmpty());
            assertFalse(parser.readEvent(body, 0, body.length, draft, listed));
            assertFalse(listed.isEmpty());
            assertFalse(parser.readBulk(body, 0, body.length, sink, listed));
            assertFalse(listed.isEmpty());
            assertFalse(parser.readItems(body, 0, body.length, sink, listed));
            assertFalse(listed.isEmpty());
            assertFalse(parser.readCloudEvents(body, 0, body.length, sink, listed));
            assertFalse(listed.isEmpty());
            parser.readLines(body, 0, body.length, sink, listed);
            assertTrue(sink.lines.isEmpty());
            assertFalse(parser.readIncrementForm(body, 0, body.length, draft, listed));
            assertFalse(listed.isEmpty());
        }
    }

    private void assertAgreesOnObjects(Shape shape, int rounds) {
        BodyMaker maker = new BodyMaker(20260105 + shape.ordinal());
        EventDraft fast = new EventDraft();
        EventDraft slow = new EventDraft();
        for (int round = 0; round < rounds; round++) {
            byte[] body = maker.object(shape);
            byte[] framed = framed(body);
            boolean scans = scanner.one(shape, framed, BEFORE, body.length, fast);
            errors.open(listed);
            boolean good = strict.one(shape, framed, BEFORE, body.length, slow);
            count(scans, good, body);
            if (scans) {
                assertEquals(Reading.line(slow), Reading.line(fast), () -> text(body));
            }
        }
        assertSpread(rounds);
    }

    private void count(boolean scans, boolean good, byte[] body) {
        assertTrue(good || !scans, () -> "scanned, but refused: " + text(body) + ' ' + listed);
        assertEquals(good, listed.isEmpty(), () -> text(body));
        scanned += scans ? 1 : 0;
        accepted += good ? 1 : 0;
        refused += good ? 0 : 1;
    }

    /** That the bodies were worth the trial: scanned, good but declined, and bad ones. */
    private void assertSpread(int rounds) {
        String spread = scanned + " scanned, " + accepted + " good, " + refused + " refused";
        assertTrue(scanned > rounds / 6, spread);
        assertTrue(accepted - scanned > rounds / 50, spread);
        assertTrue(refused > rounds / 6, spread);
    }

    private static byte[] framed(byte[] body) {
        byte[] framed = Arrays.copyOf(FRAME, BEFORE + body.length + FRAME.length);
        System.arraycopy(body, 0, framed, BEFORE, body.length);
        System.arraycopy(FRAME, 0, framed, BEFORE + body.length, FRAME.length);
        return framed;
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8) + ' ' + Arrays.toString(body);
    }
}
