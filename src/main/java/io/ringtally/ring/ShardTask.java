package io.ringtally.ring;

import io.ringtally.tally.TallyShard;

/**
 * Something to be done by a shard's own thread once it has applied everything up to a sequence.
 *
 * <p>Threading: made by any thread, run by the shard's.
 */
interface ShardTask {

    /** The ring sequence that must have been applied. */
    long afterSequence();

    /** How much of the reads that may wait it is, at least 1. */
    int weight();

    /** Goes to whoever owns its messages now: its shard has ended before it could run. */
    void moveTo(ShardTeam team);

    /** Runs on the shard's thread. */
    void run(TallyShard shard);
}
