package io.ringtally.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/**
 * What {@code /status} and {@code /api/q/stats} tell.
 *
 * <p>Threading: any I/O thread; must not block.
 */
public interface StatusReport {

    /** HTTP status of {@code /status}: 200 while events are counted, else 503. */
    int httpStatus();

    /** What {@code /status} says first, and to whoever may not see more. */
    String word();

    /** Writes the fields of {@code /status}, without the braces. */
    void writeStatus(JsonGenerator json) throws IOException;

    /** Writes the fields of {@code /api/q/stats}, without the braces. */
    void writeStats(JsonGenerator json) throws IOException;
}
