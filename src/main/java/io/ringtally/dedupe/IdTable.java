package io.ringtally.dedupe;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The ids of the events accepted within the window: for each a 128-bit hash, the fingerprint of its
 * body and where in the log it is. An id is reserved before its event is offered to the log, and
 * published or released afterwards; so of any number of requests with one id, one is counted.
 *
 * <p>Nothing within the window is ever evicted: at the limit new ids are refused. An eighth of the
 * window at a time expires as a whole, so an id is known for the window and up to an eighth more.
 *
 * <p>Memory, on the heap: cells of 32 bytes in tables four to six ninths full, so 48 to 72 bytes
 * for each id; {@code IdTableTest} measures it.
 *
 * <p>Time is the server's. A clock that steps back keeps ids longer; one that steps forward by the
 * window forgets them all.
 *
 * <p>Threading: any thread. A stripe's lock is held for a few memory accesses, before a slot is
 * claimed or after it was published, never in between.
 */
public final class IdTable {

    /** Parts of the window that expire one after the other. */
    private static final int PARTS = 8;

    /** Live at a time: those of the window, the one it began in, the one that has just begun. */
    static final int GENERATIONS = PARTS + 2;

    private static final int STRIPE_BITS_MIN = 6;
    /** Ids of a full stripe: its largest table grows within some tens of microseconds. */
    private static final int STRIPE_IDS = 1 << 14;
    private static final int RETRY_SECONDS_MAX = 60;

    private final IdStripe[] stripes;
    private final int stripeShift;
    private final EventIdentity identity;
    private final DedupeSettings settings;
    private final long partMicros;
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong oldest;
    private final AtomicLong reservations = new AtomicLong();
    final LongAdder duplicates = new LongAdder();
    final LongAdder conflicts = new LongAdder();

    /**
     * Creates an empty table.
     *
     * @param nowMicros the server's time
     */
    public IdTable(DedupeSettings settings, EventIdentity identity, long nowMicros) {
        this.settings = settings;
        this.identity = identity;
        this.partMicros = (settings.windowMicros() + PARTS - 1) / PARTS;
        this.oldest = new AtomicLong(oldestAt(nowMicros));
        int bits = Math.max(STRIPE_BITS_MIN,
                Long.SIZE - Long.numberOfLeadingZeros(settings.maxIds() / STRIPE_IDS));
        this.stripeShift = Long.SIZE - bits;
        this.stripes = new IdStripe[1 << bits];
        for (int i = 0; i < stripes.length; i++) {
            stripes[i] = new IdStripe(held, settings.maxIds(), oldest.get());
        }
    }

    /** A new reservation for one thread's requests, one after the other. */
    public Reservation newReservation() {
        return new Reservation(this, reservations.incrementAndGet());
    }

    /** How events of this log are known again. */
    public EventIdentity identity() {
        return identity;
    }

    private long generationOf(long micros) {
        return Math.floorDiv(micros, partMicros);
    }

    private long oldestAt(long nowMicros) {
        return generationOf(nowMicros - settings.windowMicros());
    }

    private IdStripe stripeOf(IdKey key) {
        return stripes[(int) (key.high >>> stripeShift)];
    }

    /** See {@link IdStripe#reserve}. */
    long reserve(IdKey key, long owner, long acceptedAtMicros) {
        return stripeOf(key).reserve(key, owner, generationOf(acceptedAtMicros));
    }

    void publish(IdKey key, long owner, long position, long acceptedAtMicros) {
        stripeOf(key).publish(key, owner, position, generationOf(acceptedAtMicros));
    }

    void release(IdKey key, long owner) {
        stripeOf(key).release(key, owner);
    }

    /**
     * Takes in an id that an earlier run accepted, from Postgres or from the log's tail; what is
     * older than the window is left out. The same one may come more than once. The limit does not
     * hold here: what the window covers is known.
     *
     * @param hashHigh as {@link EventIdentity#high}
     * @param hashLow as {@link EventIdentity#low}
     * @param fingerprint as {@link EventIdentity#fingerprint}
     * @param position the log position of its slot, positive
     * @param acceptedAtMicros when it was accepted, microseconds since the epoch
     */
    public void restore(long hashHigh, long hashLow, long fingerprint, long position,
            long acceptedAtMicros) {
        assert position > 0 : "the log begins at position 1, not at " + position;
        IdKey key = new IdKey().of(hashHigh, hashLow, fingerprint);
        stripeOf(key).restore(key, position, generationOf(acceptedAtMicros));
    }

    /** Forgets what is older than the window; cheap when nothing is. */
    public void expire(long nowMicros) {
        long before = oldest.get();
        long now = oldestAt(nowMicros);
        if (now > before && oldest.compareAndSet(before, now)) {
            for (IdStripe stripe : stripes) {
                stripe.dropBefore(now);
            }
        }
    }

    /** Whole seconds until the next ids expire, 1 to 60: when a full table is worth another try. */
    public int retryAfterSeconds(long nowMicros) {
        long next = (oldest.get() + 1) * partMicros + settings.windowMicros();
        long seconds = (next - nowMicros + 999_999) / 1_000_000;
        return (int) Math.max(1, Math.min(RETRY_SECONDS_MAX, seconds));
    }

    /** Accept time before which ids need not be restored, microseconds since the epoch. */
    public long restoreFromMicros() {
        return oldest.get() * partMicros;
    }

    /** Ids held, those being offered included. */
    public long held() {
        return held.get();
    }

    /** Memory the ids take on the heap. */
    public long bytes() {
        long bytes = 0;
        for (IdStripe stripe : stripes) {
            bytes += stripe.bytes();
        }
        return bytes;
    }

    public DedupeSettings settings() {
        return settings;
    }

    /** Events answered as counted before, since the start. */
    public long duplicates() {
        return duplicates.sum();
    }

    /** Requests refused because an id of theirs stands for another body, since the start. */
    public long conflicts() {
        return conflicts.sum();
    }
}
