package io.ringtally.journal;

/**
 * A way to be wrong about durability; this one is none. The rounds of {@link DurabilityRound} must
 * find every other.
 *
 * <p>Threading: none.
 */
class PlantedBug {

    static final PlantedBug NONE = new PlantedBug();

    /** The disk as the journal sees it. */
    Disk on(Disk disk) {
        return disk;
    }

    /** A recovery begins. */
    void recovering() {
    }

    /** A recovery is over, events are accepted. */
    void accepting() {
    }

    /** The position up to which a flush may go. */
    long flushable(Journal journal) {
        return journal.forced().number();
    }

    /** The position up to which a request is answered as synced. */
    long synced(Journal journal) {
        return journal.forced().number();
    }
}
