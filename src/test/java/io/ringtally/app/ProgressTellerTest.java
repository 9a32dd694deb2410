package io.ringtally.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringtally.time.ManualClock;
import io.ringtally.time.WorkProgress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressTellerTest {

    private static final String ERASE = "\r\u001b[K";

    private final ManualClock clock = new ManualClock();
    private final WorkProgress first = new WorkProgress(clock, "reading", "rows");
    private final WorkProgress second = new WorkProgress(clock, "replaying", "positions");
    private final List<String> lines = new ArrayList<>();
    private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    private final StderrBar bar = new StderrBar(terminal);

    @Test
    void aLineComesEveryTwoSecondsAndNoneOfShortWork() {
        ProgressTeller teller = new ProgressTeller(List.of(first, second), null, lines::add);
        first.begin(100);
        tickFor(teller, Duration.ofMillis(1_900));
        first.end();
        assertEquals(List.of(), lines);
        second.begin(100);
        second.done(50);
        tickFor(teller, Duration.ofMillis(4_900));
        assertEquals(List.of("replaying: 50 of 100 positions, 50 %, about 2 s left",
                "replaying: 50 of 100 positions, 50 %, about 4 s left"), lines);
        second.end();
        second.begin(100);
        tickFor(teller, Duration.ofMillis(1_900));
        assertEquals(2, lines.size());
    }

    @Test
    void theBarIsDrawnInPlaceAndTakenOff() {
        ProgressTeller teller = new ProgressTeller(List.of(first), bar, lines::add);
        first.begin(100);
        first.done(25);
        clock.pass(1, TimeUnit.SECONDS);
        teller.tick();
        String quarter = "reading [######..................] 25 %, 3 s left";
        assertEquals(quarter, written());
        teller.tick();
        assertEquals("", written(), "the same is not drawn again");
        first.end();
        teller.tick();
        assertEquals(ERASE, written());
        first.begin(0);
        first.done(7);
        teller.tick();
        assertEquals("reading: 7 rows", written());
        teller.close();
        assertEquals(ERASE, written());
        teller.tick();
        assertEquals("", written(), "it draws nothing after its end");
    }

    @Test
    void aLineIsNeverMixedWithTheBar() throws Exception {
        PrintStream stderr = new PrintStream(bar, true, StandardCharsets.UTF_8);
        stderr.print("before\n");
        assertEquals("before\n", written());
        bar.show("working", 50, "");
        String shown = written();
        stderr.print("a line\n");
        assertEquals(ERASE + "a line\n" + shown, written());
        stderr.print("a part, ");
        assertEquals(ERASE + "a part, ", written());
        bar.show("working", 60, "");
        assertEquals("", written(), "not within a line");
        stderr.print("and the rest\n");
        assertEquals("and the rest\n" + shown, written());
        bar.clear();
        assertEquals(ERASE, written());
        stderr.print("after\n");
        assertEquals("after\n", written());
    }

    private void tickFor(ProgressTeller teller, Duration time) {
        for (long left = time.toMillis(); left > 0; left -= 100) {
            clock.pass(100, TimeUnit.MILLISECONDS);
            teller.tick();
        }
    }

    private String written() {
        String text = terminal.toString(StandardCharsets.UTF_8);
        terminal.reset();
        return text;
    }
}
