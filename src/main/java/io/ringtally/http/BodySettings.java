package io.ringtally.http;

/**
 * How large request bodies may be, in bytes, and how much memory those take that are on their way.
 *
 * <p>Threading: immutable.
 *
 * @param maxEventBytes largest body of a single event, 1 KiB to 1 MiB
 * @param maxBulkBytes largest body of a bulk request, 1 KiB to 64 MiB
 * @param maxStreamBytes largest body that is taken in parts, inflated, 1 MiB to 2 GiB
 * @param maxArrivingBytes memory of all bodies that arrive in pieces, together; at least what four
 *     of the largest take
 */
public record BodySettings(int maxEventBytes, int maxBulkBytes, long maxStreamBytes,
        long maxArrivingBytes) {

    public BodySettings {
        require(maxEventBytes >= 1 << 10 && maxEventBytes <= 1 << 20, "http.max-event-bytes",
                maxEventBytes, "1 KiB to 1 MiB");
        require(maxBulkBytes >= 1 << 10 && maxBulkBytes <= 1 << 26, "http.max-bulk-bytes",
                maxBulkBytes, "1 KiB to 64 MiB");
        require(maxStreamBytes >= 1 << 20 && maxStreamBytes <= 1L << 31, "http.max-stream-bytes",
                maxStreamBytes, "1 MiB to 2 GiB");
        require(maxArrivingBytes >= 4L * Math.max(maxBulkBytes, maxEventBytes),
                "http.max-arriving-bytes", maxArrivingBytes,
                "at least 4 times http.max-bulk-bytes and http.max-event-bytes");
    }

    private static void require(boolean holds, String key, long value, String range) {
        if (!holds) {
            throw new IllegalArgumentException(key + " = " + value + " is out of range: " + range);
        }
    }
}
