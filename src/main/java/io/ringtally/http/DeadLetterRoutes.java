package io.ringtally.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringtally.event.FieldError;
import io.ringtally.operate.DeadLetters;
import io.ringtally.persist.Letter;
import io.ringtally.persist.QueryFailedException;
import io.ringtally.persist.RetryOutcome;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Methods;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code /v1/admin/dead-letters}: what could not be counted, and what becomes of it.
 *
 * <p>Threading: called on the admin listener's I/O thread; Postgres is asked on its workers.
 */
final class DeadLetterRoutes {

    private static final int ID_DIGITS_MAX = 18;
    private static final int LIMIT_DEFAULT = 50;
    private static final int LIMIT_MAX = 500;

    private final Supplier<DeadLetters> letters;
    private final Guard guard;
    private final OperatorVerbs verbs;

    /**
     * Makes the routes.
     *
     * @param letters gives null as long as there is no database
     */
    DeadLetterRoutes(Supplier<DeadLetters> letters, Guard guard, OperatorVerbs verbs) {
        this.letters = letters;
        this.guard = guard;
        this.verbs = verbs;
    }

    void addTo(RouteTable table) {
        table.get("/v1/admin/dead-letters", Access.ADMIN, (exchange, id) -> list(exchange))
                .post("/v1/admin/dead-letters/{id}/retry", Access.ADMIN, (exchange, id) ->
                        verbs.bodiless(exchange, waits -> asking(waits, ready ->
                                retry(waits, ready, id))))
                .route(Methods.DELETE, "/v1/admin/dead-letters/{id}", Access.ADMIN,
                        (exchange, id) -> verbs.bodiless(exchange, waits -> asking(waits, ready ->
                                discard(waits, ready, id))));
    }

    /** What asks Postgres, and answers. */
    private interface Question {

        void ask(DeadLetters ready) throws QueryFailedException, InterruptedException;
    }

    private void asking(HttpServerExchange exchange, Question question)
            throws InterruptedException {
        DeadLetters ready = letters.get();
        if (ready == null) {
            throw new IllegalStateException("Postgres has not been reached yet, ask again when the"
                    + " service is up");
        }
        try {
            question.ask(ready);
        } catch (QueryFailedException away) {
            new Problem(ProblemType.POSTGRES_AWAY, away.getMessage())
                    .sendRetryable(exchange, 1);
        }
    }

    private void list(HttpServerExchange exchange) {
        QueryParameters query = new QueryParameters(exchange);
        long after = after(query);
        int limit = query.number("limit", LIMIT_MAX, LIMIT_DEFAULT);
        if (!query.good()) {
            return;
        }
        verbs.run(exchange, waits -> asking(waits, ready -> {
            // one more than asked for, to know whether there are more
            List<Letter> found = ready.list(after, limit + 1);
            JsonBody.sendOnce(waits, 200, AnswerJson.object(json -> write(json, found, limit)));
        }));
    }

    private static long after(QueryParameters query) {
        String given = query.text("after", ID_DIGITS_MAX);
        long id = given == null ? Long.MAX_VALUE : numberOf(given);
        if (id < 0) {
            query.errors().add(new FieldError("after", "after is not the number of a letter: give"
                    + " what next said in the answer before"));
        }
        return id;
    }

    private static void write(JsonGenerator json, List<Letter> found, int limit)
            throws IOException {
        List<Letter> shown = found.subList(0, Math.min(limit, found.size()));
        json.writeArrayFieldStart("dead_letters");
        for (Letter letter : shown) {
            json.writeStartObject();
            json.writeNumberField("id", letter.id());
            json.writeStringField("app_id", letter.appId());
            json.writeStringField("message_id", letter.messageId());
            json.writeStringField("event", letter.event());
            json.writeNumberField("delta", letter.delta());
            json.writeNumberField("events", letter.events());
            json.writeStringField("reason", letter.reason());
            json.writeStringField("sqlstate", letter.sqlState() == null ? "" : letter.sqlState());
            json.writeStringField("log", letter.log().toString());
            json.writeNumberField("first_position", letter.firstPosition());
            json.writeNumberField("last_position", letter.lastPosition());
            json.writeStringField("created_at", letter.createdAt().toString());
            json.writeBooleanField("retryable", letter.key() != null);
            json.writeEndObject();
        }
        json.writeEndArray();
        if (found.size() > limit) {
            json.writeNumberField("next", shown.get(limit - 1).id());
        }
    }

    private void retry(HttpServerExchange exchange, DeadLetters ready, String id)
            throws QueryFailedException, InterruptedException {
        long number = numberOf(id);
        RetryOutcome outcome = number < 0
                ? new RetryOutcome(RetryOutcome.Kind.GONE, null, null, null)
                : ready.retry(number, guard.callerOf(exchange));
        switch (outcome.kind()) {
            case COUNTED -> JsonBody.sendOnce(exchange, 200, AnswerJson.object(json ->
                    AnswerJson.writeCounter(json, outcome.row())));
            case GONE -> gone(exchange);
            case REFUSED -> new Problem(ProblemType.STILL_REFUSED, "dead letter " + id
                    + " cannot be counted and stays as it is: " + outcome.reason()).send(exchange);
            case UNKNOWN -> new Problem(ProblemType.OUTCOME_UNKNOWN, "Postgres went away while dead"
                    + " letter " + id + " was counted: it is, or it is still a letter; try it"
                    + " again, a 404 says that it was counted").send(exchange);
        }
    }

    private void discard(HttpServerExchange exchange, DeadLetters ready, String id)
            throws QueryFailedException {
        long number = numberOf(id);
        if (number < 0 || !ready.discard(number, guard.callerOf(exchange))) {
            gone(exchange);
        } else {
            exchange.setStatusCode(204).endExchange();
        }
    }

    private static void gone(HttpServerExchange exchange) {
        new Problem(ProblemType.NOT_FOUND, "there is no dead letter of that number: it was"
                + " counted, discarded, or never there").send(exchange);
    }

    /** The id in a path, or -1 if it is none. */
    private static long numberOf(String id) {
        return id.matches("[0-9]{1,18}") ? Long.parseLong(id) : -1;
    }
}
