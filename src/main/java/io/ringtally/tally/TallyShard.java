package io.ringtally.tally;

import io.ringtally.dedupe.EventIdentity;
import io.ringtally.event.EventCursor;
import io.ringtally.event.EventHash;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One slice of the tally: the counters whose messages hash here, and what changed since the last
 * cut. Events are first collapsed per counter, then settled: the store is touched once per counter
 * of a batch.
 *
 * <p>Overflow is decided per event in log order with exact arithmetic: an event that would push its
 * total beyond 64 bits becomes a dead letter, the next one is judged on its own.
 *
 * <p>Threading: everything belongs to the shard's thread (before it starts: to the thread that
 * rehydrates), except {@link #knows} and the gauges, which any thread may read; the gauges are as
 * old as the shard's last batch.
 */
public final class TallyShard implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TallyShard.class);

    /** Counters a failing store may leave without a base before new ones are refused. */
    private static final int WITHOUT_BASE_MAX = 1_000;

    private final int number;
    private final int shards;
    private final CounterStore store;
    private final CollapseTable collapsed = new CollapseTable();
    private final CounterKey key = new CounterKey();
    private final EventNames names = new EventNames();
    /** Counters the store had no room for: their base is in Postgres only. */
    private final Set<String> withoutBase = new HashSet<>();
    private final EventCursor settling;

    private EventIdentity identity = new EventIdentity(0);
    private ChangeSet changes = new ChangeSet();
    private ChangeSet spare = new ChangeSet();
    private boolean storeRefused;
    private long counters;
    private long appliedEvents;
    private long oldestChangeNanos;

    private volatile ShardGauges gauges = ShardGauges.EMPTY;

    TallyShard(int number, int shards, CounterStore store, ByteBuffer ringMemory) {
        this.number = number;
        this.shards = shards;
        this.store = store;
        this.settling = new EventCursor(ringMemory);
    }

    /** A shard whose counters lie off-heap and whose events lie in {@code ringMemory}. */
    public static TallyShard offHeap(int number, TallySettings settings, ByteBuffer ringMemory) {
        return offHeap(number, settings, ringMemory, null);
    }

    /** The same, whose messages are counted for their apps' quotas; null for none. */
    public static TallyShard offHeap(int number, TallySettings settings, ByteBuffer ringMemory,
            MessageQuotas quotas) {
        CounterStore store = new OffHeapCounters(number, settings.entriesPerShard(),
                settings.averageKeyBytes());
        return new TallyShard(number, settings.shards(), quotas == null ? store
                : new QuotaCounters(store, quotas), ringMemory);
    }

    public int number() {
        return number;
    }

    /** Sets how events with ids are told apart: before the shard starts. */
    public void identifyBy(EventIdentity ofLog) {
        identity = ofLog;
    }

    /** Whether an event belongs to this shard. */
    public boolean owns(EventCursor event) {
        return EventHash.shardOf(event.sliceHash(), shards) == number;
    }

    /** Whether as many more events can be collapsed before the next {@link #settle}. */
    public boolean hasRoomFor(int events) {
        return collapsed.hasRoomFor(events);
    }

    /** Takes an event of this shard in; its bytes stay in the ring until the batch is settled. */
    public void collapse(EventCursor event, long position) {
        if (event.idLength() > 0) {
            changes.ids().add(event, identity, position);
        }
        collapsed.add(event, position);
        changes.accepted(event.value());
        appliedEvents++;
    }

    /** As many of the events taken in since the last cut were accepted at this time. */
    public void acceptedAt(long micros, int events) {
        changes.acceptTimes().add(micros, events);
    }

    /**
     * Gives up on an event that could not even be read.
     *
     * @param position the log position of its slot
     */
    public void reject(long position, RuntimeException reason) {
        changes.accepted(0);
        changes.add(DeadLetter.unreadable(position, reason));
        appliedEvents++;
    }

    /**
     * Applies what was collapsed, key by key, to the store and to the changes.
     *
     * @param walk the events of the batch, for the rare counter that must be applied one by one
     */
    public void settle(EventWalk walk) {
        for (int entry = 0; entry < collapsed.size(); entry++) {
            if (entry % ChangeSet.WARM_MAX == 0 && changes.isCold()) {
                changes.warm(collapsed.hash, entry,
                        Math.min(collapsed.size(), entry + ChangeSet.WARM_MAX), store);
            }
            key.of(settling.at(collapsed.address[entry]));
            settleOne(entry, walk);
        }
        collapsed.clear();
    }

    private void settleOne(int entry, EventWalk walk) {
        long keyHash = collapsed.hash[entry];
        int change = changes.find(key, keyHash);
        CounterEntry counter = baseOf(change);
        if (!collapsed.fitsInAnyOrder(entry, counter == null ? 0 : counter.total())) {
            settleOneByOne(entry, counter, walk);
            return;
        }
        if (change < 0) {
            change = changes.insert(key, keyHash);
        }
        changes.add(change, collapsed, entry);
        if (counter != null) {
            changes.place(change, store.placeOf(counter));
            counter.count(counter.total() + collapsed.sum[entry], collapsed.events[entry],
                    collapsed.firstAt[entry], collapsed.lastAt[entry]);
        }
    }

    /** The entry of the key at hand, which has this change or, below 0, none: looked up once. */
    private CounterEntry baseOf(int change) {
        long place = change < 0 || !withoutBase.isEmpty() ? 0 : changes.place(change);
        return place == 0 ? baseOf(key) : store.at(place);
    }

    /** The store's entry, made if need be; null if the store cannot tell this counter's base. */
    private CounterEntry baseOf(CounterKey of) {
        if (lacksBase(of)) {
            return null;
        }
        try {
            CounterEntry counter = store.find(of);
            if (counter != null) {
                return counter;
            }
            counter = store.create(of);
            if (counter != null) {
                counters++;
                names.note(of);
                return counter;
            }
            storeRefused = true;
        } catch (RuntimeException failing) {
            // whatever the store's trouble is, the change is kept and Postgres adds it
            if (withoutBase.isEmpty()) {
                LOG.error("shard {} cannot hold a counter; its changes reach Postgres all the same",
                        number, failing);
            }
        }
        giveUpBase(of);
        return null;
    }

    /** Memory cannot tell this counter any more; a few such are no reason to refuse new ones. */
    public void giveUpBase(CounterKey of) {
        withoutBase.add(of.toString());
        storeRefused |= withoutBase.size() > WITHOUT_BASE_MAX;
    }

    private boolean lacksBase(CounterKey of) {
        return !withoutBase.isEmpty() && withoutBase.contains(of.toString());
    }

    private void settleOneByOne(int entry, CounterEntry counter, EventWalk walk) {
        long keyHash = collapsed.hash[entry];
        OneByOne events = new OneByOne(collapsed.address[entry], key, counter, changes,
                () -> changes.entryOf(key, keyHash));
        walk.each(events);
        events.settle();
    }

    /** Ends the span of changes and begins the next one; everything collapsed is settled. */
    public ChangeSet freeze() {
        assert collapsed.size() == 0 : "a cut splits the batch: settle first";
        assert spare.pending() == 0 && spare.acceptedEvents() == 0 : "at most one frozen cut";
        ChangeSet frozen = changes;
        changes = spare;
        spare = frozen;
        oldestChangeNanos = 0;
        return frozen;
    }

    /**
     * Shows the shard's state to other threads.
     *
     * @param nowNanos monotonic time; the age of the oldest change counts from the first batch
     *     after a cut
     */
    public void publishGauges(long nowNanos) {
        if (changes.acceptedEvents() > 0 && oldestChangeNanos == 0) {
            oldestChangeNanos = nowNanos == 0 ? 1 : nowNanos;
        }
        gauges = new ShardGauges(changes.acceptedEvents(), changes.pending(), oldestChangeNanos,
                counters, storeRefused, appliedEvents, store.offHeapBytes());
    }

    /** The shard's state after its last batch. */
    public ShardGauges gauges() {
        return gauges;
    }

    /** Whether the store has a counter; for the edge, when new ones are being refused. */
    public boolean knows(CounterKey asked) {
        return store.contains(asked);
    }

    /**
     * Sets a counter to what Postgres holds, before the shard starts; again if it must be.
     *
     * @return false if the store is full
     */
    public boolean load(CounterKey loaded, long total, long events, long firstAt, long lastAt) {
        CounterEntry counter = store.create(loaded);
        if (counter == null) {
            return false;
        }
        counter.set(total, events, firstAt, lastAt);
        names.note(loaded);
        return true;
    }

    CounterStore store() {
        return store;
    }

    /** Counters the store had no room for, in the form that it keeps. */
    Set<String> withoutBase() {
        return withoutBase;
    }

    /** Events applied by this shard, those since the gauges were shown too. */
    public long appliedEvents() {
        return appliedEvents;
    }

    /** Loading is over; it may have been begun more than once, so the store is asked. */
    public void loaded() {
        counters = store.size();
    }

    /**
     * Takes over what the row of a counter holds, which is not what was counted here, plus what has
     * been counted here since. Where that cannot be told, Postgres alone knows the counter from now
     * on.
     *
     * @param hashSeed the log's seed
     */
    public void rebase(CounterBase base, long hashSeed) {
        CounterKey of = new CounterKey().of(base.app(), base.message(), base.event());
        long slice = EventHash.sliceOf(base.app(), base.message(), hashSeed);
        try {
            if (!rebased(of, EventHash.keyOf(slice, base.event()), base.row())) {
                giveUpBase(of);
            }
        } catch (RuntimeException failing) {
            LOG.error("shard {} cannot correct a counter by what Postgres holds", number, failing);
            giveUpBase(of);
        }
    }

    /** False if the change waiting takes the row beyond 64 bits as well. */
    private boolean rebased(CounterKey of, long keyHash, CounterSnapshot row) {
        CounterEntry counter = row == null ? store.find(of) : baseOf(of);
        if (counter == null) {
            return true;
        }
        long total = row == null ? 0 : row.total();
        long events = row == null ? 0 : row.events();
        long firstAt = row == null ? Long.MAX_VALUE : row.firstAtMicros();
        long lastAt = row == null ? Long.MIN_VALUE : row.lastAtMicros();
        int entry = changes.find(of, keyHash);
        if (entry >= 0) {
            BigInteger exact = changes.delta(entry).add(BigInteger.valueOf(total));
            if (exact.bitLength() > 63) {
                return false;
            }
            total = exact.longValue();
            events += changes.events(entry);
            firstAt = Math.min(firstAt, changes.firstAt(entry));
            lastAt = Math.max(lastAt, changes.lastAt(entry));
        }
        if (events == 0) {
            store.remove(of);
            if (entry >= 0) {
                changes.place(entry, 0);
            }
            counters--;
            storeRefused = withoutBase.size() > WITHOUT_BASE_MAX; // there is room again
        } else {
            counter.set(total, events, firstAt, lastAt);
        }
        return true;
    }

    /** Reads one counter. */
    public Lookup counter(byte[] app, byte[] message, byte[] event) {
        key.of(app, message, event);
        if (lacksBase(key)) {
            return Lookup.NOT_IN_MEMORY;
        }
        CounterEntry counter = store.find(key);
        return counter == null ? Lookup.ABSENT
                : Lookup.found(List.of(CounterSnapshot.of(key, counter)));
    }

    /** Reads all counters of a message, in the order of their first events. */
    public Lookup message(byte[] app, byte[] message) {
        List<byte[]> known = names.of(new String(app, StandardCharsets.UTF_8));
        if (known == null || !withoutBase.isEmpty()) {
            return Lookup.NOT_IN_MEMORY;
        }
        List<CounterSnapshot> found = new ArrayList<>();
        for (byte[] event : known) {
            CounterEntry counter = store.find(key.of(app, message, event));
            if (counter != null) {
                found.add(CounterSnapshot.of(key, counter));
            }
        }
        if (found.isEmpty()) {
            return Lookup.ABSENT;
        }
        found.sort(CounterSnapshot.BY_TIME);
        return Lookup.found(found);
    }

    /** Gives the off-heap memory back; the shard's thread has ended. */
    @Override
    public void close() {
        store.close();
    }
}
