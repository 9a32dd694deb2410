package io.ringtally.http;

import io.ringtally.dedupe.IdOutcome;
import io.ringtally.dedupe.IdTable;
import io.ringtally.event.EventBatch;
import io.ringtally.ring.Admission;
import io.ringtally.ring.Intake;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToIntFunction;

/**
 * The last step of every write: looks at the ids, offers the batch to the ring, and turns a refusal
 * into its answer.
 *
 * <p>Threading: called by any I/O thread.
 */
final class IngestFlow {

    static final HttpString DUPLICATES = new HttpString("Ringtally-Duplicates");

    private final Intake intake;
    private final OnceOnly onceOnly;
    private final ToIntFunction<Admission> retryAfterSeconds;
    private final IdTable ids;
    private final Acks acks;
    private final LongAdder refused = new LongAdder();
    private final LongAdder invalid = new LongAdder();

    IngestFlow(Intake intake, ToIntFunction<Admission> retryAfterSeconds, IdTable ids,
            Acks acks) {
        this.intake = intake;
        this.onceOnly = new OnceOnly(intake);
        this.retryAfterSeconds = retryAfterSeconds;
        this.ids = ids;
        this.acks = acks;
    }

    /**
     * Offers the events of the context's batch, and answers: with {@code success} once they are in
     * the log, now or since an earlier request, and as safe as the request asks for.
     */
    void accept(HttpServerExchange exchange, EdgeContext context, Acks.Success success) {
        context.errors.clear();
        AckLevel level = acks.levelOf(exchange, context.errors);
        if (level == null) {
            invalid(exchange, context);
            return;
        }
        EventBatch batch = context.batch;
        long position = 0;
        Admission admission;
        if (batch.hasIds()) {
            IdOutcome outcome = context.ids.reserve(batch);
            if (outcome != IdOutcome.RESERVED) {
                refuse(exchange, outcome, context);
                return;
            }
            admission = onceOnly.offer(batch, context.ids);
            position = context.ids.latestDuplicatePosition();
            int duplicates = context.ids.duplicates().cardinality();
            if (duplicates > 0 && admission == Admission.ACCEPTED) {
                exchange.getResponseHeaders().put(DUPLICATES, duplicates);
            }
        } else {
            admission = intake.offer(batch);
        }
        if (admission == Admission.ACCEPTED) {
            acks.answer(exchange, level, Math.max(position, batch.publishedAt()), success);
        } else {
            refuse(exchange, admission);
        }
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

    private void refuse(HttpServerExchange exchange, IdOutcome outcome, EdgeContext context) {
        if (outcome == IdOutcome.OTHER_BODY) {
            invalid.increment();
        } else {
            refused.increment();
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER,
                    outcome == IdOutcome.IN_PROGRESS ? 1
                            : ids.retryAfterSeconds(context.batch.acceptedAtMicros()));
        }
        problemOf(outcome, context.ids.refusedPlace()).send(exchange);
    }

    private Problem problemOf(IdOutcome outcome, int place) {
        return switch (outcome) {
            case IN_PROGRESS -> new Problem(409, "id-in-progress",
                    "an event with the id of event " + place + " of this request is being taken at"
                            + " this moment; nothing of this request was counted, send it again");
            case OTHER_BODY -> new Problem(422, "id-reused",
                    "the id of event " + place + " of this request stands for another event, with"
                            + " another message, name, value or time; nothing of this request was"
                            + " counted: send a new id, or the same event");
            case FULL -> new Problem(503, "dedupe-full",
                    "the ids of the last " + ids.settings().window().toSeconds() + " s are "
                            + ids.settings().maxIds() + ", as many as dedupe.max-ids allows;"
                            + " nothing of this request was counted, events without ids are");
            case RESERVED -> throw new IllegalArgumentException("reserved is no problem");
        };
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
