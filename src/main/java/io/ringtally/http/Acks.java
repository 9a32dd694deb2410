package io.ringtally.http;

import io.ringtally.event.FieldError;
import io.ringtally.fault.FaultPoint;
import io.ringtally.metrics.LatencyWriter;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import io.undertow.util.SameThreadExecutor;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers accepted requests once the level they asked for is reached: {@code journaled} at once, on
 * the I/O thread; the others when the component that owns the level says so.
 *
 * <p>Threading: any I/O thread; each has lanes of its own.
 */
final class Acks {

    private static final HttpString REACHED = new HttpString("Ringtally-Ack");
    private static final String PARAMETER = "ack";
    private static final int RETRY_SECONDS = 1;

    private final Durability durability;
    private final AckSettings settings;
    private final OpenExchanges open;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Map<AckLevel, List<AckLane>> lanes = new EnumMap<>(AckLevel.class);
    private final ThreadLocal<Map<AckLevel, AckLane>> ownLanes =
            ThreadLocal.withInitial(() -> new EnumMap<>(AckLevel.class));

    /** How a request says that its events were accepted. */
    interface Success {

        /** Answers, on the I/O thread; the level was reached. */
        void send(HttpServerExchange exchange, AckLevel level);
    }

    Acks(Durability durability, AckSettings settings, OpenExchanges open) {
        this.durability = durability;
        this.settings = settings;
        this.open = open;
        for (AckLevel level : List.of(AckLevel.SYNCED, AckLevel.PERSISTED)) {
            List<AckLane> all = new CopyOnWriteArrayList<>();
            lanes.put(level, all);
            durability.onReached(level, () -> all.forEach(AckLane::reached));
        }
    }

    /**
     * The level a request asks for.
     *
     * @param errors receives what is wrong with it
     * @return null if it is wrong
     */
    AckLevel levelOf(HttpServerExchange exchange, List<FieldError> errors) {
        if (exchange.getQueryString().isEmpty()) {
            return settings.usual();
        }
        Deque<String> given = exchange.getQueryParameters().get(PARAMETER);
        if (given == null) {
            return settings.usual();
        }
        AckLevel level = given.size() == 1 ? AckLevel.of(given.getFirst()) : null;
        if (level == null) {
            errors.add(new FieldError(PARAMETER, "ack is " + (given.size() == 1
                    ? "none of journaled, synced and persisted" : "given more than once")));
        }
        return level;
    }

    /** Whether a request would have to wait for this level, and as many as may wait already do. */
    boolean isCrowded(AckLevel level) {
        return level != AckLevel.JOURNALED && waiting.get() >= settings.waitingMax();
    }

    /** What a request is told that may not wait. */
    Refusal crowded() {
        return new Refusal(new Problem(ProblemType.TOO_MANY_WAITING, "ack.max-waiting = "
                + settings.waitingMax() + " requests wait for their level already; nothing of this"
                + " request was counted: send it again, or with ack=journaled"), "", RETRY_SECONDS,
                Refusal.Scope.MOMENT, false);
    }

    /**
     * Answers a request whose events are in the log, at this position at the latest.
     *
     * @param requests the I/O thread's, told how long the request took; null for one whose body
     *     takes as long as its sender likes
     */
    void answer(HttpServerExchange exchange, AckLevel level, long position, Success success,
            LatencyWriter requests) {
        if (level == AckLevel.JOURNALED) {
            if (settings.usual() != level || !exchange.getQueryString().isEmpty()) {
                exchange.getResponseHeaders().put(REACHED, level.word());
            }
            success.send(exchange, level);
            answered(exchange, requests);
            FaultPoint.EDGE_ANSWERED.passed();
            return;
        }
        waiting.incrementAndGet();
        exchange.dispatch(SameThreadExecutor.INSTANCE, () -> {
            durability.want(level, position);
            laneOf(exchange, level).await(exchange, position,
                    new Waiting(level, success, requests, waiting));
        });
    }

    private static void answered(HttpServerExchange exchange, LatencyWriter requests) {
        if (requests != null) {
            requests.record(System.nanoTime() - exchange.getRequestStartTime());
        }
    }

    private AckLane laneOf(HttpServerExchange exchange, AckLevel level) {
        return ownLanes.get().computeIfAbsent(level, missing -> {
            AckLane lane = new AckLane(exchange.getIoThread(),
                    () -> durability.reached(level), open, settings.timeout().toMillis());
            lanes.get(level).add(lane);
            return lane;
        });
    }

    private record Waiting(AckLevel level, Success success, LatencyWriter requests,
            AtomicInteger waiting) implements AckLane.Outcome {

        @Override
        public void reached(HttpServerExchange exchange) {
            waiting.decrementAndGet();
            exchange.getResponseHeaders().put(REACHED, level.word());
            success.send(exchange, level);
            answered(exchange, requests);
            FaultPoint.EDGE_ANSWERED.passed();
        }

        @Override
        public void tooLate(HttpServerExchange exchange) {
            waiting.decrementAndGet();
            exchange.getResponseHeaders().put(REACHED, AckLevel.JOURNALED.word());
            new Problem(ProblemType.OUTCOME_UNKNOWN,
                    "the events are in the log and will be counted,"
                    + " but it was not " + level.word() + " within ack.timeout; a repeat with the"
                    + " same ids is not counted twice, one without ids is").send(exchange);
            answered(exchange, requests);
        }
    }
}
