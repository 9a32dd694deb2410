package io.ringtally.tally;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Messages of an app, by their 64-bit hashes, each with the number of its counters;
 * 16 to 32 bytes of heap a message. Two messages of one hash are taken for one: with a million of
 * them that happens in one of 40 million logs.
 *
 * <p>Threading: one thread at a time changes it, any may ask {@link #has}.
 *
 * <p>Ordering: a hash is written before its counters (release), and read after them (acquire); a
 * place keeps its hash for as long as its table lives.
 */
final class MessageIndex {

    private static final VarHandle COUNTERS =
            MethodHandles.arrayElementVarHandle(int[].class);

    private static final int FIRST_PLACES = 8;
    /** A place that has no counter any more. */
    private static final int GONE = -1;

    private volatile Table table = new Table(FIRST_PLACES);

    private static final class Table {

        private final long[] hashes;
        /** How many each message has; 0 where no message ever was. */
        private final int[] counters;
        /** Places that have a hash. */
        private int taken;

        Table(int places) {
            hashes = new long[places];
            counters = new int[places];
        }

        /** The place of a hash, or the free one where it would go. */
        int placeOf(long hash) {
            int mask = hashes.length - 1;
            int place = (int) hash & mask;
            while ((int) COUNTERS.getAcquire(counters, place) != 0 && hashes[place] != hash) {
                place = place + 1 & mask;
            }
            return place;
        }

        void put(int place, long hash, int count) {
            if (counters[place] == 0) {
                hashes[place] = hash;
                taken++;
            }
            COUNTERS.setRelease(counters, place, count);
        }
    }

    /** Whether the message has a counter. */
    boolean has(long hash) {
        Table now = table;
        return (int) COUNTERS.getAcquire(now.counters, now.placeOf(hash)) > 0;
    }

    /** Notes a counter; true if it is the message's first. */
    boolean add(long hash) {
        Table now = roomy();
        int place = now.placeOf(hash);
        int before = Math.max(0, now.counters[place]);
        now.put(place, hash, before + 1);
        return before == 0;
    }

    /** Forgets a counter; true if it was the message's last. */
    boolean remove(long hash) {
        Table now = table;
        int place = now.placeOf(hash);
        int before = now.counters[place];
        if (before > 0) {
            now.put(place, hash, before == 1 ? GONE : before - 1);
        }
        return before == 1;
    }

    /** A table with a free place in two; messages that are gone leave with the old one. */
    private Table roomy() {
        Table old = table;
        if (2 * old.taken < old.hashes.length) {
            return old;
        }
        int living = 0;
        for (int count : old.counters) {
            living += count > 0 ? 1 : 0;
        }
        int places = old.hashes.length;
        Table next = new Table(4 * living < places ? places : 2 * places);
        for (int place = 0; place < places; place++) {
            if (old.counters[place] > 0) {
                next.put(next.placeOf(old.hashes[place]), old.hashes[place],
                        old.counters[place]);
            }
        }
        table = next;
        return next;
    }
}
