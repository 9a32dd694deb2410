package io.ringtally.recovery;

import io.ringtally.dedupe.IdTable;
import io.ringtally.persist.StartSnapshot;
import io.ringtally.time.Clock;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the ids of this log's counted events back from Postgres, as far as the window reaches,
 * before anything new is counted.
 *
 * <p>Threading: the starting thread's.
 */
public final class IdRehydration {

    private static final Logger LOG = LoggerFactory.getLogger(IdRehydration.class);

    private final Clock clock;

    public IdRehydration(Clock clock) {
        this.clock = clock;
    }

    /**
     * Reads the ids of the snapshot's log.
     *
     * @throws SQLException if Postgres goes away; reading them again does no harm
     */
    public void run(StartSnapshot snapshot, IdTable ids) throws SQLException {
        long begun = clock.nanoTime();
        ids.expire(clock.epochMicros());
        snapshot.copyIds(ids.restoreFromMicros(), ids::restore);
        LOG.info("{} ids of the last {} s are back in memory after {} ms", ids.held(),
                ids.settings().window().toSeconds(),
                TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - begun));
    }
}
