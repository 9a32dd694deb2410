package io.ringtally.persist;

import java.util.List;

/**
 * A message that lacks something of its app's lifecycle.
 *
 * @param messageId its id
 * @param openedAtMicros when Postgres first had an event of it, by its own clock; microseconds
 *     since the epoch
 * @param missing the events it lacks, in the order of the lifecycle
 */
public record StuckMessage(String messageId, long openedAtMicros, List<String> missing) {
}
