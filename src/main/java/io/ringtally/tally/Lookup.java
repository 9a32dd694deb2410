package io.ringtally.tally;

import java.util.List;

/**
 * The answer of the tally to a read.
 *
 * @param outcome whether the tally can tell
 * @param counters what was found; empty unless {@link Outcome#FOUND}
 */
public record Lookup(Outcome outcome, List<CounterSnapshot> counters) {

    /** Whether the tally can tell. */
    public enum Outcome {
        /** Everything asked for is in {@code counters}. */
        FOUND,
        /** There is no such counter. */
        ABSENT,
        /** Memory does not hold the answer; Postgres does. */
        NOT_IN_MEMORY
    }

    static final Lookup ABSENT = new Lookup(Outcome.ABSENT, List.of());
    static final Lookup NOT_IN_MEMORY = new Lookup(Outcome.NOT_IN_MEMORY, List.of());

    static Lookup found(List<CounterSnapshot> counters) {
        return new Lookup(Outcome.FOUND, List.copyOf(counters));
    }
}
