package io.ringtally.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.channels.StreamSourceChannel;

/**
 * Where the bytes of a body of lines come from: the channel, or what is inflated from it.
 *
 * <p>Threading: the I/O thread's of its request.
 */
final class LineSource {

    private static final int COMPRESSED_BYTES = 8 << 10;

    private final StreamSourceChannel channel;
    private final Gunzip gunzip;
    private final ByteBuffer compressed;
    private boolean ended;
    private long read;

    LineSource(StreamSourceChannel channel, boolean gzip) {
        this.channel = channel;
        this.gunzip = gzip ? new Gunzip() : null;
        this.compressed = gzip ? ByteBuffer.allocate(COMPRESSED_BYTES).limit(0) : null;
    }

    /** Memory it takes, bytes. */
    static int memory(boolean gzip) {
        return gzip ? COMPRESSED_BYTES : 0;
    }

    /**
     * Reads what fits.
     *
     * @return bytes read, 0 if none are there now, -1 at the body's end
     * @throws IOException if the body breaks off, or is not gzip
     */
    int read(LineBuffer into) throws IOException {
        ByteBuffer room = into.room();
        int count = gunzip == null ? channel.read(room) : inflate(room);
        if (count > 0) {
            into.put(count);
            read += count;
        }
        return count;
    }

    /** Bytes read so far, inflated. */
    long bytesRead() {
        return read;
    }

    private int inflate(ByteBuffer room) throws IOException {
        while (true) {
            int made = gunzipped(room);
            if (made > 0) {
                return made;
            }
            if (ended) {
                if (!gunzip.isComplete()) {
                    throw new BrokenGzipException("it ends too early");
                }
                return -1;
            }
            int got = channel.read(compressed.clear());
            compressed.flip();
            if (got == 0) {
                return 0;
            }
            ended = got < 0;
        }
    }

    private int gunzipped(ByteBuffer room) throws BrokenGzipException {
        try {
            return gunzip.inflate(compressed, room.array(), room.position(), room.remaining());
        } catch (IOException broken) {
            throw new BrokenGzipException(broken.getMessage());
        }
    }

    /** Frees its memory. */
    void close() {
        if (gunzip != null) {
            gunzip.close();
        }
    }

    /** What came is not gzip, or not all of it. */
    static final class BrokenGzipException extends IOException {

        private static final long serialVersionUID = 1;

        BrokenGzipException(String why) {
            super(why);
        }
    }
}
