package io.ringtally.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ringtally.time.ManualClock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RepeatedLinesTest {

    private final ManualClock clock = new ManualClock();
    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @Test
    void linesOfOneKindAreLeftOutAndCountedOthersAreNot() {
        Logger ours = logger("io.ringtally.http.Some");
        for (int i = 0; i < 100; i++) {
            ours.error("request {} failed", i, new IllegalStateException());
            ours.info("state {}", i);
        }
        ours.warn("something else");
        assertEquals(5 + 100 + 1, lines.list.size());
        clock.pass(10, TimeUnit.SECONDS);
        ours.error("request {} failed", 100);
        assertEquals(List.of("something else", "95 lines like the next one were left out",
                "request 100 failed"), lines.list.subList(105, 108).stream()
                .map(ILoggingEvent::getFormattedMessage).toList());
    }

    @Test
    void othersKeepTheirLines() {
        Logger theirs = logger("com.zaxxer.hikari");
        for (int i = 0; i < 50; i++) {
            theirs.warn("{}", i);
        }
        assertEquals(50, lines.list.size());
    }

    private Logger logger(String name) {
        RepeatedLines filter = new RepeatedLines(clock);
        filter.start();
        context.addTurboFilter(filter);
        lines.start();
        Logger logger = context.getLogger(name);
        logger.addAppender(lines);
        return logger;
    }
}
