package io.ringtally.http;

/**
 * How large the head of a request may be.
 *
 * @param headerBytesMax request line and headers together, 1 KiB to 1 MiB
 * @param headersMax different header names, 8 to 1000
 * @param uriBytesMax path and query, 512 bytes to headerBytesMax
 */
public record HeadSettings(int headerBytesMax, int headersMax, int uriBytesMax) {

    public HeadSettings {
        require(headerBytesMax >= 1 << 10 && headerBytesMax <= 1 << 20, "http.max-header-bytes",
                headerBytesMax, "1 KiB to 1 MiB");
        require(headersMax >= 8 && headersMax <= 1000, "http.max-headers", headersMax,
                "8 to 1000");
        require(uriBytesMax >= 512 && uriBytesMax <= headerBytesMax, "http.max-uri-bytes",
                uriBytesMax, "512 bytes to http.max-header-bytes (" + headerBytesMax + ")");
    }

    private static void require(boolean holds, String key, long value, String range) {
        if (!holds) {
            throw new IllegalArgumentException(key + " = " + value + " is out of range: " + range);
        }
    }
}
