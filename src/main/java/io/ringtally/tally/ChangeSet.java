package io.ringtally.tally;

import io.ringtally.metrics.AcceptTimes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one shard has counted since a cut: per counter the change of its total (128-bit), the number
 * of events, the bounds of their times and of their log positions; and what could not be counted.
 *
 * <p>A change needs no base value, so it can always be recorded, also for a counter the store has
 * no room for.
 *
 * <p>Threading: written by its shard's thread until the cut that freezes it, then read and finally
 * cleared by the flusher, then the shard's again. The hand-overs are volatile writes in {@code
 * ring}.
 */
public final class ChangeSet {

    private static final int INITIAL_ENTRIES = 1024;
    private static final int KEPT_ENTRIES = 1 << 16;
    /** Hashes to {@link #warm} at a time: what they touch stays in the nearest caches. */
    static final int WARM_MAX = 128;
    /** Up to so many entries the caches have them all, and warming them is a waste. */
    private static final int COLD_FROM = 8_192;

    private static final int CHUNK_BITS = 18;
    private static final int CHUNK_BYTES = 1 << CHUNK_BITS;

    // An entry's fields lie side by side: with many counters each entry is a miss of the cache, and
    // an array for every field would make it one for every field.
    private static final int HASH = 0;
    /** Where the key lies: chunk number, then offset; {@code app 0 message 0 event}. */
    private static final int KEY_AT = 1;
    /** Lengths of the key: all of it, its app, its message. */
    private static final int KEY_LENGTHS = 2;
    private static final int DELTA_HIGH = 3;
    private static final int DELTA_LOW = 4;
    private static final int EVENTS = 5;
    private static final int FIRST_AT = 6;
    private static final int LAST_AT = 7;
    private static final int FIRST_POSITION = 8;
    private static final int LAST_POSITION = 9;
    /** Where the store has the counter, see {@link CounterStore#placeOf}; 0 is unknown. */
    private static final int PLACE = 10;
    private static final int FIELDS = 11;

    /**
     * At the place its hash points to: the lower half of the hash, then the entry's number plus
     * one; 0 is free. With the hash here, other entries on the way are passed without a look.
     */
    private long[] index;
    private long[] fields;
    private int size;

    private final int[] warming = new int[WARM_MAX];
    /** Keeps the compiler from leaving the touching out. */
    private long warmed;

    private final List<byte[]> chunks = new ArrayList<>();
    private int chunksUsed;
    private int chunkFill = CHUNK_BYTES;

    private final List<DeadLetter> deadLetters = new ArrayList<>();
    private final AcceptedIds ids = new AcceptedIds();
    private final AcceptTimes acceptTimes = new AcceptTimes();
    private final Sum128 acceptedSum = new Sum128();
    private long acceptedEvents;

    ChangeSet() {
        allocate(INITIAL_ENTRIES);
    }

    private void allocate(int entries) {
        index = new long[2 * entries];
        fields = new long[FIELDS * entries];
    }

    private int capacity() {
        return index.length / 2;
    }

    private long get(int entry, int field) {
        return fields[FIELDS * entry + field];
    }

    private int keyLength(int entry) {
        return (int) get(entry, KEY_LENGTHS) & 0xffff;
    }

    private byte[] keyChunk(int entry) {
        return chunks.get((int) (get(entry, KEY_AT) >>> CHUNK_BITS));
    }

    private int keyOffset(int entry) {
        return (int) get(entry, KEY_AT) & (CHUNK_BYTES - 1);
    }

    /** Counts an event as accepted, whatever becomes of it: the ledger's side. */
    void accepted(long value) {
        acceptedEvents++;
        acceptedSum.add(value);
    }

    /** The entry of a key, made if it is absent. */
    int entryOf(CounterKey key, long keyHash) {
        int entry = find(key, keyHash);
        return entry >= 0 ? entry : insert(key, keyHash);
    }

    /** The entry of a key, or -1. */
    int find(CounterKey key, long keyHash) {
        int mask = index.length - 1;
        long slot;
        for (int place = (int) keyHash & mask; (slot = index[place]) != 0;
                place = (place + 1) & mask) {
            int entry = (int) slot - 1;
            if ((int) (slot >>> 32) == (int) keyHash && get(entry, HASH) == keyHash
                    && sameKey(entry, key)) {
                return entry;
            }
        }
        return -1;
    }

    /** Whether there are so many entries that looking them up misses the caches. */
    boolean isCold() {
        return size > COLD_FROM;
    }

    /**
     * Touches what looking up these hashes will read, the store's entries too. Each look-up among
     * many counters misses the caches several times, one miss after the other; here those of
     * different hashes overlap.
     */
    void warm(long[] hashes, int from, int to, CounterStore store) {
        int mask = index.length - 1;
        for (int i = from; i < to; i++) {
            warming[i - from] = (int) index[(int) hashes[i] & mask] - 1;
        }
        long seen = 0;
        for (int i = 0; i < to - from; i++) {
            if (warming[i] >= 0) {
                int at = FIELDS * warming[i];
                seen += fields[at + KEY_AT] + fields[at + PLACE];
            }
        }
        for (int i = 0; i < to - from; i++) {
            if (warming[i] >= 0) {
                seen += keyChunk(warming[i])[keyOffset(warming[i])];
                long place = place(warming[i]);
                seen += place == 0 ? 0 : store.at(place).total();
            }
        }
        warmed = seen;
    }

    private boolean sameKey(int entry, CounterKey key) {
        int at = keyOffset(entry);
        return Arrays.equals(keyChunk(entry), at, at + keyLength(entry), key.bytes, 0,
                key.length);
    }

    /** A new entry, of a key that is absent. */
    int insert(CounterKey key, long keyHash) {
        if (size == capacity()) {
            grow();
        }
        int entry = size++;
        int at = FIELDS * entry;
        fields[at + HASH] = keyHash;
        fields[at + KEY_AT] = store(key);
        fields[at + KEY_LENGTHS] = key.length | key.appLength << 16
                | (long) key.messageLength << 24;
        fields[at + DELTA_HIGH] = 0;
        fields[at + DELTA_LOW] = 0;
        fields[at + EVENTS] = 0;
        fields[at + FIRST_AT] = Long.MAX_VALUE;
        fields[at + LAST_AT] = Long.MIN_VALUE;
        fields[at + FIRST_POSITION] = Long.MAX_VALUE;
        fields[at + LAST_POSITION] = Long.MIN_VALUE;
        fields[at + PLACE] = 0;
        enter((int) keyHash, entry);
        return entry;
    }

    private void enter(int hash, int entry) {
        int mask = index.length - 1;
        int place = hash & mask;
        while (index[place] != 0) {
            place = (place + 1) & mask;
        }
        index[place] = (long) hash << 32 | entry + 1;
    }

    private long store(CounterKey key) {
        if (chunkFill + key.length > CHUNK_BYTES) {
            if (chunksUsed == chunks.size()) {
                chunks.add(new byte[CHUNK_BYTES]);
            }
            chunksUsed++;
            chunkFill = 0;
        }
        System.arraycopy(key.bytes, 0, chunks.get(chunksUsed - 1), chunkFill, key.length);
        long at = (long) (chunksUsed - 1) << CHUNK_BITS | chunkFill;
        chunkFill += key.length;
        return at;
    }

    private void grow() {
        int entries = capacity() * 2;
        fields = Arrays.copyOf(fields, FIELDS * entries);
        long[] before = index;
        index = new long[2 * entries];
        for (long slot : before) {
            if (slot != 0) {
                enter((int) (slot >>> 32), (int) slot - 1);
            }
        }
    }

    /** Adds what a collapsed entry holds to a change. */
    void add(int entry, CollapseTable from, int fromEntry) {
        add(entry, from.sum[fromEntry], from.events[fromEntry]);
        widen(entry, from.firstAt[fromEntry], from.lastAt[fromEntry]);
        locate(entry, from.firstPosition[fromEntry], from.lastPosition[fromEntry]);
    }

    /** Adds a single event to a change. */
    void add(int entry, long value, long createdAtMicros, long position) {
        add(entry, value, 1);
        widen(entry, createdAtMicros, createdAtMicros);
        locate(entry, position, position);
    }

    private void add(int entry, long value, long events) {
        int at = FIELDS * entry;
        long sum = fields[at + DELTA_LOW] + value;
        fields[at + DELTA_HIGH] += Sum128.highAfterAdding(value, sum);
        fields[at + DELTA_LOW] = sum;
        fields[at + EVENTS] += events;
    }

    private void widen(int entry, long first, long last) {
        int at = FIELDS * entry;
        fields[at + FIRST_AT] = Math.min(fields[at + FIRST_AT], first);
        fields[at + LAST_AT] = Math.max(fields[at + LAST_AT], last);
    }

    private void locate(int entry, long first, long last) {
        int at = FIELDS * entry;
        fields[at + FIRST_POSITION] = Math.min(fields[at + FIRST_POSITION], first);
        fields[at + LAST_POSITION] = Math.max(fields[at + LAST_POSITION], last);
    }

    void add(DeadLetter letter) {
        deadLetters.add(letter);
    }

    /** Back to empty. Memory beyond the usual is given back. */
    void clear() {
        if (capacity() > KEPT_ENTRIES) {
            allocate(INITIAL_ENTRIES);
        } else if (size > 0) {
            Arrays.fill(index, 0);
        }
        size = 0;
        while (chunks.size() > KEPT_ENTRIES * 64 / CHUNK_BYTES) {
            chunks.remove(chunks.size() - 1);
        }
        chunksUsed = 0;
        chunkFill = CHUNK_BYTES;
        deadLetters.clear();
        ids.clear();
        acceptTimes.clear();
        acceptedSum.clear();
        acceptedEvents = 0;
    }

    /**
     * Changed counters and dead letters: what waits for Postgres. Four ids take the memory of one
     * counter and count as one.
     */
    public int pending() {
        return size + deadLetters.size() + ids.count() / 4;
    }

    AcceptedIds ids() {
        return ids;
    }

    int size() {
        return size;
    }

    List<DeadLetter> deadLetters() {
        return deadLetters;
    }

    /** When its events were accepted; not of replayed ones. */
    AcceptTimes acceptTimes() {
        return acceptTimes;
    }

    long acceptedEvents() {
        return acceptedEvents;
    }

    Sum128 acceptedSum() {
        return acceptedSum;
    }

    BigInteger delta(int entry) {
        return Sum128.toBigInteger(get(entry, DELTA_HIGH), get(entry, DELTA_LOW));
    }

    /** Where the store has the counter, see {@link CounterStore#placeOf}; 0 if unknown. */
    long place(int entry) {
        return get(entry, PLACE);
    }

    void place(int entry, long place) {
        fields[FIELDS * entry + PLACE] = place;
    }

    /** Whether the change fits 64 bits. */
    boolean isLong(int entry) {
        return get(entry, DELTA_HIGH) == get(entry, DELTA_LOW) >> 63;
    }

    long deltaAsLong(int entry) {
        assert isLong(entry);
        return get(entry, DELTA_LOW);
    }

    long events(int entry) {
        return get(entry, EVENTS);
    }

    long firstAt(int entry) {
        return get(entry, FIRST_AT);
    }

    long lastAt(int entry) {
        return get(entry, LAST_AT);
    }

    long firstPosition(int entry) {
        return get(entry, FIRST_POSITION);
    }

    long lastPosition(int entry) {
        return get(entry, LAST_POSITION);
    }

    /** Makes {@code into} the key of a change, and returns it. */
    CounterKey keyOf(int entry, CounterKey into) {
        return into.of(keyChunk(entry), keyOffset(entry), keyLength(entry), appLength(entry),
                messageLength(entry));
    }

    String app(int entry) {
        return text(entry, 0, appLength(entry));
    }

    String message(int entry) {
        return text(entry, appLength(entry) + 1, messageLength(entry));
    }

    String event(int entry) {
        int from = appLength(entry) + messageLength(entry) + 2;
        return text(entry, from, keyLength(entry) - from);
    }

    private int appLength(int entry) {
        return (int) (get(entry, KEY_LENGTHS) >>> 16) & 0xff;
    }

    private int messageLength(int entry) {
        return (int) (get(entry, KEY_LENGTHS) >>> 24);
    }

    private String text(int entry, int from, int length) {
        return new String(keyChunk(entry), keyOffset(entry) + from, length,
                StandardCharsets.UTF_8);
    }

    static int compareKeys(ChangeSet a, int entryA, ChangeSet b, int entryB) {
        int atA = a.keyOffset(entryA);
        int atB = b.keyOffset(entryB);
        return Arrays.compareUnsigned(a.keyChunk(entryA), atA, atA + a.keyLength(entryA),
                b.keyChunk(entryB), atB, atB + b.keyLength(entryB));
    }
}
