package io.ringtally.persist;

import java.math.BigInteger;
import java.time.Instant;
import java.util.UUID;

/**
 * A dead letter as it lies in Postgres.
 *
 * @param id its number, greater than those before it
 * @param firstPosition position in {@code log} of its first event
 * @param delta the sum of the values that were not counted
 * @param sqlState what Postgres refused it with; null if a shard did
 * @param key whose counter it is for; null where that cannot be a counter's
 * @param appId for people: bytes that are no text are replaced
 */
public record Letter(long id, UUID log, long firstPosition, long lastPosition, Key key,
        String appId, String messageId, String event, BigInteger delta, long events,
        String sqlState, String reason, Instant createdAt) {

    /** A counter's key in UTF-8. */
    public record Key(byte[] app, byte[] message, byte[] event) {
    }
}
