package io.ringtally.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * A body that was sent compressed, inflated up to a limit.
 *
 * <p>Threading: immutable.
 *
 * @param bytes the body; {@code length} of them count
 * @param length bytes; {@code limit + 1} if there are more than the limit
 */
record GzipBody(byte[] bytes, int length) {

    private static final int BUFFER_BYTES = 4096;
    /** What text usually shrinks to. */
    private static final int USUAL_RATIO = 8;

    /**
     * Inflates a whole body.
     *
     * @throws IOException if it is not gzip, or not all of it
     */
    static GzipBody inflate(byte[] body, int length, int limit) throws IOException {
        byte[] bytes = new byte[(int) Math.min((long) limit + 1,
                Math.max(BUFFER_BYTES, (long) length * USUAL_RATIO))];
        int used = 0;
        try (GZIPInputStream inflated = new GZIPInputStream(
                new ByteArrayInputStream(body, 0, length), BUFFER_BYTES)) {
            while (true) {
                int read = inflated.read(bytes, used, bytes.length - used);
                if (read < 0 || used > limit) {
                    return new GzipBody(bytes, used);
                }
                used += read;
                if (used == bytes.length && used <= limit) {
                    bytes = Arrays.copyOf(bytes, (int) Math.min((long) limit + 1, 2L * used));
                }
            }
        }
    }
}
