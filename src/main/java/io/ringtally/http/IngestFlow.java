package io.ringtally.http;

import io.ringtally.dedupe.IdOutcome;
import io.ringtally.dedupe.IdTable;
import io.ringtally.event.EventBatch;
import io.ringtally.event.FieldError;
import io.ringtally.ring.Admission;
import io.ringtally.ring.Intake;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The last step of every write: looks at the ids, offers the batch to the ring, and turns a refusal
 * into its answer.
 *
 * <p>Threading: called by any I/O thread.
 */
final class IngestFlow {

    static final HttpString DUPLICATES = new HttpString("Ringtally-Duplicates");

    private final Guard guard;
    private final Intake intake;
    private final OnceOnly onceOnly;
    private final ToIntFunction<Admission> retryAfterSeconds;
    private final IdTable ids;
    private final Acks acks;
    private final ReasonCounts refused = new ReasonCounts(ProblemType.RING_FULL,
            ProblemType.STORE_FULL, ProblemType.BACKLOG_FULL, ProblemType.JOURNAL_FULL,
            ProblemType.DEDUPE_FULL, ProblemType.RATE_LIMITED, ProblemType.DRAINING);
    private final ReasonCounts invalid = new ReasonCounts(ProblemType.INVALID_REQUEST);

    IngestFlow(Guard guard, Intake intake, ToIntFunction<Admission> retryAfterSeconds,
            IdTable ids, Acks acks) {
        this.guard = guard;
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
        Refusal refusal = acks.isCrowded(level) ? acks.crowded()
                : offer(exchange, context, true);
        if (refusal != null) {
            refuse(exchange, refusal);
            return;
        }
        if (context.duplicates > 0) {
            exchange.getResponseHeaders().put(DUPLICATES, context.duplicates);
        }
        acks.answer(exchange, level, context.position, success, context.requests);
    }

    /**
     * Offers the events of the context's batch, without those that were counted before. If they
     * are taken, the context knows up to which position the log has them, and how many were
     * duplicates.
     *
     * @param begins whether they are a request, or the first of one that comes in parts
     * @return why they are not taken, none of them; null if they are
     */
    Refusal offer(HttpServerExchange exchange, EdgeContext context, boolean begins) {
        EventBatch batch = context.batch;
        context.position = 0;
        context.duplicates = 0;
        Refusal forbidden = guard.refusalOf(exchange, batch, begins);
        if (forbidden != null) {
            return forbidden;
        }
        Admission admission;
        if (batch.hasIds()) {
            IdOutcome outcome = context.ids.reserve(batch);
            if (outcome != IdOutcome.RESERVED) {
                return Refusal.of(outcome, context.ids.refusedPlace(), ids,
                        batch.acceptedAtMicros());
            }
            admission = onceOnly.offer(batch, context.ids);
            context.position = context.ids.latestDuplicatePosition();
            context.duplicates = context.ids.duplicates().cardinality();
        } else {
            admission = intake.offer(batch);
        }
        if (admission != Admission.ACCEPTED) {
            return refusalBy(admission);
        }
        context.position = Math.max(context.position, batch.publishedAt());
        guard.counted(exchange, batch, begins);
        return null;
    }

    /** What a request that takes long was let in with. */
    Grant grantOf(HttpServerExchange exchange) {
        return guard.grantOf(exchange);
    }

    /** What a request is told that the service's state refuses. */
    Refusal refusalBy(Admission admission) {
        return Refusal.of(admission, retryAfterSeconds.applyAsInt(admission));
    }

    /** The level a request asks for; null if it is wrong, then the list says why. */
    AckLevel levelOf(HttpServerExchange exchange, List<FieldError> errors) {
        return acks.levelOf(exchange, errors);
    }

    /** Why a request may not wait for this level; null if it may, or need not. */
    Refusal crowded(AckLevel level) {
        return acks.isCrowded(level) ? acks.crowded() : null;
    }

    /** Answers a request taken in parts: its events are in the log up to a position at most. */
    void answer(HttpServerExchange exchange, AckLevel level, long position,
            Acks.Success success) {
        acks.answer(exchange, level, position, success, null);
    }

    /** Answers a request that could not be understood. */
    void invalid(HttpServerExchange exchange, EdgeContext context) {
        invalid.add(ProblemType.INVALID_REQUEST.word);
        new Problem(ProblemType.INVALID_REQUEST, context.errors.size() == 1
                ? "the request has an error, nothing was counted"
                : "the request has " + context.errors.size() + " errors, nothing was counted",
                context.errors).send(exchange);
    }

    /** Requests refused because of the service's state, since the start. */
    ReasonCounts refused() {
        return refused;
    }

    /** Requests refused because of what they said, since the start. */
    ReasonCounts invalid() {
        return invalid;
    }

    /** Answers a request of which nothing was taken. */
    void refuse(HttpServerExchange exchange, Refusal refusal) {
        (refusal.invalid() ? invalid : refused).add(refusal.problem().type().word);
        if (refusal.retryAfterSeconds() > 0) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, refusal.retryAfterSeconds());
        }
        refusal.problem().send(exchange);
    }
}
