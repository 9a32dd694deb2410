package bench.servers;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.xnio.channels.StreamSourceChannel;

/**
 * Reads the whole body on the I/O thread, without a dispatch, and hands it on. A small body lies
 * in the same read as its headers, so one {@code read()} gets it; only when that gives 0 does a
 * read listener wait for the rest.
 *
 * <p>Threading: called by I/O threads only; the buffers are one per thread.
 */
final class BodyHandler implements HttpHandler {

    /** What becomes of a body. */
    interface Recipient {

        /** The body lies between position and limit, and is valid only during the call. */
        void accept(HttpServerExchange exchange, ByteBuffer body);
    }

    private static final int BODY_BYTES_MAX = 64 * 1024;

    private final ThreadLocal<ByteBuffer> buffers =
            ThreadLocal.withInitial(() -> ByteBuffer.allocate(BODY_BYTES_MAX));
    private final Recipient recipient;

    BodyHandler(Recipient recipient) {
        this.recipient = recipient;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws IOException {
        StreamSourceChannel channel = exchange.getRequestChannel();
        if (channel == null) {
            refuse(exchange, 400);
            return;
        }
        ByteBuffer body = buffers.get().clear();
        if (readAll(channel, body)) {
            deliver(exchange, body);
        } else {
            // the thread's buffer serves other requests until the rest arrives
            ByteBuffer own = ByteBuffer.allocate(BODY_BYTES_MAX).put(body.flip());
            channel.getReadSetter().set(ready -> resume(exchange, ready, own));
            channel.resumeReads();
        }
    }

    private void resume(
            HttpServerExchange exchange, StreamSourceChannel channel, ByteBuffer body) {
        try {
            if (readAll(channel, body)) {
                channel.suspendReads();
                deliver(exchange, body);
            }
        } catch (IOException gone) {
            exchange.endExchange();
        }
    }

    /** True at the end of the body or of the buffer; false when nothing more is there yet. */
    private static boolean readAll(StreamSourceChannel channel, ByteBuffer body)
            throws IOException {
        int read = 1;
        while (read > 0 && body.hasRemaining()) {
            read = channel.read(body);
        }
        return read != 0;
    }

    private void deliver(HttpServerExchange exchange, ByteBuffer body) {
        if (body.hasRemaining()) {
            recipient.accept(exchange, body.flip());
        } else {
            refuse(exchange, 413);
        }
    }

    private static void refuse(HttpServerExchange exchange, int status) {
        exchange.setStatusCode(status);
        exchange.endExchange();
    }

    /** A copy that outlives the call. */
    static byte[] copyOf(ByteBuffer body) {
        int from = body.arrayOffset() + body.position();
        return Arrays.copyOfRange(body.array(), from, from + body.remaining());
    }
}
