package io.ringtally.tally;

/**
 * The counters of one shard in memory: a cache of what Postgres and the log hold, never the truth.
 *
 * <p>Threading: {@link #find} and {@link #create} are called by the shard's own thread only;
 * {@link #contains} and {@link #size} by any.
 */
interface CounterStore extends AutoCloseable {

    /** The entry of a key, or null. It is valid until the next call on this store. */
    CounterEntry find(CounterKey key);

    /** A new entry of a key that is absent, all zero, or null when the store is full. */
    CounterEntry create(CounterKey key);

    /**
     * Where an entry lies, for {@link #at}: it stays there until its key is removed. 0 if this
     * store does not say.
     */
    default long placeOf(CounterEntry entry) {
        return 0;
    }

    /**
     * The entry at a place that {@link #placeOf} gave, whose key has not been removed since. It is
     * valid until the next call on this store.
     */
    default CounterEntry at(long place) {
        throw new UnsupportedOperationException("this store gives no places");
    }

    /** Whether a key is present; may be called by any thread. */
    boolean contains(CounterKey key);

    /** Removes a key if it is present. */
    void remove(CounterKey key);

    /** What is done with each entry. */
    interface Visitor {

        /** Takes an entry in; both are valid during the call. */
        void visit(CounterKey key, CounterEntry entry);
    }

    /** Visits every entry; nothing else may touch the store meanwhile. */
    void each(Visitor visitor);

    /** All entries are in other stores now, and this one will be closed. */
    default void movedAway() {
    }

    /** How many counters there are. */
    long size();

    /** Bytes of memory outside the heap that belong to this store. */
    long offHeapBytes();

    @Override
    void close();
}
