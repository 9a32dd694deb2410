package io.ringtally.config;

import java.util.Locale;
import java.util.Set;

/**
 * How the log is written.
 *
 * @param json whether each line is a JSON object; else text for people
 * @param level the least level that is written: {@code ERROR}, {@code WARN}, {@code INFO},
 *     {@code DEBUG} or {@code TRACE}
 */
public record LogSettings(boolean json, String level) {

    private static final Set<String> LEVELS = Set.of("ERROR", "WARN", "INFO", "DEBUG", "TRACE");

    /** The usual ones. */
    public static final LogSettings DEFAULT = new LogSettings(false, "INFO");

    static LogSettings of(String format, String level) {
        if (!format.equals("text") && !format.equals("json")) {
            throw new IllegalArgumentException("log.format = " + format
                    + " must be text or json");
        }
        String named = level.toUpperCase(Locale.ROOT);
        if (!LEVELS.contains(named)) {
            throw new IllegalArgumentException("log.level = " + level
                    + " must be error, warn, info, debug or trace");
        }
        return new LogSettings(format.equals("json"), named);
    }
}
