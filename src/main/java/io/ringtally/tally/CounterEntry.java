package io.ringtally.tally;

/**
 * What is kept of one counter.
 *
 * <p>Threading: belongs to the shard's thread; see {@link CounterStore}.
 */
interface CounterEntry {

    /** Sum of the values, 64-bit. */
    long total();

    /** How many events; 0 means the counter is not there. */
    long events();

    /** Least {@code created_at}, microseconds since the epoch. */
    long firstAtMicros();

    /** Greatest {@code created_at}, microseconds since the epoch. */
    long lastAtMicros();

    /** Takes more events in, at least one, and the total they lead to. */
    default void count(long newTotal, long moreEvents, long firstAtMicros, long lastAtMicros) {
        boolean fresh = events() == 0;
        set(newTotal, events() + moreEvents,
                fresh ? firstAtMicros : Math.min(firstAtMicros(), firstAtMicros),
                fresh ? lastAtMicros : Math.max(lastAtMicros(), lastAtMicros));
    }

    void set(long total, long events, long firstAtMicros, long lastAtMicros);
}
