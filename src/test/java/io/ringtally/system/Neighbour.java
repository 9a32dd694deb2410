package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that behaves: it posts increments of one to its key, over one connection, for as long as
 * a test does other things to the service. Nothing of that may ever reach it.
 *
 * <p>Threading: posts on a thread of its own; the test's thread starts and checks it.
 */
final class Neighbour {

    private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final RunningService service;
    private final int port;
    private final String key;
    private final Thread thread;
    private final AtomicLong posted = new AtomicLong();
    private volatile boolean stopping;
    private volatile Throwable disturbance;
    private volatile long slowestNanos;
    private volatile int slow;

    private Neighbour(RunningService service, int port, String key) {
        this.service = service;
        this.port = port;
        this.key = key;
        this.thread = new Thread(this::post, "neighbour");
    }

    /** Starts to post. */
    static Neighbour of(RunningService service, String key) {
        return of(service, service.port(), key);
    }

    /** Starts to post to this port, of a proxy before the service. */
    static Neighbour of(RunningService service, int port, String key) {
        Neighbour neighbour = new Neighbour(service, port, key);
        neighbour.thread.start();
        return neighbour;
    }

    private void post() {
        byte[] request = RawConnection.post("/increment",
                ("{\"key\":\"" + key + "\",\"value\":1}").getBytes(StandardCharsets.UTF_8));
        try (RawConnection connection = new RawConnection(port)) {
            while (!stopping) {
                long begun = System.nanoTime();
                assertEquals(202, connection.send(request).answer().status());
                long took = System.nanoTime() - begun;
                slowestNanos = Math.max(slowestNanos, took);
                slow += took > SLOW_NANOS ? 1 : 0;
                posted.incrementAndGet();
                LockSupport.parkNanos(PACE_NANOS);
            }
        } catch (IOException | RuntimeException | AssertionError disturbed) {
            disturbance = disturbed;
        }
    }

    /** The longest it has waited for an answer so far, milliseconds. */
    long slowestMillis() {
        return TimeUnit.NANOSECONDS.toMillis(slowestNanos);
    }

    /** Answers it has waited for longer than half a second. */
    int slowAnswers() {
        return slow;
    }

    /** Stops it, and checks that it was never disturbed and that its counter is exact. */
    long finish() throws IOException, InterruptedException {
        stopping = true;
        thread.join();
        if (disturbance != null) {
            throw new AssertionError("the neighbour was disturbed; log:\n" + service.log(),
                    disturbance);
        }
        String counter = service.get("/v1/counters/" + key).body();
        assertTrue(counter.contains("\"total\":" + posted + ","), posted + " posted: " + counter);
        return posted.get();
    }
}
