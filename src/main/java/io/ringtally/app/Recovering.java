package io.ringtally.app;

import io.ringtally.journal.Journal;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The log's recovery, beside the database's start: both take their time, and neither needs the
 * other. A thread of its own, because the starting one may be interrupted, which closes files.
 *
 * <p>Threading: started and awaited by the starting thread.
 */
final class Recovering {

    private final Journal journal;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    Recovering(Journal journal) {
        this.journal = journal;
    }

    void start() {
        Thread thread = new Thread(this::recover, "recovery");
        thread.setDaemon(true);
        thread.start();
    }

    private void recover() {
        try {
            journal.recover();
            done.complete(null);
        } catch (IOException | RuntimeException | Error failed) {
            done.completeExceptionally(failed);
        }
    }

    /**
     * Waits for the end.
     *
     * @throws IOException if the log cannot be used, or the start was given up meanwhile
     */
    void await() throws IOException {
        try {
            done.get();
        } catch (InterruptedException givenUp) {
            throw new IOException("interrupted while the log was read", givenUp);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException inTheWay) {
                throw inTheWay;
            }
            throw new IOException("the log cannot be recovered: " + failed.getCause(),
                    failed.getCause());
        }
    }
}
