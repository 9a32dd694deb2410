package io.ringtally.tally;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.dedupe.EventIdentity;
import io.ringtally.event.EventBatch;
import io.ringtally.event.EventCursor;
import io.ringtally.event.EventDraft;
import io.ringtally.journal.LogPosition;
import io.ringtally.ring.Admission;
import io.ringtally.ring.RunningRing;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The ids a cut hands over are those of its own events. */
class AcceptedIdsTest {

    private static final EventIdentity IDENTITY = new EventIdentity(RunningRing.HASH_SEED);

    private static EventCursor event(String key, long value, String id) {
        EventBatch batch = new EventBatch(RunningRing.HASH_SEED);
        byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        byte[] idBytes = id.getBytes(StandardCharsets.UTF_8);
        batch.begin(1);
        batch.accept(new EventDraft().clear().message(keyBytes, 0, keyBytes.length).value(value)
                .id(idBytes, 0, idBytes.length));
        return batch.cursor().at(0);
    }

    @Test
    void aCutHasTheIdsSinceTheOneBeforeWithWhatTheEdgeMakesOfThem() {
        try (RunningRing ring = RunningRing.ofShards(1).startAt(LogPosition.START)) {
            ring.add("k", 1);
            assertEquals(Admission.ACCEPTED, ring.addOnce("k", 5, "first", 777));
            FrozenCut first = ring.ring().cut();
            assertTrue(first.hasIds());
            AcceptedIds ids = first.ids().get(0);
            EventCursor same = event("k", 5, "first");
            assertEquals(1, ids.count());
            assertEquals(List.of(IDENTITY.high(same), IDENTITY.low(same),
                    IDENTITY.fingerprint(same), 2L, 777L), List.of(ids.high(0), ids.low(0),
                    ids.fingerprint(0), ids.position(0), ids.acceptedAtMicros(0)));
            ring.ring().persisted(first);
            ring.add("k", 1);
            FrozenCut without = ring.ring().cut();
            assertFalse(without.hasIds());
            ring.ring().persisted(without);
            ring.addOnce("k", 1, "second", 778);
            FrozenCut last = ring.ring().cut();
            assertEquals(1, last.ids().get(0).count());
            assertEquals(778, last.ids().get(0).acceptedAtMicros(0));
        }
    }

    @Test
    void anEventThatBecomesADeadLetterKeepsItsId() {
        try (RunningRing ring = RunningRing.ofShards(1).startAt(LogPosition.START)) {
            ring.add("k", Long.MAX_VALUE);
            ring.addOnce("k", 1, "too much", 1);
            FrozenCut cut = ring.ring().cut();
            assertEquals(1, cut.deadLetters().size());
            assertEquals(1, cut.ids().get(0).count());
        }
    }

    @Test
    void fourIdsThatWaitWeighAsMuchAsACounter() {
        try (RunningRing ring = RunningRing.ofShards(1).startAt(LogPosition.START)) {
            for (int i = 0; i < 1_000; i++) {
                while (ring.addOnce("k", 1, "id-" + i, 1) != Admission.ACCEPTED) {
                    Thread.onSpinWait();
                }
            }
            FrozenCut cut = ring.ring().cut();
            assertEquals(1_000, cut.ids().get(0).count());
            assertEquals(1 + 250, cut.pending());
        }
    }
}
