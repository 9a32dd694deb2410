package io.ringtally.ring;

/**
 * The bells of all stages that follow the ring.
 *
 * <p>Threading: rung by any thread; hung by the flusher's. Who still rings the bells from before
 * wakes nobody: the new stages look by themselves before they sleep, and do not sleep longer than
 * their pace.
 */
final class Bells {

    private final Doorbell journal = new Doorbell();
    private volatile Doorbell[] all = {journal};

    /** The journal's, which stays. */
    Doorbell journal() {
        return journal;
    }

    /** Makes bells for so many shards; nobody hears them yet. */
    static Doorbell[] make(int shards) {
        Doorbell[] bells = new Doorbell[shards];
        for (int i = 0; i < shards; i++) {
            bells[i] = new Doorbell();
        }
        return bells;
    }

    /** Replaces the shards' bells. */
    void hang(Doorbell[] shards) {
        Doorbell[] replaced = new Doorbell[shards.length + 1];
        System.arraycopy(shards, 0, replaced, 0, shards.length);
        replaced[shards.length] = journal;
        all = replaced;
    }

    /** Wakes whoever wanted to be woken for that sequence. */
    void published(long sequence) {
        for (Doorbell bell : all) {
            bell.published(sequence);
        }
    }

    /** Wakes everybody. */
    void ring() {
        for (Doorbell bell : all) {
            bell.ring();
        }
    }
}
