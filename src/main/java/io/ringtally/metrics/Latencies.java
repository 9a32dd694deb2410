package io.ringtally.metrics;

import io.ringtally.time.Clock;

/**
 * The latencies of the service.
 *
 * <p>Threading: {@link #tick} is called once a second by one thread, the rest by any.
 */
public final class Latencies {

    private final Clock clock;
    private final Latency request;
    private final Latency tallied;
    private final Latency persisted;
    private final Latency flush;

    /** Begins with nothing recorded. */
    public Latencies(Clock clock) {
        this.clock = clock;
        long nanos = clock.nanoTime();
        long millis = clock.epochMicros() / 1_000;
        request = new Latency(nanos, millis);
        tallied = new Latency(nanos, millis);
        persisted = new Latency(nanos, millis);
        flush = new Latency(nanos, millis);
    }

    /**
     * Per request that was accepted: from the moment its head had been read until its answer was
     * given to the connection. It includes what a request waits for: the rest of its body, and the
     * level it asked for. Bodies taken line by line are left out: how long they take is their
     * sender's choice.
     */
    public Latency request() {
        return request;
    }

    /** Per event: from its acceptance until its shard had counted it. Not for replayed ones. */
    public Latency tallied() {
        return tallied;
    }

    /** Per event: from its acceptance until Postgres had committed it. Not for replayed ones. */
    public Latency persisted() {
        return persisted;
    }

    /** Per flush: from its cut until its commit, failed attempts included. */
    public Latency flush() {
        return flush;
    }

    /** A second has passed: the windows and the history move on. */
    public void tick() {
        long nanos = clock.nanoTime();
        long millis = clock.epochMicros() / 1_000;
        request.tick(nanos, millis);
        tallied.tick(nanos, millis);
        persisted.tick(nanos, millis);
        flush.tick(nanos, millis);
    }
}
