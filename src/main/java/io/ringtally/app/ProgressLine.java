package io.ringtally.app;

import io.ringtally.inspect.Progress;
import io.ringtally.time.SystemClock;
import io.ringtally.time.WorkProgress;
import java.util.List;

/**
 * Says on stderr how far a long reading has come: every two seconds, or on a terminal by a bar.
 *
 * <p>Threading: the main thread.
 */
final class ProgressLine implements Progress, AutoCloseable {

    private final WorkProgress work = new WorkProgress(new SystemClock(), "reading", "MiB");
    private final StderrBar bar = StderrBar.install();
    private final ProgressTeller teller = new ProgressTeller(List.of(work), bar,
            bar != null ? line -> { } : line -> System.err.println("ringtally: " + line));

    @Override
    public void read(long bytes, long ofBytes) {
        if (!work.isUnderWay()) {
            work.begin(ofBytes >> 20);
        }
        work.done(bytes >> 20);
        teller.tick();
    }

    /** Takes the bar off. */
    void end() {
        teller.close();
    }

    @Override
    public void close() {
        end();
    }
}
