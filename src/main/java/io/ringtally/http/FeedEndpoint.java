package io.ringtally.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.XnioIoThread;

/**
 * {@code GET /v1/feed}: server-sent events of one snapshot a second, the first one of what was
 * before. A snapshot is written down once and its bytes are shared; a client that has not taken one
 * gets the newest when it has. Nothing is written down while nobody looks. Who shows a key is cut
 * off within a second of its end.
 *
 * <p>Threading: all on the one I/O thread of the listener for operators.
 */
final class FeedEndpoint {

    private static final Logger LOG = LoggerFactory.getLogger(FeedEndpoint.class);

    private static final long SECOND_NANOS = 1_000_000_000;
    private static final int RETRY_SECONDS = 5;
    private static final byte[] HISTORY = "event: history\n".getBytes(StandardCharsets.US_ASCII);

    private final Guard guard;
    private final Feed feed;
    private final int clientsMax;
    private final long heartbeatNanos;
    private final Problem tooMany;
    private final Set<Client> clients = new LinkedHashSet<>();

    private ByteBuffer snapshot;
    /** Made when somebody comes, and shared with whoever comes within the same second. */
    private ByteBuffer history;
    private long lastBeatNanos;
    private long nextTickNanos;

    FeedEndpoint(Guard guard, Feed feed, DashboardSettings settings, SseSettings streams) {
        this.guard = guard;
        this.feed = feed;
        this.clientsMax = settings.clientsMax();
        this.heartbeatNanos = streams.heartbeat().toNanos();
        this.tooMany = new Problem(ProblemType.TOO_MANY_FEEDS, "dashboard.clients-max = "
                + clientsMax + " feeds are open; ask again, or read /status from time to time");
    }

    /** Begins to take a sample every second. */
    void start(XnioIoThread home) {
        long now = System.nanoTime();
        lastBeatNanos = now;
        nextTickNanos = now + SECOND_NANOS;
        later(home, SECOND_NANOS);
    }

    private void later(XnioIoThread home, long nanos) {
        try {
            home.executeAfter(() -> {
                try {
                    tick();
                } catch (RuntimeException defect) {
                    LOG.error("a snapshot for the dashboard failed", defect);
                }
                long now = System.nanoTime();
                // without catching up on what a sleeping machine has missed
                nextTickNanos = Math.max(nextTickNanos + SECOND_NANOS, now);
                later(home, nextTickNanos - now);
            }, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException down) {
            // the I/O thread has stopped
        }
    }

    private void tick() {
        feed.tick(!clients.isEmpty());
        snapshot = null;
        history = null;
        long now = System.nanoTime();
        boolean beat = now - lastBeatNanos >= heartbeatNanos;
        if (beat) {
            lastBeatNanos = now;
        }
        // those who leave meanwhile are removed
        for (Client client : new ArrayList<>(clients)) {
            if (!client.grant.holds()) {
                client.channel.end();
                continue;
            }
            client.show(snapshot());
            if (beat) {
                client.channel.beat();
            }
        }
    }

    private ByteBuffer snapshot() {
        if (snapshot == null) {
            snapshot = SseChannel.event(AnswerJson.object(feed::writeSnapshot));
        }
        return snapshot;
    }

    private ByteBuffer history() {
        if (history == null) {
            ByteBuffer event = SseChannel.event(AnswerJson.object(feed::writeHistory));
            history = ByteBuffer.allocate(HISTORY.length + event.remaining()).put(HISTORY)
                    .put(event).flip();
        }
        return history;
    }

    void open(HttpServerExchange exchange) {
        if (clients.size() >= clientsMax) {
            tooMany.sendRetryable(exchange, RETRY_SECONDS);
            return;
        }
        // else the exchange ends where this method does
        exchange.dispatch(SameThreadExecutor.INSTANCE, () -> {
            Client client = new Client(exchange, history().duplicate());
            clients.add(client);
            client.channel.begin();
        });
    }

    /**
     * Whoever looks.
     *
     * <p>Threading: as the endpoint.
     */
    private final class Client {

        private final SseChannel channel;
        private final Grant grant;
        private ByteBuffer next;

        Client(HttpServerExchange exchange, ByteBuffer first) {
            grant = guard.grantOf(exchange);
            next = first;
            channel = new SseChannel(exchange, () -> {
                ByteBuffer event = next;
                next = null;
                return event;
            }, () -> clients.remove(this));
        }

        void show(ByteBuffer event) {
            next = event.duplicate();
            channel.send();
        }
    }
}
