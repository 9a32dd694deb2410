package io.ringtally.persist;

import io.ringtally.event.ChangeLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The changes that wait for a flush to decide them, in the order they came.
 *
 * <p>Threading: any thread.
 */
public final class ChangeQueue {

    /** More are refused. */
    public static final int WAITING_MAX = 1_000;

    private final Deque<PendingChange> waiting = new ArrayDeque<>();
    private final ChangeCounts counts = new ChangeCounts();
    private Runnable wanted = () -> { };

    /**
     * Puts a change at the end; a flush begins as soon as one can.
     *
     * @return false if too many wait
     */
    public boolean submit(PendingChange change) {
        Runnable flush;
        synchronized (this) {
            if (waiting.size() >= WAITING_MAX) {
                return false;
            }
            waiting.addLast(change);
            flush = wanted;
        }
        flush.run();
        return true;
    }

    /** Calls this, on the thread that submits, when there is something. */
    synchronized void onSubmitted(Runnable flush) {
        wanted = flush;
    }

    synchronized boolean isEmpty() {
        return waiting.isEmpty();
    }

    /**
     * Takes the first ones, as many as one record of the log has room for.
     *
     * @param bytes room
     */
    synchronized List<PendingChange> take(int bytes) {
        List<PendingChange> taken = new ArrayList<>();
        int used = 0;
        PendingChange first;
        while ((first = waiting.peekFirst()) != null) {
            int size = ChangeLayout.encode(first.change()).length;
            if (used + size > bytes) {
                break;
            }
            waiting.removeFirst();
            if (first.take()) {
                taken.add(first);
                used += size;
            }
        }
        return taken;
    }

    /**
     * Answers those that were taken.
     *
     * @param results what Postgres has made of each
     */
    void decided(List<PendingChange> taken, List<ChangeResult> results) {
        for (int i = 0; i < taken.size(); i++) {
            counts.add(results.get(i));
            taken.get(i).answer(results.get(i));
        }
    }

    /** What has been decided. */
    public ChangeCounts counts() {
        return counts;
    }
}
