package io.ringtally.ring;

/**
 * What a stage tells the rest of the service, and asks of it.
 *
 * <p>Threading: called on the stage's thread; must not block.
 */
interface StageListener {

    /** How long the stage may sleep now. */
    StagePace pace();

    /** A batch up to {@code sequence} has been applied and its gauges published. */
    void batchApplied(int shard, long sequence);

    /** The shard hands over this many changed counters at a CUT. */
    void frozen(long counters);

    /** The stage's thread ends by an exception; nothing more will be applied. */
    void stageDied(int shard, Throwable cause);

    /** The journal's thread ends by an exception; nothing more will be written. */
    void journalDied(Throwable cause);
}
