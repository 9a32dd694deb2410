package io.ringtally.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.dedupe.DedupeSettings;
import io.ringtally.dedupe.EventIdentity;
import io.ringtally.dedupe.IdOutcome;
import io.ringtally.dedupe.IdTable;
import io.ringtally.dedupe.Reservation;
import io.ringtally.event.EventBatch;
import io.ringtally.event.EventDraft;
import io.ringtally.journal.LogPosition;
import io.ringtally.ring.Admission;
import io.ringtally.ring.RunningRing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An id is known exactly when its event is in the log, whatever the ring says. */
class OnceOnlyTest {

    private static final long NOW = 1_800_000_000_000_000L;

    private final RunningRing ring = RunningRing.ofShards(1);
    private final OnceOnly onceOnly = new OnceOnly(ring.ring().intake());
    private final IdTable table = new IdTable(new DedupeSettings(Duration.ofHours(1), 100_000),
            new EventIdentity(RunningRing.HASH_SEED), NOW);
    private final Reservation ids = table.newReservation();
    private final EventBatch batch = new EventBatch(RunningRing.HASH_SEED);

    @AfterEach
    void close() {
        ring.close();
    }

    private Admission offer(String... withIds) {
        batch.begin(NOW);
        for (String id : withIds) {
            byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
            batch.accept(new EventDraft().clear().message(new byte[] {'k'}, 0, 1)
                    .id(bytes, 0, bytes.length));
        }
        assertEquals(IdOutcome.RESERVED, ids.reserve(batch));
        return onceOnly.offer(batch, ids);
    }

    @Test
    void aFullRingReleasesWhatWasReserved() throws Exception {
        ring.gate().open(); // its stages do not run yet, so the ring fills
        ring.add("first", 1); // takes position 0, which no log has
        int taken = 0;
        while (offer("id-" + taken) == Admission.ACCEPTED) {
            taken++;
        }
        assertEquals(Admission.RING_FULL, offer("id-" + taken, "another"));
        assertEquals(taken, table.held());
        assertEquals(Admission.ACCEPTED, offer("id-0"), "counted before: a full ring is no matter");
        ring.startAt(LogPosition.START);
        assertEquals(taken, ring.read("k").events());
        assertEquals(Admission.ACCEPTED, offer("id-" + taken, "another", "id-0"));
        assertEquals(taken + 2, ring.read("k").events());
        assertEquals(taken + 2, table.held());
        assertEquals(2, table.duplicates());
    }

    @Test
    void aDrainReleasesAndStillKnowsWhatWasCounted() {
        ring.startAt(LogPosition.START);
        assertEquals(Admission.ACCEPTED, offer("before"));
        ring.gate().drain();
        assertEquals(Admission.DRAINING, offer("during", "before"));
        assertEquals(1, table.held());
        assertEquals(Admission.ACCEPTED, offer("before"));
    }

    @Test
    void theBatchKnowsWhereItsLastSlotIs() {
        ring.startAt(new LogPosition(41));
        assertEquals(Admission.ACCEPTED, offer("one"));
        assertEquals(42, batch.publishedAt());
        String[] many = new String[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = "many-" + i;
        }
        assertEquals(Admission.ACCEPTED, offer(many));
        assertTrue(batch.publishedAt() > 43, "several slots");
        long last = batch.publishedAt();
        assertEquals(Admission.ACCEPTED, offer("many-7"));
        assertEquals(0, batch.publishedAt());
        assertEquals(last, ids.latestDuplicatePosition());
    }

    @Test
    void anOfferThatThrowsBeforeTheLogHasItReleases() {
        OnceOnly broken = new OnceOnly(null);
        batch.begin(NOW);
        batch.accept(new EventDraft().clear().message(new byte[] {'k'}, 0, 1)
                .id(new byte[] {'x'}, 0, 1));
        assertEquals(IdOutcome.RESERVED, ids.reserve(batch));
        assertThrows(NullPointerException.class, () -> broken.offer(batch, ids));
        assertEquals(0, table.held());
    }
}
