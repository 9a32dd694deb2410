package io.ringtally.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

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
        ByteBuffer compressed = ByteBuffer.wrap(body, 0, length);
        int used = 0;
        Gunzip gunzip = new Gunzip();
        try {
            while (used <= limit) {
                if (used == bytes.length) {
                    bytes = Arrays.copyOf(bytes, (int) Math.min((long) limit + 1, 2L * used));
                }
                int made = gunzip.inflate(compressed, bytes, used, bytes.length - used);
                if (made == 0) {
                    if (!gunzip.isComplete()) {
                        throw new IOException("it ends too early");
                    }
                    break;
                }
                used += made;
            }
            return new GzipBody(bytes, used);
        } finally {
            gunzip.close();
        }
    }
}
