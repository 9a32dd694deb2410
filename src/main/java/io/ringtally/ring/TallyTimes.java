package io.ringtally.ring;

import io.ringtally.metrics.LatencyWriter;
import io.ringtally.time.Clock;
import java.util.Arrays;

/**
 * One stage's clock, and how long its events took from their acceptance to the tally: the events of
 * a batch are noted as they are taken, and recorded when all of them are settled, with one look at
 * the clock. A request of many slots is one note.
 *
 * <p>Threading: the stage's.
 */
final class TallyTimes {

    private static final int INITIAL = 256;

    private final Clock clock;
    private final LatencyWriter tallied;
    private long[] acceptedAtMicros = new long[INITIAL];
    private int[] events = new int[INITIAL];
    private int notes;

    TallyTimes(Clock clock, LatencyWriter tallied) {
        this.clock = clock;
        this.tallied = tallied;
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    /** As many events accepted at this time will be settled next. */
    void taken(long atMicros, int count) {
        if (notes > 0 && acceptedAtMicros[notes - 1] == atMicros) {
            events[notes - 1] += count;
            return;
        }
        if (notes == events.length) {
            // at most as many as a batch has slots
            acceptedAtMicros = Arrays.copyOf(acceptedAtMicros, 2 * notes);
            events = Arrays.copyOf(events, 2 * notes);
        }
        acceptedAtMicros[notes] = atMicros;
        events[notes++] = count;
    }

    /** What was taken is settled. */
    void settled() {
        if (notes > 0) {
            long now = clock.epochMicros();
            for (int i = 0; i < notes; i++) {
                tallied.record((now - acceptedAtMicros[i]) * 1_000, events[i]);
            }
            notes = 0;
        }
    }
}
