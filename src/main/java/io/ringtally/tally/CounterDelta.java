package io.ringtally.tally;

import java.math.BigInteger;

/**
 * The change of one counter within a frozen cut; a view on its {@link ChangeSet}.
 *
 * <p>Ordered by the bytes of app, message and event: the same order in every instance, so that two
 * of them never wait for each other's rows in a circle.
 *
 * <p>Threading: the flusher's, while the cut is frozen.
 */
public final class CounterDelta implements Comparable<CounterDelta> {

    private final ChangeSet changes;
    private final int entry;

    CounterDelta(ChangeSet changes, int entry) {
        this.changes = changes;
        this.entry = entry;
    }

    public String appId() {
        return changes.app(entry);
    }

    public String messageId() {
        return changes.message(entry);
    }

    public String event() {
        return changes.event(entry);
    }

    /** Whether the change fits 64 bits; near the limits of a counter it can be one bit longer. */
    public boolean isLong() {
        return changes.isLong(entry);
    }

    /** The change of the total, if {@link #isLong()}. */
    public long deltaAsLong() {
        return changes.deltaAsLong(entry);
    }

    public BigInteger delta() {
        return changes.delta(entry);
    }

    public long events() {
        return changes.events(entry);
    }

    public long firstAtMicros() {
        return changes.firstAt(entry);
    }

    public long lastAtMicros() {
        return changes.lastAt(entry);
    }

    public long firstPosition() {
        return changes.firstPosition(entry);
    }

    public long lastPosition() {
        return changes.lastPosition(entry);
    }

    @Override
    public int compareTo(CounterDelta other) {
        return ChangeSet.compareKeys(changes, entry, other.changes, other.entry);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CounterDelta that && that.changes == changes && that.entry == entry;
    }

    @Override
    public int hashCode() {
        return entry;
    }
}
