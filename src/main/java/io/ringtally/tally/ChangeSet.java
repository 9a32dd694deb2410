package io.ringtally.tally;

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
    private static final int CHUNK_BITS = 18;
    private static final int CHUNK_BYTES = 1 << CHUNK_BITS;

    private int[] index;
    private long[] hash;
    /** Where the key lies: chunk number, then offset; {@code app 0 message 0 event}. */
    private long[] keyAt;
    /** Lengths of the key: all of it, its app, its message. */
    private int[] keyLengths;
    private long[] deltaHigh;
    private long[] deltaLow;
    private long[] events;
    private long[] firstAt;
    private long[] lastAt;
    private long[] firstPosition;
    private long[] lastPosition;
    private int size;

    private final List<byte[]> chunks = new ArrayList<>();
    private int chunksUsed;
    private int chunkFill = CHUNK_BYTES;

    private final List<DeadLetter> deadLetters = new ArrayList<>();
    private final AcceptedIds ids = new AcceptedIds();
    private final Sum128 acceptedSum = new Sum128();
    private long acceptedEvents;

    ChangeSet() {
        allocate(INITIAL_ENTRIES);
    }

    private void allocate(int entries) {
        index = new int[2 * entries];
        hash = new long[entries];
        keyAt = new long[entries];
        keyLengths = new int[entries];
        deltaHigh = new long[entries];
        deltaLow = new long[entries];
        events = new long[entries];
        firstAt = new long[entries];
        lastAt = new long[entries];
        firstPosition = new long[entries];
        lastPosition = new long[entries];
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

    /** The entry of a key whose hash is not at hand, or -1: a search through all, for rare use. */
    int find(CounterKey key) {
        for (int entry = 0; entry < size; entry++) {
            if (sameKey(entry, key)) {
                return entry;
            }
        }
        return -1;
    }

    private int find(CounterKey key, long keyHash) {
        int mask = index.length - 1;
        for (int place = (int) keyHash & mask; index[place] != 0; place = (place + 1) & mask) {
            int entry = index[place] - 1;
            if (hash[entry] == keyHash && sameKey(entry, key)) {
                return entry;
            }
        }
        return -1;
    }

    private boolean sameKey(int entry, CounterKey key) {
        int length = keyLengths[entry] & 0xffff;
        int at = (int) keyAt[entry] & (CHUNK_BYTES - 1);
        byte[] chunk = chunks.get((int) (keyAt[entry] >>> CHUNK_BITS));
        return Arrays.equals(chunk, at, at + length, key.bytes, 0, key.length);
    }

    private int insert(CounterKey key, long keyHash) {
        if (size == hash.length) {
            grow();
        }
        int entry = size++;
        hash[entry] = keyHash;
        keyAt[entry] = store(key);
        keyLengths[entry] = key.length | key.appLength << 16 | key.messageLength << 24;
        deltaHigh[entry] = 0;
        deltaLow[entry] = 0;
        events[entry] = 0;
        firstAt[entry] = Long.MAX_VALUE;
        lastAt[entry] = Long.MIN_VALUE;
        firstPosition[entry] = Long.MAX_VALUE;
        lastPosition[entry] = Long.MIN_VALUE;
        enter(entry);
        return entry;
    }

    private void enter(int entry) {
        int mask = index.length - 1;
        int place = (int) hash[entry] & mask;
        while (index[place] != 0) {
            place = (place + 1) & mask;
        }
        index[place] = entry + 1;
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
        int entries = hash.length * 2;
        hash = Arrays.copyOf(hash, entries);
        keyAt = Arrays.copyOf(keyAt, entries);
        keyLengths = Arrays.copyOf(keyLengths, entries);
        deltaHigh = Arrays.copyOf(deltaHigh, entries);
        deltaLow = Arrays.copyOf(deltaLow, entries);
        events = Arrays.copyOf(events, entries);
        firstAt = Arrays.copyOf(firstAt, entries);
        lastAt = Arrays.copyOf(lastAt, entries);
        firstPosition = Arrays.copyOf(firstPosition, entries);
        lastPosition = Arrays.copyOf(lastPosition, entries);
        index = new int[2 * entries];
        for (int entry = 0; entry < size; entry++) {
            enter(entry);
        }
    }

    /** Adds what a collapsed entry holds to a change. */
    void add(int entry, CollapseTable from, int fromEntry) {
        addValue(entry, from.sum[fromEntry]);
        events[entry] += from.events[fromEntry];
        widen(entry, from.firstAt[fromEntry], from.lastAt[fromEntry]);
        locate(entry, from.firstPosition[fromEntry], from.lastPosition[fromEntry]);
    }

    /** Adds a single event to a change. */
    void add(int entry, long value, long createdAtMicros, long position) {
        addValue(entry, value);
        events[entry]++;
        widen(entry, createdAtMicros, createdAtMicros);
        locate(entry, position, position);
    }

    private void addValue(int entry, long value) {
        long sum = deltaLow[entry] + value;
        deltaHigh[entry] += Sum128.highAfterAdding(value, sum);
        deltaLow[entry] = sum;
    }

    private void widen(int entry, long first, long last) {
        firstAt[entry] = Math.min(firstAt[entry], first);
        lastAt[entry] = Math.max(lastAt[entry], last);
    }

    private void locate(int entry, long first, long last) {
        firstPosition[entry] = Math.min(firstPosition[entry], first);
        lastPosition[entry] = Math.max(lastPosition[entry], last);
    }

    void add(DeadLetter letter) {
        deadLetters.add(letter);
    }

    /** Back to empty. Memory beyond the usual is given back. */
    void clear() {
        if (hash.length > KEPT_ENTRIES) {
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

    long acceptedEvents() {
        return acceptedEvents;
    }

    Sum128 acceptedSum() {
        return acceptedSum;
    }

    BigInteger delta(int entry) {
        return Sum128.toBigInteger(deltaHigh[entry], deltaLow[entry]);
    }

    /** Whether the change fits 64 bits. */
    boolean isLong(int entry) {
        return deltaHigh[entry] == deltaLow[entry] >> 63;
    }

    long deltaAsLong(int entry) {
        assert isLong(entry);
        return deltaLow[entry];
    }

    long events(int entry) {
        return events[entry];
    }

    long firstAt(int entry) {
        return firstAt[entry];
    }

    long lastAt(int entry) {
        return lastAt[entry];
    }

    long firstPosition(int entry) {
        return firstPosition[entry];
    }

    long lastPosition(int entry) {
        return lastPosition[entry];
    }

    String app(int entry) {
        return text(entry, 0, appLength(entry));
    }

    String message(int entry) {
        return text(entry, appLength(entry) + 1, messageLength(entry));
    }

    String event(int entry) {
        int from = appLength(entry) + messageLength(entry) + 2;
        return text(entry, from, (keyLengths[entry] & 0xffff) - from);
    }

    private int appLength(int entry) {
        return keyLengths[entry] >>> 16 & 0xff;
    }

    private int messageLength(int entry) {
        return keyLengths[entry] >>> 24;
    }

    private String text(int entry, int from, int length) {
        int at = (int) keyAt[entry] & (CHUNK_BYTES - 1);
        byte[] chunk = chunks.get((int) (keyAt[entry] >>> CHUNK_BITS));
        return new String(chunk, at + from, length, StandardCharsets.UTF_8);
    }

    static int compareKeys(ChangeSet a, int entryA, ChangeSet b, int entryB) {
        int atA = (int) a.keyAt[entryA] & (CHUNK_BYTES - 1);
        int atB = (int) b.keyAt[entryB] & (CHUNK_BYTES - 1);
        return Arrays.compareUnsigned(
                a.chunks.get((int) (a.keyAt[entryA] >>> CHUNK_BITS)), atA,
                atA + (a.keyLengths[entryA] & 0xffff),
                b.chunks.get((int) (b.keyAt[entryB] >>> CHUNK_BITS)), atB,
                atB + (b.keyLengths[entryB] & 0xffff));
    }
}
