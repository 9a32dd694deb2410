package io.ringtally.ring;

/**
 * How long the stages may sleep. Nothing that somebody waits for depends on it (reads and cuts ring
 * the bell); it bounds how old the gauges get and how late a flush threshold is noticed.
 *
 * <p>Threading: called on the stages' threads before each sleep; must not block.
 */
public interface StagePace {

    /** Longest sleep while records come, nanoseconds. */
    long parkNanos();

    /** Slots after which a sleeping stage is woken although the ring has room; at least 1. */
    long slotsUntilWake();
}
