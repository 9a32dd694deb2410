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
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    @Test
    void asJsonEveryLineIsAnObjectAndPrintableAscii() throws Exception {
        JsonLines lines = new JsonLines();
        LoggerContext context = new LoggerContext();
        byte[] encoded = lines.encode(new LoggingEvent(LogLinesTest.class.getName(),
                context.getLogger("a.\"b\""), Level.WARN, "{} and {}",
                new IOException(EVIL, new IOException(EVIL)), new Object[] {EVIL, "\ud800"}));
        String line = new String(encoded, StandardCharsets.UTF_8);
        assertEquals(line.length() - 1, line.indexOf('\n'), line);
        assertTrue(line.chars().allMatch(c -> c >= ' ' && c <= '~' || c == '\n'), line);
        Map<String, String> fields = fields(line);
        assertEquals(List.of("time", "level", "thread", "logger", "message", "exception"),
                List.copyOf(fields.keySet()));
        assertEquals("WARN", fields.get("level"));
        assertEquals("a.\"b\"", fields.get("logger"));
        assertEquals(EVIL + " and \ud800", fields.get("message"));
        assertTrue(fields.get("exception").startsWith("java.io.IOException: " + EVIL), line);
        assertTrue(fields.get("exception").contains("Caused by: java.io.IOException"), line);
        assertTrue(fields.get("time").matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"),
                line);
    }

    private static Map<String, String> fields(String line) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        try (JsonParser json = new JsonFactory().createParser(line)) {
            assertEquals(JsonToken.START_OBJECT, json.nextToken());
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                fields.put(json.currentName(), json.nextTextValue());
            }
            assertEquals(null, json.nextToken());
        }
        return fields;
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
        assertTrue(context.getTurboFilterList().stream()
                .anyMatch(filter -> filter instanceof RepeatedLines));
        var console = (ConsoleAppender<ILoggingEvent>) root.getAppender("console");
        byte[] line = console.getEncoder().encode(new LoggingEvent(
                LogLinesTest.class.getName(), root, Level.ERROR, message, thrown, arguments));
        context.stop();
        return new String(line, StandardCharsets.UTF_8);
    }
}
