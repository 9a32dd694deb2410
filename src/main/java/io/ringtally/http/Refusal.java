package io.ringtally.http;

import io.ringtally.dedupe.IdOutcome;
import io.ringtally.dedupe.IdTable;
import io.ringtally.event.FieldError;
import io.ringtally.ring.Admission;
import java.util.List;

/**
 * Why a batch was not taken, none of its events.
 *
 * <p>Threading: immutable.
 *
 * @param problem what the client is told when nothing of its request was counted
 * @param why the same where something was
 * @param retryAfterSeconds when another attempt makes sense; 0 if it does not
 * @param scope whom it concerns
 * @param invalid whether the request is at fault, not the service's state
 */
record Refusal(Problem problem, String why, int retryAfterSeconds, Scope scope, boolean invalid) {

    /** Whom a refusal concerns. */
    enum Scope {

        /** One of the events, or their number: others, or fewer, may be taken. */
        ITEMS,
        /** Nobody in a moment. */
        MOMENT,
        /** Whoever comes. */
        SERVICE
    }

    private static final String NOTHING = "; nothing of this request was counted";

    /** A refusal by the service's state. */
    static Refusal of(Admission admission, int retryAfterSeconds) {
        return switch (admission) {
            case RING_FULL -> new Refusal(ProblemType.RING_FULL,
                    "more events arrive than are being counted", NOTHING, retryAfterSeconds,
                    Scope.MOMENT);
            case STORE_FULL -> new Refusal(ProblemType.STORE_FULL,
                    "memory has no room for new counters, known ones go on counting;"
                            + " an operator can raise store.max-counters", "", retryAfterSeconds,
                    Scope.ITEMS);
            case QUOTA_USED_UP -> new Refusal(ProblemType.QUOTA_USED_UP,
                    "an app has as many messages as its quota allows, known ones go on counting;"
                            + " an operator can raise apps.<app_id>.max-messages or"
                            + " limits.app.max-messages", NOTHING, retryAfterSeconds,
                    Scope.ITEMS);
            case BACKLOG_FULL -> new Refusal(ProblemType.BACKLOG_FULL,
                    "Postgres is behind by as many changed counters as may wait", NOTHING,
                    retryAfterSeconds, Scope.SERVICE);
            case JOURNAL_FULL -> new Refusal(ProblemType.JOURNAL_FULL,
                    "the log has no room left: its disk is full, or Postgres is behind by as much"
                            + " as journal.max-bytes allows", NOTHING, retryAfterSeconds,
                    Scope.SERVICE);
            case BATCH_TOO_LARGE -> new Refusal(ProblemType.BATCH_TOO_LARGE,
                    "a request is taken whole or not at all, and this one has more events than"
                            + " fit an eighth of the ring; send it in parts", "", 0, Scope.ITEMS);
            case STARTING -> new Refusal(ProblemType.STARTING,
                    "counters are being read back, nothing is counted yet", "", retryAfterSeconds,
                    Scope.SERVICE);
            case DRAINING -> new Refusal(ProblemType.DRAINING, "the service is draining", NOTHING,
                    retryAfterSeconds, Scope.SERVICE);
            case FENCED -> new Refusal(ProblemType.FENCED,
                    "another process has taken over this log; this one ends", "",
                    retryAfterSeconds, Scope.SERVICE);
            case FAILED -> new Refusal(ProblemType.FAILED,
                    "a part of the service has failed and it ends; its next start recovers", "",
                    retryAfterSeconds, Scope.SERVICE);
            case ACCEPTED -> throw new IllegalArgumentException("accepted is no refusal");
        };
    }

    /** A refusal by the id of the event at {@code place}. */
    static Refusal of(IdOutcome outcome, int place, IdTable ids, long nowMicros) {
        return switch (outcome) {
            case IN_PROGRESS -> new Refusal(new Problem(ProblemType.ID_IN_PROGRESS,
                    "an event with the id of event " + place + " of this request is being taken at"
                            + " this moment" + NOTHING + ", send it again"),
                    "an event with its id is being taken at this moment", 1, Scope.MOMENT, false);
            case OTHER_BODY -> new Refusal(new Problem(ProblemType.ID_REUSED,
                    "the id of event " + place + " of this request stands for another event, with"
                            + " another message, name, value or time" + NOTHING
                            + ": send a new id, or the same event"),
                    "its id stands for another event, with another message, name, value or time:"
                            + " send a new id, or the same event", 0, Scope.ITEMS, true);
            case FULL -> new Refusal(ProblemType.DEDUPE_FULL,
                    "the ids of the last " + ids.settings().window().toSeconds() + " s are "
                            + ids.settings().maxIds() + ", as many as dedupe.max-ids allows",
                    NOTHING + ", events without ids are", ids.retryAfterSeconds(nowMicros),
                    Scope.SERVICE);
            case RESERVED -> throw new IllegalArgumentException("reserved is no refusal");
        };
    }

    /** What is wrong with a request of which nothing can be taken from here on. */
    static Refusal invalid(Problem problem, String why) {
        return new Refusal(problem, why, 0, Scope.SERVICE, true);
    }

    /** The same, with what is wrong with the items before. */
    Refusal with(List<FieldError> errors) {
        return new Refusal(new Problem(problem.type(), problem.detail(), errors), why,
                retryAfterSeconds, scope, invalid);
    }

    /** The service's state; {@code nothing} is what is said besides if nothing was counted. */
    private Refusal(ProblemType type, String why, String nothing, int retryAfterSeconds,
            Scope scope) {
        this(new Problem(type, why + nothing), why, retryAfterSeconds, scope, false);
    }
}
