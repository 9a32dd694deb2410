package io.ringtally.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.event.Lifecycle;
import io.ringtally.persist.CounterRange;
import io.ringtally.persist.StuckRange;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageCursorTest {

    private static final String LETTERS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final CounterRange RANGE = new CounterRange("shop", null, "m");
    private static final CounterRange.Place PLACE =
            new CounterRange.Place("m-\u00e9\ud83d\ude00/+?&", "SEEN");

    @Test
    void aPlaceComesBackAsItWas() {
        String cursor = PageCursor.encode(RANGE, PLACE);
        assertTrue(cursor.matches("[A-Za-z0-9_-]+"), cursor);
        assertEquals(PLACE, PageCursor.decode(RANGE, cursor));
    }

    @Test
    void aCursorOfAnotherRangeIsNone() {
        String cursor = PageCursor.encode(RANGE, PLACE);
        for (CounterRange other : List.of(new CounterRange("shop", null, ""),
                new CounterRange("shop", "SEEN", "m"), new CounterRange("", null, "m"),
                new CounterRange("shopm", null, ""), new CounterRange("", "shop", "m"))) {
            assertNull(PageCursor.decode(other, cursor), other.toString());
        }
    }

    @Test
    void aPlaceAmongStuckMessagesIsGoodForTheSameAppAndEventAtAnyAge() {
        Lifecycle lifecycle = new Lifecycle(List.of("SENT", "SEEN"));
        StuckRange.Place place = new StuckRange.Place(1_790_000_000_123_456L, "m-\u00e9/+?&");
        StuckRange range = new StuckRange("shop", lifecycle, "SENT", Duration.ofMinutes(5));
        String cursor = PageCursor.encode(range, place);
        assertEquals(place, PageCursor.decode(new StuckRange("shop", lifecycle, "SENT",
                Duration.ZERO), cursor));
        assertNull(PageCursor.decode(new StuckRange("shop", lifecycle, "SEEN", Duration.ZERO),
                cursor));
        assertNull(PageCursor.decode(new StuckRange("shop", lifecycle, null, Duration.ZERO),
                cursor));
        assertNull(PageCursor.decode(new CounterRange("shop", "SENT", ""), cursor));
        assertNull(PageCursor.decode(range, PageCursor.encode(RANGE, PLACE)));
        // well made, and nothing to ask Postgres with
        for (long micros : new long[] {-1, Long.MAX_VALUE, 253_402_300_800_000_000L}) {
            assertNull(PageCursor.decode(range, PageCursor.encode(range,
                    new StuckRange.Place(micros, "m"))), "at " + micros);
        }
        assertNull(PageCursor.decode(range, PageCursor.encode(range,
                new StuckRange.Place(1, "m\0n"))));
    }

    @Test
    void aCursorWithAnyLetterChangedIsNone() {
        String cursor = PageCursor.encode(RANGE, PLACE);
        for (int at = 0; at < cursor.length(); at++) {
            for (char letter : LETTERS.toCharArray()) {
                String forged = cursor.substring(0, at) + letter + cursor.substring(at + 1);
                if (letter != cursor.charAt(at)) {
                    assertNull(PageCursor.decode(RANGE, forged), forged);
                }
            }
            assertNull(PageCursor.decode(RANGE, cursor.substring(0, at)), "cut at " + at);
        }
        for (String other : List.of("", "=", "AQ", cursor + "A", cursor + "=", "AQ==", "\u00e9")) {
            assertNull(PageCursor.decode(RANGE, other), other);
        }
    }
}
