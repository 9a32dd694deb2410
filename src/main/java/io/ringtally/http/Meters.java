package io.ringtally.http;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The meters of many, bounded in number: those that are full say nothing and are forgotten first;
 * if none is, whoever is new shares one pair with all others who are.
 *
 * <p>Threading: any thread. Now and then one of them looks through all, some milliseconds for a
 * hundred thousand, at most once a second.
 */
final class Meters {

    private static final long SWEEP_NANOS = 1_000_000_000;

    private final LimitSettings.Rates rates;
    private final long burstNanos;
    private final int max;
    private final ConcurrentHashMap<Object, Pair> byName = new ConcurrentHashMap<>();
    private final AtomicLong nextSweepNanos = new AtomicLong();
    private final Pair others;

    /** Requests and events of one; null where there is no limit. */
    record Pair(Meter requests, Meter events) {

        private boolean isFull(long nowNanos) {
            return (requests == null || requests.isFull(nowNanos))
                    && (events == null || events.isFull(nowNanos));
        }
    }

    Meters(LimitSettings.Rates rates, long burstNanos, int max) {
        this.rates = rates;
        this.burstNanos = burstNanos;
        this.max = max;
        this.others = fresh();
    }

    private Pair fresh() {
        return new Pair(rates.requests() == 0 ? null : new Meter(rates.requests(), burstNanos),
                rates.events() == 0 ? null : new Meter(rates.events(), burstNanos));
    }

    /** The meters of that name. */
    Pair of(Object name, long nowNanos) {
        Pair known = byName.get(name);
        if (known != null) {
            return known;
        }
        if (byName.size() >= max) {
            long due = nextSweepNanos.get();
            if (nowNanos >= due && nextSweepNanos.compareAndSet(due, nowNanos + SWEEP_NANOS)) {
                byName.values().removeIf(pair -> pair.isFull(nowNanos));
            }
            if (byName.size() >= max) {
                return others;
            }
        }
        return byName.computeIfAbsent(name, ignored -> fresh());
    }

    int size() {
        return byName.size();
    }
}
