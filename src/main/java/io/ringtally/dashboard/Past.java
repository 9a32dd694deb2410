package io.ringtally.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/**
 * The last quarter of an hour, a row of numbers a second: 900 rows, whether anybody looks or not.
 *
 * <p>Threading: one thread's.
 */
final class Past {

    /** Seconds kept. */
    static final int ROWS_MAX = 900;

    private final List<String> columns;
    private final long[][] rows = new long[ROWS_MAX][];
    private long count;

    Past(List<String> columns) {
        this.columns = columns;
    }

    /** Adds a row with a number for each column; the oldest one goes when there are too many. */
    void add(long... row) {
        assert row.length == columns.size() : row.length + " numbers";
        rows[(int) (count++ % ROWS_MAX)] = row;
    }

    /** Writes each column as an array under its name, the oldest row first. */
    void write(JsonGenerator json) throws IOException {
        long first = Math.max(0, count - ROWS_MAX);
        for (int column = 0; column < columns.size(); column++) {
            json.writeArrayFieldStart(columns.get(column));
            for (long row = first; row < count; row++) {
                json.writeNumber(rows[(int) (row % ROWS_MAX)][column]);
            }
            json.writeEndArray();
        }
    }
}
