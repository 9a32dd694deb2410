package io.ringtally.ring;

import io.ringtally.event.EventBatch;
import io.ringtally.event.EventDraft;
import io.ringtally.journal.LogPosition;
import io.ringtally.tally.CounterSnapshot;
import io.ringtally.tally.Lookup;
import io.ringtally.tally.TallySettings;
import io.ringtally.tally.TallyShard;
import io.ringtally.time.SystemClock;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The real ring with its stages inside the test's process, without HTTP and without a flusher:
 * events go in one by one, the test makes the cuts.
 *
 * <p>Threading: one test thread.
 */
public final class RunningRing implements AutoCloseable {

    public static final long HASH_SEED = 4711;

    private static final RingSettings SETTINGS = new RingSettings(1024, 1024, 1_000);

    private final AdmissionGate gate = new AdmissionGate();
    private final AtomicReference<Throwable> died = new AtomicReference<>();
    private final EventBatch batch = new EventBatch(HASH_SEED);
    private final EventDraft draft = new EventDraft();
    private final Ring ring;

    private RunningRing(int shards, RingParts.ShardMaker maker) {
        TallySettings tally = new TallySettings(shards, 100_000, SETTINGS.eventsMax(), 48, 1_000_000);
        ring = new Ring(new RingParts(SETTINGS, tally, HASH_SEED, new SystemClock(), maker), gate,
                cause -> died.compareAndSet(null, cause));
    }

    /** A ring with the usual shards, not started: counters may still be loaded. */
    public static RunningRing ofShards(int shards) {
        return new RunningRing(shards, TallyShard::offHeap);
    }

    /** A ring with shards of the test's own making, not started. */
    public static RunningRing ofShards(int shards, RingParts.ShardMaker maker) {
        return new RunningRing(shards, maker);
    }

    /** Starts the stages and opens the gate. */
    public RunningRing startAt(LogPosition checkpoint) {
        ring.start(checkpoint);
        gate.open();
        return this;
    }

    public Ring ring() {
        return ring;
    }

    public AdmissionGate gate() {
        return gate;
    }

    /** What a stage died of, or null. */
    public Throwable diedOf() {
        return died.get();
    }

    /** Offers an increment of {@code key}. */
    public Admission add(String key, long value) {
        return add("", key, "increment", value, 1_000_000);
    }

    /** Offers one event. */
    public Admission add(String app, String message, String event, long value,
            long createdAtMicros) {
        byte[] appBytes = utf8(app);
        byte[] messageBytes = utf8(message);
        byte[] eventBytes = utf8(event);
        batch.begin(createdAtMicros);
        batch.accept(draft.clear().app(appBytes, 0, appBytes.length)
                .message(messageBytes, 0, messageBytes.length)
                .event(eventBytes, 0, eventBytes.length)
                .value(value).createdAt(createdAtMicros));
        return ring.intake().offer(batch);
    }

    /** Offers an increment of {@code key} that has an id. */
    public Admission addOnce(String key, long value, String id, long acceptedAtMicros) {
        byte[] keyBytes = utf8(key);
        byte[] idBytes = utf8(id);
        batch.begin(acceptedAtMicros);
        batch.accept(draft.clear().message(keyBytes, 0, keyBytes.length).value(value)
                .id(idBytes, 0, idBytes.length));
        return ring.intake().offer(batch);
    }

    /** Reads the increments of {@code key} from memory, as a GET does; null if there are none. */
    public CounterSnapshot read(String key) throws Exception {
        CompletableFuture<Lookup> answer = new CompletableFuture<>();
        if (!ring.reads().counter(new byte[0], utf8(key), utf8("increment"), answer::complete)) {
            throw new AssertionError("too many reads wait");
        }
        Lookup found = answer.get(10, TimeUnit.SECONDS);
        return switch (found.outcome()) {
            case FOUND -> found.counters().get(0);
            case ABSENT -> null;
            case NOT_IN_MEMORY -> throw new AssertionError(key + " is not in memory");
        };
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            if (ring.stop(5_000)) {
                ring.close();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
