package io.ringtally;

import java.util.concurrent.Executor;

/**
 * A thread of its own for each task. The common pool has one thread on two cores, and from JDK 25 on
 * {@code CompletableFuture} uses it all the same: a task that blocks keeps all others from running.
 *
 * <p>Threading: stateless.
 */
public final class OwnThread implements Executor {

    @Override
    public void execute(Runnable task) {
        Thread thread = new Thread(task, "of-a-test");
        thread.setDaemon(true);
        thread.start();
    }
}
