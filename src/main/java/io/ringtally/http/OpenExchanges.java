package io.ringtally.http;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the exchanges that outlive the call that began them: bodies still arriving and reads that
 * wait for their shard. All others are answered before their I/O thread does anything else.
 *
 * <p>Threading: any thread.
 */
final class OpenExchanges {

    private final AtomicInteger count = new AtomicInteger();

    void enter() {
        count.incrementAndGet();
    }

    void leave() {
        count.decrementAndGet();
    }

    int count() {
        return count.get();
    }
}
