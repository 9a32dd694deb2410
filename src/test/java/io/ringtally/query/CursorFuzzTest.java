package io.ringtally.query;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.ringtally.persist.CounterRange;
import io.ringtally.persist.StuckRange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** A fuzz target for the places in lists: one that is taken is just what was given out. */
class CursorFuzzTest {

    private static final CounterRange COUNTERS = new CounterRange("shop", null, "order-");
    private static final StuckRange STUCK = new StuckRange("shop", null, "PAID",
            Duration.ofMinutes(5));

    static Stream<byte[]> cursors() {
        return Stream.of(PageCursor.encode(COUNTERS, new CounterRange.Place("order-7", "PAID")),
                PageCursor.encode(STUCK, new StuckRange.Place(1_769_860_800_000_000L, "m")),
                "", "AQ", "!").map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("cursors")
    @FuzzTest(maxDuration = "5m")
    void place(byte[] bytes) {
        String cursor = new String(bytes, StandardCharsets.UTF_8);
        CounterRange.Place counter = PageCursor.decode(COUNTERS, cursor);
        StuckRange.Place message = PageCursor.decode(STUCK, cursor);
        if (counter != null && !PageCursor.encode(COUNTERS, counter).equals(cursor)
                || message != null && !PageCursor.encode(STUCK, message).equals(cursor)
                || counter != null && message != null) {
            throw new AssertionError(cursor);
        }
    }
}
