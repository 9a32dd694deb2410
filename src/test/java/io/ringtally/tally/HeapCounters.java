package io.ringtally.tally;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counters in a plain map on the heap: the oracle of the off-heap store. */
final class HeapCounters implements CounterStore {

    private final Map<String, Entry> entries = new HashMap<>();
    private final List<Entry> places = new ArrayList<>();
    private final long capacity;
    private final boolean givesPlaces;

    HeapCounters(long capacity) {
        this(capacity, true);
    }

    HeapCounters(long capacity, boolean givesPlaces) {
        this.capacity = capacity;
        this.givesPlaces = givesPlaces;
    }

    @Override
    public CounterEntry find(CounterKey key) {
        return entries.get(key.toString());
    }

    @Override
    public CounterEntry create(CounterKey key) {
        if (entries.size() >= capacity && !entries.containsKey(key.toString())) {
            return null;
        }
        Entry entry = new Entry();
        if (givesPlaces) {
            places.add(entry);
            entry.place = places.size();
        }
        entries.put(key.toString(), entry);
        return entry;
    }

    @Override
    public long placeOf(CounterEntry entry) {
        return ((Entry) entry).place;
    }

    @Override
    public CounterEntry at(long place) {
        return places.get((int) place - 1);
    }

    @Override
    public boolean contains(CounterKey key) {
        return entries.containsKey(key.toString());
    }

    @Override
    public void remove(CounterKey key) {
        entries.remove(key.toString());
    }

    @Override
    public void each(Visitor visitor) {
        entries.forEach((text, entry) -> visitor.visit(new CounterKey().of(text), entry));
    }

    @Override
    public long size() {
        return entries.size();
    }

    @Override
    public long offHeapBytes() {
        return 0;
    }

    @Override
    public void close() {
        entries.clear();
    }

    private static final class Entry implements CounterEntry {

        private final long[] fields = new long[4];
        private long place;

        @Override
        public long total() {
            return fields[0];
        }

        @Override
        public long events() {
            return fields[1];
        }

        @Override
        public long firstAtMicros() {
            return fields[2];
        }

        @Override
        public long lastAtMicros() {
            return fields[3];
        }

        @Override
        public void set(long total, long events, long firstAtMicros, long lastAtMicros) {
            fields[0] = total;
            fields[1] = events;
            fields[2] = firstAtMicros;
            fields[3] = lastAtMicros;
        }
    }
}
