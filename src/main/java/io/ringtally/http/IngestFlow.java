package io.ringtally.http;

import io.ringtally.event.EventBatch;
import io.ringtally.ring.Admission;
import io.ringtally.ring.Intake;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToIntFunction;

/**
 * The last step of every write: offers the batch to the ring and turns a refusal into its answer.
 *
 * <p>Threading: called by any I/O thread.
 */
final class IngestFlow {

    private final Intake intake;
    private final ToIntFunction<Admission> retryAfterSeconds;
    private final LongAdder refused = new LongAdder();
    private final LongAdder invalid = new LongAdder();

    IngestFlow(Intake intake, ToIntFunction<Admission> retryAfterSeconds) {
        this.intake = intake;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /**
     * Offers a request's events. If they are not taken the exchange has been answered.
     *
     * @return whether they are in the log
     */
    boolean accept(HttpServerExchange exchange, EventBatch batch) {
        Admission admission = intake.offer(batch);
        if (admission == Admission.ACCEPTED) {
            return true;
        }
        refuse(exchange, admission);
        return false;
    }

    /** Answers a request that could not be understood. */
    void invalid(HttpServerExchange exchange, EdgeContext context) {
        invalid.increment();
        new Problem(400, "invalid-request", context.errors.size() == 1
                ? "the request has an error, nothing was counted"
                : "the request has " + context.errors.size() + " errors, nothing was counted",
                context.errors).send(exchange);
    }

    /** Requests refused because of the service's state, since the start. */
    long refusedRequests() {
        return refused.sum();
    }

    /** Requests refused because of what they said, since the start. */
    long invalidRequests() {
        return invalid.sum();
    }

    private void refuse(HttpServerExchange exchange, Admission admission) {
        refused.increment();
        if (admission != Admission.BATCH_TOO_LARGE) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER,
                    retryAfterSeconds.applyAsInt(admission));
        }
        problemOf(admission).send(exchange);
    }

    private static Problem problemOf(Admission admission) {
        return switch (admission) {
            case RING_FULL -> new Problem(503, "ring-full",
                    "more events arrive than are being counted; nothing of this request was");
            case STORE_FULL -> new Problem(507, "store-full",
                    "memory has no room for new counters, known ones go on counting;"
                            + " an operator can raise store.max-counters");
            case BACKLOG_FULL -> new Problem(503, "backlog-full",
                    "Postgres is behind by as many changed counters as may wait;"
                            + " nothing of this request was counted");
            case JOURNAL_FULL -> new Problem(503, "journal-full",
                    "the log has no room left: its disk is full, or Postgres is behind by as much"
                            + " as journal.max-bytes allows; nothing of this request was counted");
            case BATCH_TOO_LARGE -> new Problem(413, "batch-too-large",
                    "a request is taken whole or not at all, and this one has more events than"
                            + " fit an eighth of the ring; send it in parts");
            case STARTING -> new Problem(503, "starting",
                    "counters are being read back, nothing is counted yet");
            case DRAINING -> new Problem(503, "draining",
                    "the service is draining; nothing of this request was counted");
            case FENCED -> new Problem(503, "fenced",
                    "another process has taken over this log; this one ends");
            case FAILED -> new Problem(503, "failed",
                    "a part of the service has failed and it ends; its next start recovers");
            case ACCEPTED -> throw new IllegalArgumentException("accepted is no problem");
        };
    }
}
