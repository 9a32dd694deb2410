package io.ringtally.persist;

import io.ringtally.event.Change;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A change between its request and what Postgres makes of it.
 *
 * <p>Threading: any thread; one compare-and-set decides between the flusher, which takes it into
 * the log, and whoever withdraws it before.
 */
public final class PendingChange {

    private enum State { WAITING, TAKEN, WITHDRAWN }

    private final Change change;
    private final Consumer<ChangeResult> answer;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

    /**
     * A change that waits.
     *
     * @param answer called on the flusher's thread: it must only hand the answer on
     */
    public PendingChange(Change change, Consumer<ChangeResult> answer) {
        this.change = change;
        this.answer = answer;
    }

    /**
     * Takes it back.
     *
     * @return false if it is too late: it is in the log, and will be decided
     */
    public boolean withdraw() {
        return state.compareAndSet(State.WAITING, State.WITHDRAWN);
    }

    boolean take() {
        return state.compareAndSet(State.WAITING, State.TAKEN);
    }

    Change change() {
        return change;
    }

    void answer(ChangeResult result) {
        answer.accept(result);
    }
}
