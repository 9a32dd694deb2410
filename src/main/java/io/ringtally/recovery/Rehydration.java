package io.ringtally.recovery;

import io.ringtally.persist.CounterRow;
import io.ringtally.persist.StartSnapshot;
import io.ringtally.ring.Ring;
import io.ringtally.tally.CounterKey;
import io.ringtally.time.Clock;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings every counter back from Postgres into the shards, one by one, before anything new is
 * counted.
 *
 * <p>Threading: {@link #run} is the starting thread's; {@link #loaded} and {@link #expected} may be
 * read by any.
 */
public final class Rehydration {

    private static final Logger LOG = LoggerFactory.getLogger(Rehydration.class);

    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Clock clock;
    private final CounterKey key = new CounterKey();
    private long lastProgressNanos;
    private volatile long loaded;
    private volatile long expected;

    public Rehydration(Clock clock) {
        this.clock = clock;
    }

    /** Counters read so far. */
    public long loaded() {
        return loaded;
    }

    /** Counters to be read, by the planner's estimate; 0 if unknown. */
    public long expected() {
        return expected;
    }

    /**
     * Reads all counters of the snapshot into the ring's shards.
     *
     * @throws StoreTooSmallException if they do not fit
     * @throws SQLException if Postgres goes away; the shards are to be thrown away then
     */
    public void run(StartSnapshot snapshot, Ring ring) throws SQLException {
        long begun = clock.nanoTime();
        lastProgressNanos = begun;
        loaded = 0;
        expected = snapshot.estimatedCounters();
        snapshot.copyCounters(row -> load(row, ring));
        long tookMillis = TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - begun);
        LOG.info("{} counters are back in memory after {} ms; the log stands at position {}",
                loaded, tookMillis, snapshot.checkpoint().position());
    }

    private void load(CounterRow row, Ring ring) {
        key.of(row.app(), row.message(), row.event());
        if (!ring.shardOf(row.app(), row.message()).load(key, row.total(), row.events(),
                row.firstAtMicros(), row.lastAtMicros())) {
            throw new StoreTooSmallException(loaded);
        }
        // one writer: no increment is lost
        long count = loaded + 1;
        loaded = count;
        if ((count & 0xffff) == 0 && clock.nanoTime() - lastProgressNanos > PROGRESS_NANOS) {
            lastProgressNanos = clock.nanoTime();
            LOG.info("rehydrating: {} counters of about {}", count, Math.max(count, expected));
        }
    }

    /** Postgres holds more counters than memory was given. */
    public static final class StoreTooSmallException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        StoreTooSmallException(long loaded) {
            super("the store is full after " + loaded + " counters and Postgres holds more:"
                    + " raise store.max-counters (or store.average-key-bytes, if ids are long)"
                    + " and start again");
        }
    }
}
