package io.ringtally.app;

import io.ringtally.config.LogSettings;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets the log up, before anybody asks for a logger: {@code logback.xml} reads the properties set
 * here when the first one is made.
 *
 * <p>Threading: the main thread.
 */
final class LogOutput {

    private static final String FORMAT = "ringtally.log.format";
    private static final String LEVEL = "ringtally.log.level";
    private static final String FORMAT_VARIABLE = "RINGTALLY_LOG_FORMAT";

    private LogOutput() {
    }

    /** From now on the log is written like this, and nothing gets past it. */
    static void begin(LogSettings settings) {
        System.setProperty(FORMAT, settings.json() ? "json" : "text");
        System.setProperty(LEVEL, settings.level());
        // the driver and the JDK write to a log of their own
        LogManager.getLogManager().reset();
        java.util.logging.Logger.getLogger("").addHandler(new Bridge());
        Logger log = LoggerFactory.getLogger(LogOutput.class);
        Thread.setDefaultUncaughtExceptionHandler((thread, defect) ->
                log.error("thread {} has died", thread.getName(), defect));
    }

    /** For a service whose configuration cannot be read: what the environment alone asks for. */
    static LogSettings without(Map<String, String> environment) {
        return new LogSettings("json".equals(environment.get(FORMAT_VARIABLE)),
                LogSettings.DEFAULT.level());
    }

    /** Brings what is written with {@code java.util.logging} to the log. */
    private static final class Bridge extends Handler {

        @Override
        public void publish(LogRecord record) {
            Logger log = LoggerFactory.getLogger(
                    record.getLoggerName() == null ? "java" : record.getLoggerName());
            String message = record.getMessage() == null ? "" : record.getMessage();
            if (record.getLevel().intValue() >= Level.SEVERE.intValue()) {
                log.error("{}", message, record.getThrown());
            } else if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
                log.warn("{}", message, record.getThrown());
            } else {
                log.debug("{}", message, record.getThrown());
            }
        }

        @Override
        public void flush() {
            // the log has no buffer
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
