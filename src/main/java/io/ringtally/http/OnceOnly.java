package io.ringtally.http;

import io.ringtally.dedupe.Reservation;
import io.ringtally.event.EventBatch;
import io.ringtally.ring.Admission;
import io.ringtally.ring.Intake;

/**
 * Offers a batch whose ids have been reserved, without the events that were counted before, and
 * settles the reservation by what became of it: whatever happens, ids are known exactly when their
 * events are in the log.
 *
 * <p>Threading: any I/O thread.
 */
final class OnceOnly {

    private final Intake intake;

    OnceOnly(Intake intake) {
        this.intake = intake;
    }

    /** Takes all events that were not counted before, or none. */
    Admission offer(EventBatch batch, Reservation ids) {
        try {
            if (!ids.duplicates().isEmpty()) {
                batch.drop(ids.duplicates());
                if (batch.count() == 0) {
                    // nothing to take: what was counted stays so, whatever the service's state
                    ids.publish(0);
                    return Admission.ACCEPTED;
                }
            }
            return intake.offer(batch);
        } finally {
            // not by the answer: an event in the log stays there even if something failed later
            if (batch.publishedAt() > 0) {
                ids.publish(batch.publishedAt());
            } else {
                ids.release();
            }
        }
    }
}
