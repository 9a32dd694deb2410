package io.ringtally.admin;

/**
 * What became of a flush that was asked for.
 *
 * <p>Design note: a class with getters, because the MXBeans of JDK 17 do not know records.
 *
 * <p>Threading: immutable.
 */
public final class FlushOutcome {

    private final boolean persisted;
    private final long position;

    FlushOutcome(boolean persisted, long position) {
        this.persisted = persisted;
        this.position = position;
    }

    /** Whether Postgres has everything that had been applied; false when the time was up. */
    public boolean isPersisted() {
        return persisted;
    }

    /** Log position up to which Postgres has everything. */
    public long getPosition() {
        return position;
    }
}
