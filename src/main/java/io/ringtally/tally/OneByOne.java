package io.ringtally.tally;

import io.ringtally.event.EventCursor;
import java.util.function.IntSupplier;

/**
 * Adds the events of one counter in log order and sends those that overflow aside.
 *
 * <p>Threading: the shard's thread.
 */
final class OneByOne implements EventWalk.Visitor {

    private final int sameAs;
    private final CounterKey key;
    /** Null if the base is unknown: then Postgres judges. */
    private final CounterEntry counter;
    private final ChangeSet changes;
    private final IntSupplier change;
    private long total;
    private long events;
    private long firstAt = Long.MAX_VALUE;
    private long lastAt = Long.MIN_VALUE;

    /**
     * Begins with nothing.
     *
     * @param sameAs address of an event of the same counter
     * @param change gives the counter's change, made if need be
     */
    OneByOne(int sameAs, CounterKey key, CounterEntry counter, ChangeSet changes,
            IntSupplier change) {
        this.sameAs = sameAs;
        this.key = key;
        this.counter = counter;
        this.changes = changes;
        this.change = change;
        this.total = counter == null ? 0 : counter.total();
    }

    @Override
    public void visit(EventCursor event, long position) {
        if (!event.sameCounterAs(sameAs)) {
            return;
        }
        long value = event.value();
        long sum = total + value;
        if (counter != null && ((total ^ sum) & (value ^ sum)) < 0) {
            changes.add(DeadLetter.overflow(position, key, value, event.createdAtMicros(),
                    total));
            return;
        }
        total = sum;
        events++;
        firstAt = Math.min(firstAt, event.createdAtMicros());
        lastAt = Math.max(lastAt, event.createdAtMicros());
        changes.add(change.getAsInt(), value, event.createdAtMicros(), position);
    }

    /** Tells the counter what was added. */
    void settle() {
        if (counter != null && events > 0) {
            counter.count(total, events, firstAt, lastAt);
        }
    }
}
