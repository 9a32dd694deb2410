package io.ringtally.ring;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Another number of shards that somebody wants: made at the next cut, or given up before.
 *
 * <p>Threading: asked for and awaited by any thread, made by the flusher's.
 */
public final class ShardChange {

    private final int shards;
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile boolean givenUp;
    private final CompletableFuture<Void> made = new CompletableFuture<>();

    ShardChange(int shards) {
        this.shards = shards;
    }

    int shards() {
        return shards;
    }

    /** False if it has been given up. */
    boolean begin() {
        return begun.compareAndSet(false, true);
    }

    boolean isGivenUp() {
        return givenUp;
    }

    void made() {
        made.complete(null);
    }

    void failed(Throwable why) {
        made.completeExceptionally(why);
    }

    /**
     * Waits until it is made; gives it up if it has not begun in time.
     *
     * @return whether it was made
     * @throws IllegalStateException if it could not be made: the shards are those from before
     */
    public boolean await(long timeoutMillis) throws InterruptedException {
        try {
            try {
                made.get(timeoutMillis, TimeUnit.MILLISECONDS);
            } catch (TimeoutException late) {
                if (begun.compareAndSet(false, true)) {
                    givenUp = true;
                    return false;
                }
                made.get();
            }
            return true;
        } catch (ExecutionException failed) {
            throw new IllegalStateException("the shards could not be changed, those from before go"
                    + " on: " + failed.getCause(), failed.getCause());
        }
    }
}
