package io.ringtally.journal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the journal's own messages out of thousands of recoveries on purpose.
 *
 * <p>Threading: none.
 */
final class QuietLog implements AutoCloseable {

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.ringtally.journal");
    private final Level before = logger.getLevel();

    QuietLog() {
        logger.setLevel(Level.OFF);
    }

    /** To be called where it is not used otherwise, so that the compiler does not complain. */
    void isOn() {
        assert logger.getLevel() == Level.OFF;
    }

    @Override
    public void close() {
        logger.setLevel(before);
    }
}
