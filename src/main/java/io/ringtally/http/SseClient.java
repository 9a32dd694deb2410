package io.ringtally.http;

import io.ringtally.event.Lifecycle;
import io.ringtally.ring.PointReads;
import io.ringtally.tally.CounterSnapshot;
import io.ringtally.tally.Lookup;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.channels.StreamSinkChannel;

/**
 * One client's server-sent events. However slow it is, there is one event on its way and one state
 * that comes next: a newer state takes the place of the older. A client that has not taken an event
 * within a whole heartbeat is dropped.
 *
 * <p>Design note: Undertow's own handler queues without bound, and its write timeout, which counts
 * from one write to the next, would cut a quiet stream; hence the few lines here.
 *
 * <p>Threading: everything on the exchange's I/O thread, except {@link #changed}, which has one
 * thread of its own, and {@link #run}, for any.
 */
final class SseClient {

    /** Most counters of a message in a stream: they bound what a client takes of the heap. */
    static final int COUNTERS_MAX = 100;

    private static final Logger LOG = LoggerFactory.getLogger(SseClient.class);

    private static final HttpString BUFFERING = new HttpString("X-Accel-Buffering");
    /** What the kernel keeps for a client that does not take it. */
    private static final int SEND_BUFFER_BYTES = 64 << 10;
    private static final byte[] BEAT = {':', '\n', '\n'};

    private final HttpServerExchange exchange;
    private final PointReads.Target target;
    private final Map<String, Lifecycle> lifecycles;
    private final Runnable left;

    private StreamSinkChannel channel;
    private Lookup next;
    private boolean beatNext;
    private boolean ending;
    private boolean over;
    private ByteBuffer sending;
    private ByteBuffer sendingAtLastBeat;
    /** The state seen last: belongs to the thread that calls {@link #changed}. */
    private Lookup seen;

    /**
     * Makes a stream that has not begun.
     *
     * @param lifecycles what is expected of the messages of which app
     * @param left called once, when it is over
     */
    SseClient(HttpServerExchange exchange, PointReads.Target target,
            Map<String, Lifecycle> lifecycles, Runnable left) {
        this.exchange = exchange;
        this.target = target;
        this.lifecycles = lifecycles;
        this.left = left;
    }

    PointReads.Target target() {
        return target;
    }

    /** Sends the head of the answer and the first state. */
    void begin(Lookup first) {
        seen = first;
        exchange.setPersistent(false);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/event-stream");
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
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
        show(first);
    }

    /** Notes a state; whether it is another than before. */
    boolean changed(Lookup state) {
        boolean different = !state.equals(seen);
        seen = state;
        return different;
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

    /** Sends a state, now or when the client has taken what is on its way. */
    void show(Lookup state) {
        if (state.outcome() == Lookup.Outcome.NOT_IN_MEMORY
                || state.counters().size() > COUNTERS_MAX) {
            // asked again, it is told why
            end();
            return;
        }
        next = state;
        send();
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
        next = null;
        beatNext = false;
        send();
    }

    private void send() {
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
        if (next != null) {
            byte[] json = json(next.counters());
            next = null;
            // it is a sign of life, too
            beatNext = false;
            ByteBuffer event = ByteBuffer.allocate(json.length + 8);
            event.put("data: ".getBytes(StandardCharsets.US_ASCII)).put(json);
            return event.put((byte) '\n').put((byte) '\n').flip();
        }
        if (beatNext) {
            beatNext = false;
            return ByteBuffer.wrap(BEAT);
        }
        return null;
    }

    private byte[] json(List<CounterSnapshot> counters) {
        if (counters.isEmpty()) {
            return "null".getBytes(StandardCharsets.US_ASCII);
        }
        return AnswerJson.object(target.event() == null
                ? json -> AnswerJson.writeMessage(json, counters, lifecycles)
                : json -> AnswerJson.writeCounter(json, counters.get(0)));
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
