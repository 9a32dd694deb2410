package io.ringtally.recovery;

import io.ringtally.persist.CounterRow;
import io.ringtally.persist.StartSnapshot;
import io.ringtally.ring.Ring;
import io.ringtally.tally.CounterKey;
import io.ringtally.time.Clock;
import io.ringtally.time.WorkProgress;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings every counter back from Postgres into the shards, one by one, before anything new is
 * counted.
 *
 * <p>Threading: {@link #run} is the starting thread's; the progress may be read by any.
 */
public final class Rehydration {

    private static final Logger LOG = LoggerFactory.getLogger(Rehydration.class);

    private final Clock clock;
    private final CounterKey key = new CounterKey();
    private final WorkProgress progress;
    private long loaded;

    public Rehydration(Clock clock) {
        this.clock = clock;
        this.progress = new WorkProgress(clock, "reading counters back", "counters");
    }

    /** How many have been read, of as many as the planner estimates. */
    public WorkProgress progress() {
        return progress;
    }

    /**
     * Reads all counters of the snapshot into the ring's shards.
     *
     * @throws StoreTooSmallException if they do not fit
     * @throws SQLException if Postgres goes away; the shards are to be thrown away then
     */
    public void run(StartSnapshot snapshot, Ring ring) throws SQLException {
        long begun = clock.nanoTime();
        loaded = 0;
        progress.begin(snapshot.estimatedCounters());
        try {
            snapshot.copyCounters(row -> load(row, ring));
        } catch (SQLException | StoreTooSmallException failed) {
            progress.trouble(failed.getMessage());
            throw failed;
        } finally {
            progress.done(loaded);
            progress.end();
        }
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
        loaded++;
        if ((loaded & 0xff) == 0) {
            progress.done(loaded);
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
