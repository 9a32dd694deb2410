package io.ringtally.client;

import java.time.Instant;

/**
 * A counter as the service has it.
 *
 * @param total sum of the values of its events
 * @param events how many there were
 * @param firstAt least {@code created_at} of them
 * @param lastAt greatest
 */
public record Counter(String appId, String messageId, String name, long total, long events,
        Instant firstAt, Instant lastAt) {
}
