package io.ringtally.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.ringtally.time.Clock;
import io.ringtally.time.Sparingly;
import io.ringtally.time.SystemClock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Marker;

/**
 * Leaves out warnings and errors of one kind, told by their text without its values, when they come
 * one after the other, and says how many: what each request or event can cause must not fill a
 * disk.
 *
 * <p>Threading: any thread.
 */
public final class RepeatedLines extends TurboFilter {

    private static final String LEFT_OUT = "{} lines like the next one were left out";

    private final Clock clock;
    /** By text: as many as there are such lines in the sources. */
    private final Map<String, Sparingly> kinds = new ConcurrentHashMap<>();

    /** For the configuration of the log. */
    public RepeatedLines() {
        this(new SystemClock());
    }

    RepeatedLines(Clock clock) {
        this.clock = clock;
    }

    @Override
    public FilterReply decide(Marker marker, Logger logger, Level level, String format,
            Object[] values, Throwable thrown) {
        if (format == null || format.equals(LEFT_OUT) || !level.isGreaterOrEqual(Level.WARN)
                || !logger.getName().startsWith("io.ringtally.")) {
            return FilterReply.NEUTRAL;
        }
        long before = kinds.computeIfAbsent(format, kind -> new Sparingly(clock)).say();
        if (before == Sparingly.SILENT) {
            return FilterReply.DENY;
        }
        if (before > 0) {
            logger.warn(LEFT_OUT, before);
        }
        return FilterReply.NEUTRAL;
    }
}
