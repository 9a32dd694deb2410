package io.ringtally.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.channels.StreamSinkChannel;

/**
 * The way of server-sent events to one client. However slow it is, there is one event on its way;
 * what comes next is asked for when that is taken. A client that has not taken an event within a
 * whole heartbeat is dropped.
 *
 * <p>Design note: Undertow's own handler queues without bound, and its write timeout, which counts
 * from one write to the next, would cut a quiet stream; hence the few lines here.
 *
 * <p>Threading: everything on the exchange's I/O thread, except {@link #run}, for any.
 */
final class SseChannel {

    private static final Logger LOG = LoggerFactory.getLogger(SseChannel.class);

    private static final HttpString BUFFERING = new HttpString("X-Accel-Buffering");
    /** What the kernel keeps for a client that does not take it. */
    private static final int SEND_BUFFER_BYTES = 64 << 10;
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BEAT = {':', '\n', '\n'};

    private final HttpServerExchange exchange;
    private final Supplier<ByteBuffer> events;
    private final Runnable left;

    private StreamSinkChannel channel;
    private boolean beatNext;
    private boolean ending;
    private boolean over;
    private ByteBuffer sending;
    private ByteBuffer sendingAtLastBeat;

    /**
     * Makes a stream that has not begun.
     *
     * @param events gives the event that comes next, null while there is none
     * @param left called once, when it is over
     */
    SseChannel(HttpServerExchange exchange, Supplier<ByteBuffer> events, Runnable left) {
        this.exchange = exchange;
        this.events = events;
        this.left = left;
    }

    /** An event of one line of data. */
    static ByteBuffer event(byte[] json) {
        return ByteBuffer.allocate(DATA.length + json.length + 2).put(DATA).put(json)
                .put((byte) '\n').put((byte) '\n').flip();
    }

    /** Sends the head of the answer, and the first event if there is one. */
    void begin() {
        exchange.setPersistent(false);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/event-stream");
        JsonBody.forBrowsers(exchange.getResponseHeaders());
        // proxies that gather answers before they pass them on would hold events back
        exchange.getResponseHeaders().put(BUFFERING, "no");
        try {
            // a stream may be quiet: what is not taken is found at the heartbeats
            exchange.getConnection().setOption(Options.WRITE_TIMEOUT, 0);
            exchange.getConnection().setOption(Options.SEND_BUFFER, SEND_BUFFER_BYTES);
        } catch (IOException gone) {
            drop(gone);
            return;
        }
        channel = exchange.getResponseChannel();
        ChannelListener<StreamSinkChannel> writable = ready -> send();
        channel.getWriteSetter().set(writable);
        send();
    }

    /** Has something done on the I/O thread. */
    void run(Runnable task) {
        try {
            exchange.getIoThread().execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException defect) {
                    LOG.error("a stream failed", defect);
                    drop(new IOException(defect));
                }
            });
        } catch (RejectedExecutionException down) {
            // the I/O threads have stopped: the connection is closed already
            leave();
        }
    }

    /** Sends a sign of life; drops a client that still has not taken the same event. */
    void beat() {
        if (!over && sending != null && sending == sendingAtLastBeat) {
            drop(new IOException("an event was not taken for a whole heartbeat"));
            return;
        }
        sendingAtLastBeat = sending;
        beatNext = true;
        send();
    }

    /** Ends it; what is on its way is sent if the client takes it by the next heartbeat. */
    void end() {
        ending = true;
        beatNext = false;
        send();
    }

    /** There is something to send, or there may be. */
    void send() {
        if (over || channel == null) {
            return;
        }
        try {
            while (sending != null || (sending = nextEvent()) != null) {
                while (sending.hasRemaining()) {
                    if (channel.write(sending) == 0) {
                        channel.resumeWrites();
                        return;
                    }
                }
                if (!channel.flush()) {
                    channel.resumeWrites();
                    return;
                }
                sending = null;
            }
            channel.suspendWrites();
            if (ending) {
                leave();
                exchange.endExchange();
            }
        } catch (IOException gone) {
            drop(gone);
        }
    }

    private ByteBuffer nextEvent() {
        ByteBuffer event = ending ? null : events.get();
        if (event == null && beatNext) {
            event = ByteBuffer.wrap(BEAT);
        }
        // an event is a sign of life, too
        beatNext = false;
        return event;
    }

    private void drop(IOException why) {
        LOG.debug("a stream is over", why);
        leave();
        IoUtils.safeClose(exchange.getConnection());
        exchange.endExchange();
    }

    private void leave() {
        if (!over) {
            over = true;
            left.run();
        }
    }
}
