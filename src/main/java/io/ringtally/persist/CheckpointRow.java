package io.ringtally.persist;

import io.ringtally.journal.LogPosition;
import io.ringtally.tally.Amount;
import java.time.Instant;
import java.util.UUID;

/**
 * A row of {@code ringtally.checkpoint}, for people.
 *
 * <p>Threading: immutable.
 *
 * @param log the log's name
 * @param epoch how often it has been taken over
 * @param position everything up to here is in the counters
 * @param folded events and sum up to there
 * @param updatedAt when the row was changed last, by the database's clock
 */
public record CheckpointRow(UUID log, long epoch, LogPosition position, Amount folded,
        Instant updatedAt) {
}
