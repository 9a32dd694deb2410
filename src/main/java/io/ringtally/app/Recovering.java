package io.ringtally.app;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * A part of the start that reads or writes the log, on a thread of its own: the starting one may be
 * interrupted, which would close the log's files.
 *
 * <p>Threading: started and awaited by the starting thread.
 */
final class Recovering {

    private final Work work;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    /** What is to be done. */
    interface Work {

        void run() throws IOException;
    }

    Recovering(Work work) {
        this.work = work;
    }

    void start() {
        Thread thread = new Thread(this::recover, "recovery");
        thread.setDaemon(true);
        thread.start();
    }

    private void recover() {
        try {
            work.run();
            done.complete(null);
        } catch (IOException | RuntimeException | Error failed) {
            done.completeExceptionally(failed);
        }
    }

    /**
     * Waits for the end, or for an interruption.
     *
     * @throws IOException if the log cannot be used, or the start was given up meanwhile
     */
    void await() throws IOException {
        try {
            done.get();
        } catch (InterruptedException givenUp) {
            throw new IOException("interrupted while the log was read", givenUp);
        } catch (ExecutionException failed) {
            throw failure(failed.getCause());
        }
    }

    /**
     * Waits for the end, whatever happens: what the work uses is still needed.
     *
     * @throws IOException if the log cannot be used, or the work was given up
     */
    void awaitEnd() throws IOException {
        boolean interrupted = false;
        while (!done.isDone()) {
            try {
                done.get();
            } catch (InterruptedException later) {
                interrupted = true;
            } catch (ExecutionException failed) {
                break;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        try {
            done.join();
        } catch (CompletionException failed) {
            throw failure(failed.getCause());
        }
    }

    private static IOException failure(Throwable cause) {
        return cause instanceof IOException inTheWay ? inTheWay
                : new IOException("the log cannot be recovered: " + cause, cause);
    }
}
