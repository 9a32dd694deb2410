package io.ringtally.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/**
 * What {@code GET /v1/feed} tells: one snapshot a second, the same for everybody, and what was
 * before.
 *
 * <p>Threading: all on the one I/O thread of the listener for operators; must not block.
 */
public interface Feed {

    /**
     * A second has passed.
     *
     * @param watched whether somebody looks: what costs something is looked at only then
     */
    void tick(boolean watched);

    /** Writes the fields of the snapshot made at the last tick, without the braces. */
    void writeSnapshot(JsonGenerator json) throws IOException;

    /** Writes the fields of what does not change and of the past, without the braces. */
    void writeHistory(JsonGenerator json) throws IOException;
}
