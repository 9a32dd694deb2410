package io.ringtally.app;

import io.ringtally.inspect.Progress;
import java.util.concurrent.TimeUnit;

/**
 * Says on stderr, every two seconds, how far a long reading has come.
 *
 * <p>Threading: the main thread.
 */
final class ProgressLine implements Progress {

    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

    private long saidNanos = System.nanoTime();

    @Override
    public void read(long bytes, long ofBytes) {
        long now = System.nanoTime();
        if (now - saidNanos >= EVERY_NANOS) {
            saidNanos = now;
            System.err.println("ringtally: read " + (bytes >> 20) + " of " + (ofBytes >> 20)
                    + " MiB");
        }
    }
}
