package io.ringtally.journal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Keeps the journal's own messages out of thousands of recoveries on purpose.
 *
 * <p>Threading: none.
 */
final class QuietLog implements BeforeAllCallback, AfterAllCallback {

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.ringtally.journal");
    private final Level before = logger.getLevel();

    @Override
    public void beforeAll(ExtensionContext test) {
        logger.setLevel(Level.OFF);
    }

    @Override
    public void afterAll(ExtensionContext test) {
        logger.setLevel(before);
    }
}
