package io.ringtally.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What a client has sent can neither forge a line of the log nor speak to a terminal. */
class LogLinesTest {

    private static final String EVIL = "a\r\n2026-01-01T00:00:00.000Z INFO  forged\u001b[31m\u0000"
            + "\u007f\u0085\u009b31m\u2028\u2029\u202e\ud83d\ude00\u00e9";

    @Test
    void aMessageStaysOnItsLineAndHasNoControlCharacters() throws Exception {
        String line = written("POST {} failed", null, EVIL);
        assertEquals(line.length() - 1, line.indexOf('\n'), line);
        assertTrue(line.contains("POST a??2026-01-01"), line);
        assertTrue(line.endsWith("\ud83d\ude00\u00e9 failed\n"), line);
        assertNoControls(line);
    }

    @Test
    void noLineOfAnExceptionLooksLikeALineOfTheLog() throws Exception {
        String lines = written("it failed", new IOException(EVIL, new IOException(EVIL)));
        String[] all = lines.split("\n");
        assertTrue(all[0].endsWith("it failed"), lines);
        for (int i = 1; i < all.length; i++) {
            assertTrue(all[i].startsWith("    | "), all[i]);
        }
        assertTrue(lines.contains("    | \tat "), lines);
        assertTrue(lines.contains("    | Caused by: "), lines);
        assertNoControls(lines);
    }

    private static void assertNoControls(String text) {
        assertFalse(text.chars().anyMatch(c -> c < ' ' && c != '\n' && c != '\t'
                || c >= 0x7F && c < 0xA0 || c >= 0x2028 && c <= 0x202E), text);
    }

    private static String written(String message, Throwable thrown, Object... arguments)
            throws Exception {
        LoggerContext context = new LoggerContext();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(LogLinesTest.class.getResource("/logback.xml"));
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        var console = (ConsoleAppender<ILoggingEvent>) root.getAppender("console");
        byte[] line = console.getEncoder().encode(new LoggingEvent(
                LogLinesTest.class.getName(), root, Level.ERROR, message, thrown, arguments));
        context.stop();
        return new String(line, StandardCharsets.UTF_8);
    }
}
