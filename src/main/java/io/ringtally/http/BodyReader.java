package io.ringtally.http;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSourceChannel;

/**
 * Reads request bodies on the I/O thread. A small body is usually there already, behind its
 * headers, and is read into the thread's own buffer without a dispatch; only one that arrives in
 * pieces gets a buffer and a deadline of its own. Nothing is allocated for a body that is too
 * large.
 *
 * <p>Threading: every method runs on the exchange's I/O thread.
 */
final class BodyReader {

    private static final Logger LOG = LoggerFactory.getLogger(BodyReader.class);

    private static final int FIRST_BYTES = 1 << 10;
    private static final String PLAIN = "identity";
    private static final HttpString ACCEPT_ENCODING = new HttpString("Accept-Encoding");

    private final ThreadLocal<EdgeContext> contexts;
    private final OpenExchanges open;
    private final BodyMemory memory;
    private final UnreadBody unread;
    private final long requestTimeoutMillis;

    BodyReader(ThreadLocal<EdgeContext> contexts, OpenExchanges open, BodyMemory memory,
            long requestTimeoutMillis) {
        this.contexts = contexts;
        this.open = open;
        this.memory = memory;
        this.unread = new UnreadBody(requestTimeoutMillis);
        this.requestTimeoutMillis = requestTimeoutMillis;
    }

    /** Reads the body and hands it to the endpoint, now or when it has arrived. */
    void read(HttpServerExchange exchange, BodyEndpoint endpoint) throws IOException {
        int limit = endpoint.bodyBytesMax();
        long declared = exchange.getRequestContentLength();
        if (declared > limit) {
            refuse(exchange, limit, declared + " bytes");
            return;
        }
        EdgeContext context = contexts.get();
        if (HttpContinue.requiresContinueResponse(exchange)) {
            new ArrivingBody(exchange, endpoint).sendContinue();
            return;
        }
        StreamSourceChannel channel = exchange.getRequestChannel();
        ByteBuffer buffer = context.bodyBuffer.clear();
        int room = Math.min(limit + 1, buffer.capacity());
        buffer.limit(room);
        while (true) {
            int read = channel.read(buffer);
            if (read < 0) {
                whole(exchange, endpoint, context.body, buffer.position());
                return;
            }
            if (!buffer.hasRemaining() && room > limit) {
                refuse(exchange, limit, "more");
                return;
            }
            if (read == 0) {
                ArrivingBody arriving = new ArrivingBody(exchange, endpoint);
                if (arriving.begin(context.body, buffer.position())) {
                    arriving.await(channel);
                }
                return;
            }
        }
    }

    /** Hands over a body that came in pieces: nobody else sees what goes wrong then. */
    private void arrived(HttpServerExchange exchange, BodyEndpoint endpoint, byte[] body,
            int length) {
        try {
            whole(exchange, endpoint, body, length);
        } catch (RuntimeException | Error unexpected) {
            PlainAnswers.defect(exchange, unexpected);
        }
    }

    /** Hands a whole body to its endpoint, inflated where it was sent compressed. */
    private void whole(HttpServerExchange exchange, BodyEndpoint endpoint, byte[] body,
            int length) {
        EdgeContext context = contexts.get();
        if (isPlain(exchange)) {
            endpoint.handle(exchange, context, body, length);
        } else if (isGzip(exchange)) {
            inflated(exchange, endpoint, body, length);
        } else {
            unknownCoding(exchange).send(exchange);
        }
    }

    /** Whether the body comes as it is. */
    static boolean isPlain(HttpServerExchange exchange) {
        return codingOf(exchange).equalsIgnoreCase(PLAIN);
    }

    static boolean isGzip(HttpServerExchange exchange) {
        String coding = codingOf(exchange);
        return coding.equalsIgnoreCase("gzip") || coding.equalsIgnoreCase("x-gzip");
    }

    /** The codings in the order they were applied. */
    private static String codingOf(HttpServerExchange exchange) {
        HeaderValues sent = exchange.getRequestHeaders().get(Headers.CONTENT_ENCODING);
        return sent == null ? PLAIN : sent.size() == 1 ? sent.getFirst() : String.join(", ", sent);
    }

    /** The answer to a body that comes in another way; its header is set. */
    static Problem unknownCoding(HttpServerExchange exchange) {
        exchange.getResponseHeaders().put(ACCEPT_ENCODING, "gzip");
        return new Problem(ProblemType.UNSUPPORTED_CONTENT_ENCODING, "Content-Encoding "
                + codingOf(exchange)
                + " is not taken here; send gzip, or the body as it is");
    }

    static Problem notGzip(IOException broken) {
        return new Problem(ProblemType.INVALID_GZIP, "the body is not gzip, or not all of it ("
                + broken.getMessage() + "), nothing was counted");
    }

    private void inflated(HttpServerExchange exchange, BodyEndpoint endpoint, byte[] body,
            int length) {
        int limit = endpoint.bodyBytesMax();
        GzipBody inflated;
        try {
            inflated = GzipBody.inflate(body, length, limit);
        } catch (IOException broken) {
            notGzip(broken).send(exchange);
            return;
        }
        if (inflated.length() > limit) {
            refuse(exchange, limit, "more once inflated");
        } else {
            endpoint.handle(exchange, contexts.get(), inflated.bytes(), inflated.length());
        }
    }

    /** The client went away in the middle of its body, or only its sending side did. */
    static void brokenOff(HttpServerExchange exchange, IOException why) {
        exchange.setPersistent(false);
        brokenOff(why).send(exchange);
    }

    static Problem brokenOff(IOException why) {
        LOG.debug("a body broke off", why);
        if (why instanceof MalformedChunkException) {
            return new Problem(ProblemType.MALFORMED_CHUNK, "the body is not chunked as its header"
                    + " says: " + why.getMessage() + "; nothing was counted");
        }
        return new Problem(ProblemType.BODY_BROKEN_OFF,
                "the body ended before it was complete, nothing"
                + " was counted; send as many bytes as Content-Length says, or the last chunk");
    }

    private void refuse(HttpServerExchange exchange) {
        unread.drop(exchange);
        exchange.getResponseHeaders().put(Headers.RETRY_AFTER, 1);
        memory.problem().send(exchange);
    }

    private void refuse(HttpServerExchange exchange, int limit, String found) {
        unread.drop(exchange);
        new Problem(ProblemType.BODY_TOO_LARGE,
                "the body has " + found + ", the limit here is " + limit
                + " bytes; send fewer or smaller events in one request").send(exchange);
    }

    /** A body that comes in pieces. */
    private final class ArrivingBody {

        private final HttpServerExchange exchange;
        private final BodyEndpoint endpoint;
        private byte[] bytes = new byte[FIRST_BYTES];
        private boolean crowded;
        private int length;
        private XnioExecutor.Key deadline;

        ArrivingBody(HttpServerExchange exchange, BodyEndpoint endpoint) {
            this.exchange = exchange;
            this.endpoint = endpoint;
        }

        /** Takes over what is there; false if there is no room, then it has been answered. */
        boolean begin(byte[] soFar, int read) {
            if (read > bytes.length && !grow(read)) {
                refuse(exchange);
                return false;
            }
            System.arraycopy(soFar, 0, bytes, 0, read);
            length = read;
            return true;
        }

        private boolean grow(int size) {
            if (!memory.grow(bytes.length, size)) {
                return false;
            }
            bytes = Arrays.copyOf(bytes, size);
            return true;
        }

        void sendContinue() {
            HttpContinue.sendContinueResponse(exchange, new IoCallback() {
                @Override
                public void onComplete(HttpServerExchange continued, Sender sender) {
                    StreamSourceChannel channel = continued.getRequestChannel();
                    await(channel);
                }

                @Override
                public void onException(HttpServerExchange broken, Sender sender,
                        IOException failure) {
                    IoUtils.safeClose(broken.getConnection());
                }
            });
        }

        void await(StreamSourceChannel channel) {
            open.enter();
            deadline = exchange.getIoThread().executeAfter(this::tooLate, requestTimeoutMillis,
                    TimeUnit.MILLISECONDS);
            channel.getReadSetter().set(this::readable);
            channel.resumeReads();
        }

        private void readable(StreamSourceChannel channel) {
            try {
                if (!readMore(channel)) {
                    return;
                }
            } catch (IOException gone) {
                done(channel);
                Connectors.executeRootHandler(broken -> brokenOff(broken, gone), exchange);
                return;
            }
            done(channel);
            if (crowded) {
                Connectors.executeRootHandler(BodyReader.this::refuse, exchange);
            } else if (length > endpoint.bodyBytesMax()) {
                Connectors.executeRootHandler(
                        late -> refuse(late, endpoint.bodyBytesMax(), "more"), exchange);
            } else {
                Connectors.executeRootHandler(
                        late -> arrived(late, endpoint, bytes, length), exchange);
            }
        }

        /** Reads what is there; true when it is complete, too long, or there is no room. */
        private boolean readMore(StreamSourceChannel channel) throws IOException {
            while (true) {
                int limit = endpoint.bodyBytesMax();
                if (length == bytes.length
                        && !grow(Math.min(limit + 1, bytes.length * 2))) {
                    crowded = true;
                    return true;
                }
                int read = channel.read(ByteBuffer.wrap(bytes, length, bytes.length - length));
                if (read <= 0) {
                    return read < 0;
                }
                length += read;
                if (length > limit) {
                    return true;
                }
            }
        }

        private void done(StreamSourceChannel channel) {
            deadline.remove();
            channel.suspendReads();
            channel.getReadSetter().set(null);
            memory.free(bytes.length);
            open.leave();
        }

        private void tooLate() {
            memory.free(bytes.length);
            open.leave();
            LOG.debug("a body did not arrive within {} ms", requestTimeoutMillis);
            IoUtils.safeClose(exchange.getConnection());
        }
    }
}
