package io.ringtally.http;

import io.ringtally.event.Lifecycle;
import io.ringtally.ring.PointReads;
import io.ringtally.tally.CounterSnapshot;
import io.ringtally.tally.Lookup;
import io.undertow.server.HttpServerExchange;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * One client's view of a counter or a message. Beside the event on its way there is one state that
 * comes next: a newer state takes the place of the older.
 *
 * <p>Threading: everything on the exchange's I/O thread, except {@link #changed}, which has one
 * thread of its own, and {@link #run}, for any.
 */
final class SseClient {

    /** Most counters of a message in a stream: they bound what a client takes of the heap. */
    static final int COUNTERS_MAX = 100;

    private final SseChannel channel;
    private final PointReads.Target target;
    private final Map<String, Lifecycle> lifecycles;

    private Lookup next;
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
        this.channel = new SseChannel(exchange, this::nextEvent, left);
        this.target = target;
        this.lifecycles = lifecycles;
    }

    PointReads.Target target() {
        return target;
    }

    /** Sends the head of the answer and the first state. */
    void begin(Lookup first) {
        seen = first;
        next = first;
        channel.begin();
    }

    /** Notes a state; whether it is another than before. */
    boolean changed(Lookup state) {
        boolean different = !state.equals(seen);
        seen = state;
        return different;
    }

    /** Has something done on the I/O thread. */
    void run(Runnable task) {
        channel.run(task);
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
        channel.send();
    }

    /** See {@link SseChannel#beat}. */
    void beat() {
        channel.beat();
    }

    /** See {@link SseChannel#end}. */
    void end() {
        channel.end();
    }

    private ByteBuffer nextEvent() {
        Lookup state = next;
        next = null;
        return state == null ? null : SseChannel.event(json(state.counters()));
    }

    private byte[] json(List<CounterSnapshot> counters) {
        if (counters.isEmpty()) {
            return "null".getBytes(StandardCharsets.US_ASCII);
        }
        return AnswerJson.object(target.event() == null
                ? json -> AnswerJson.writeMessage(json, counters, lifecycles)
                : json -> AnswerJson.writeCounter(json, counters.get(0)));
    }
}
