package io.ringtally.persist;

import io.ringtally.tally.CounterDelta;
import io.ringtally.tally.CounterSnapshot;

/**
 * A change that Postgres refused for its data, and what its row holds instead.
 *
 * @param change the refused change; it is in the dead letters
 * @param row the counter as it is in Postgres, or null if there is none
 */
public record RefusedChange(CounterDelta change, CounterSnapshot row) {
}
