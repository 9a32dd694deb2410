package io.ringtally.http;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

/**
 * Closes the connections of one I/O thread, few at a time. XNIO asks the selector once for each
 * connection that its own thread closes, and is told of every other one that is ready: when
 * thousands end at once, because their client has died or a time-out is theirs together, the thread
 * does nothing else for seconds. So beyond a few, connections stop listening at once and are closed
 * a little later.
 *
 * <p>Threading: the I/O thread's; other threads may close, too, and do so right away.
 */
final class Endings {

    private static final Logger LOG = LoggerFactory.getLogger(Endings.class);

    /** As many as are closed without a pause, which takes well under a millisecond. */
    private static final int AT_ONCE_MAX = 16;
    private static final int PAUSE_MILLIS = 1;
    private static final long SPAN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final XnioIoThread thread;
    private final Deque<StreamConnection> waiting = new ArrayDeque<>();
    private long spanBegan;
    private int inSpan;

    Endings(XnioIoThread thread) {
        this.thread = thread;
    }

    /** Closes a connection, soon at the latest; nothing is read from it or written to it again. */
    void close(StreamConnection connection) throws IOException {
        if (Thread.currentThread() != thread || waiting.isEmpty() && isRare()) {
            connection.close();
            return;
        }
        connection.getSourceChannel().suspendReads();
        connection.getSinkChannel().suspendWrites();
        waiting.add(connection);
        if (waiting.size() == 1) {
            goOnLater();
        }
    }

    private boolean isRare() {
        long now = System.nanoTime();
        if (now - spanBegan > SPAN_NANOS) {
            spanBegan = now;
            inSpan = 0;
        }
        inSpan++;
        return inSpan <= AT_ONCE_MAX;
    }

    private void goOnLater() {
        thread.executeAfter(this::closeSome, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void closeSome() {
        for (int i = 0; i < AT_ONCE_MAX && !waiting.isEmpty(); i++) {
            try {
                waiting.remove().close();
            } catch (IOException | RuntimeException gone) {
                LOG.debug("a connection ended badly", gone);
            }
        }
        if (!waiting.isEmpty()) {
            goOnLater();
        }
    }
}
