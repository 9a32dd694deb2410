package io.ringtally.tally;

/**
 * A shard's counters, of which each app may have those of so many messages: says which come and go.
 *
 * <p>Threading: as {@link CounterStore} says.
 */
final class QuotaCounters implements CounterStore {

    private final CounterStore store;
    private final MessageQuotas quotas;

    QuotaCounters(CounterStore store, MessageQuotas quotas) {
        this.store = store;
        this.quotas = quotas;
    }

    @Override
    public CounterEntry find(CounterKey key) {
        return store.find(key);
    }

    @Override
    public CounterEntry create(CounterKey key) {
        // a start that begins anew loads what is there already
        boolean known = store.contains(key);
        CounterEntry made = store.create(key);
        if (made != null && !known) {
            quotas.added(key);
        }
        return made;
    }

    @Override
    public long placeOf(CounterEntry entry) {
        return store.placeOf(entry);
    }

    @Override
    public CounterEntry at(long place) {
        return store.at(place);
    }

    @Override
    public boolean contains(CounterKey key) {
        return store.contains(key);
    }

    @Override
    public void remove(CounterKey key) {
        if (store.contains(key)) {
            store.remove(key);
            quotas.removed(key);
        }
    }

    @Override
    public void each(Visitor visitor) {
        store.each(visitor);
    }

    @Override
    public void movedAway() {
        store.each((key, counter) -> quotas.removed(key));
    }

    @Override
    public long size() {
        return store.size();
    }

    @Override
    public long offHeapBytes() {
        return store.offHeapBytes();
    }

    @Override
    public void close() {
        store.close();
    }
}
