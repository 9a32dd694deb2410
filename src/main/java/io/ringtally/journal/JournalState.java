package io.ringtally.journal;

/**
 * What the journal is doing.
 *
 * <p>Threading: immutable; a look at values that go on changing one by one.
 *
 * @param written position up to which the body is written
 * @param forced position up to which it survives a loss of power
 * @param segments segments that hold something Postgres may not have
 * @param bytes bytes of all segment files
 * @param freeBytes bytes that can be written before another file must be made
 * @param forces forces since the start
 * @param forceMicros time they took together, microseconds
 */
public record JournalState(long written, long forced, int segments, long bytes, long freeBytes,
        long forces, long forceMicros) {
}
