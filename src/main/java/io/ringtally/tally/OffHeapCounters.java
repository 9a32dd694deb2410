package io.ringtally.tally;

import net.openhft.chronicle.bytes.Byteable;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.core.Memory;
import net.openhft.chronicle.core.OS;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

/**
 * A shard's counters in a Chronicle Map, in memory only.
 *
 * <p>Off-heap storage keeps millions of counters out of the collector's way; it is not faster than
 * the heap. The map does not grow by itself past the size given here, so its owner refuses new keys
 * before that (see {@link TallySettings#headroomCounters()}).
 *
 * <p>Threading: as {@link CounterStore} says. Entries change on the shard's thread alone; {@link
 * #contains} takes the map's read lock, which that thread's writes exclude.
 */
final class OffHeapCounters implements CounterStore {

    private static final Memory MEMORY = OS.memory();

    private final ChronicleMap<CharSequence, NativeEntry> map;
    private final NativeEntry entry = new NativeEntry();

    OffHeapCounters(int shard, long entries, int averageKeyBytes) {
        map = ChronicleMapBuilder.of(CharSequence.class, NativeEntry.class)
                .name("counters-" + shard)
                .entries(entries)
                .averageKeySize(averageKeyBytes)
                // keys longer than the average take more room; spare tiers are made when needed
                .maxBloatFactor(4)
                .putReturnsNull(true)
                .removeReturnsNull(true)
                // its own shutdown hook would close the map under a shard that is still draining
                .skipCloseOnExitHook(true)
                .create();
    }

    @Override
    public CounterEntry find(CounterKey key) {
        return map.getUsing(key, entry);
    }

    @Override
    public CounterEntry create(CounterKey key) {
        try {
            map.acquireUsing(key, entry);
        } catch (IllegalStateException full) {
            return null;
        }
        entry.set(0, 0, 0, 0);
        return entry;
    }

    /** Its address: a Chronicle Map moves an entry only when its size changes, which never does. */
    @Override
    public long placeOf(CounterEntry stored) {
        return ((NativeEntry) stored).address;
    }

    @Override
    public CounterEntry at(long place) {
        entry.address = place;
        return entry;
    }

    @Override
    public boolean contains(CounterKey key) {
        return map.containsKey(key);
    }

    @Override
    public void remove(CounterKey key) {
        map.remove(key);
    }

    @Override
    public void each(Visitor visitor) {
        CounterKey key = new CounterKey();
        map.forEachEntry(stored ->
                visitor.visit(key.of(stored.key().get()), stored.value().getUsing(entry)));
    }

    @Override
    public long size() {
        return map.longSize();
    }

    @Override
    public long offHeapBytes() {
        return map.offHeapMemoryUsed();
    }

    @Override
    public void close() {
        map.close();
    }

    /**
     * A counter where it lies in the map.
     *
     * <pre>
     * +----------------+----------------+----------------+----------------+
     * |  0 total       |  8 events      | 16 first_at us | 24 last_at us  |
     * +----------------+----------------+----------------+----------------+
     * </pre>
     *
     * Threading: the shard's thread.
     */
    static final class NativeEntry implements Byteable, CounterEntry {

        private static final int TOTAL = 0;
        private static final int EVENTS = 8;
        private static final int FIRST_AT = 16;
        private static final int LAST_AT = 24;
        private static final int SIZE = 32;

        private BytesStore<?, ?> memory;
        private long at;
        /** The same as an address: memory is somewhere else by the next look-up. */
        private long address;

        /** For Chronicle Map, which makes instances of its own. */
        public NativeEntry() {
        }

        @Override
        @SuppressWarnings("rawtypes")
        public void bytesStore(BytesStore store, long offset, long length) {
            assert length >= SIZE;
            memory = store;
            at = offset;
            address = store.addressForRead(offset);
        }

        @Override
        public BytesStore<?, ?> bytesStore() {
            return memory;
        }

        @Override
        public long offset() {
            return at;
        }

        @Override
        public long maxSize() {
            return SIZE;
        }

        @Override
        public long total() {
            return MEMORY.readLong(address + TOTAL);
        }

        @Override
        public long events() {
            return MEMORY.readLong(address + EVENTS);
        }

        @Override
        public long firstAtMicros() {
            return MEMORY.readLong(address + FIRST_AT);
        }

        @Override
        public long lastAtMicros() {
            return MEMORY.readLong(address + LAST_AT);
        }

        @Override
        public void set(long total, long events, long firstAtMicros, long lastAtMicros) {
            MEMORY.writeLong(address + TOTAL, total);
            MEMORY.writeLong(address + EVENTS, events);
            MEMORY.writeLong(address + FIRST_AT, firstAtMicros);
            MEMORY.writeLong(address + LAST_AT, lastAtMicros);
        }
    }
}
