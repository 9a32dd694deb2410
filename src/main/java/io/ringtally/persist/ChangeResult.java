package io.ringtally.persist;

import io.ringtally.event.Change;
import io.ringtally.tally.CounterBase;
import io.ringtally.tally.CounterSnapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * What Postgres has made of a change.
 *
 * <p>Threading: immutable.
 *
 * @param before the rows it concerned, as they were; empty if there was none
 * @param after the row there is now, or null
 */
public record ChangeResult(Change change, Outcome outcome, List<CounterSnapshot> before,
        CounterSnapshot after) {

    /** What became of it. */
    public enum Outcome {
        /** It was done on what was there. */
        DONE("done"),
        /** The counter was not there and was made. */
        MADE("made"),
        /** There was nothing to remove. */
        NOTHING_THERE("nothing-there"),
        /** Its condition did not hold; nothing was changed. */
        CONDITION_FAILED("condition-failed"),
        /** Postgres does not take its data; nothing was changed. */
        REFUSED("refused");

        final String word;

        Outcome(String word) {
            this.word = word;
        }
    }

    /** Whether rows were changed. */
    boolean isDone() {
        return outcome == Outcome.DONE || outcome == Outcome.MADE;
    }

    /** What memory is to go on from. */
    public List<CounterBase> bases() {
        List<CounterBase> bases = new ArrayList<>();
        boolean one = change.kind() == Change.Kind.SET || change.kind() == Change.Kind.REMOVE;
        if (outcome == Outcome.REFUSED) {
            return bases;
        }
        if (one) {
            // also where nothing was done: other instances count in this row, and it was looked at
            bases.add(new CounterBase(change.appId(), change.messageId(), change.event(), after));
        } else if (isDone()) {
            before.forEach(row -> bases.add(new CounterBase(row.appId(), row.messageId(),
                    row.event(), null)));
        }
        return bases;
    }
}
