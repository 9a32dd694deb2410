package io.ringtally.http;

/**
 * How far the log has got, level by level, as the components say that own the levels.
 *
 * <p>Threading: any thread; listeners are called on the component's thread and must not block.
 */
public interface Durability {

    /** Position up to which a level is reached; only grows. */
    long reached(AckLevel level);

    /** Somebody waits for this position: the level is to be reached as soon as possible. */
    void want(AckLevel level, long position);

    /** Calls {@code listener} after {@link #reached} has grown. */
    void onReached(AckLevel level, Runnable listener);
}
