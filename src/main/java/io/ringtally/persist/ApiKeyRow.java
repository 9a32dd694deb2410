package io.ringtally.persist;

import io.ringtally.auth.ApiKey;
import java.time.Instant;

/**
 * A key as Postgres has it.
 *
 * @param revokedAt null while it is in force
 */
public record ApiKeyRow(ApiKey key, Instant createdAt, Instant revokedAt) {
}
