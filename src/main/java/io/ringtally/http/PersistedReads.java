package io.ringtally.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringtally.persist.CounterReader;
import io.ringtally.persist.QueryFailedException;
import io.ringtally.query.Queries;
import io.ringtally.tally.CounterSnapshot;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;

/**
 * Answers from Postgres. The JSON is made on the thread that asked Postgres; the I/O thread sends
 * it.
 *
 * <p>Threading: called on the exchange's I/O thread, which does not wait.
 */
final class PersistedReads {

    /** What {@code read} says of answers from here. */
    static final String READ = "persisted";
    /** Another word for it: the rows are the sums over all instances. */
    static final String GLOBAL = "global";

    private static final int RETRY_SECONDS = 2;

    private final Queries queries;
    private final WaitingExchange.Patience patience;

    PersistedReads(Queries queries, OpenExchanges open) {
        this.queries = queries;
        // it may wait for its turn as long as it may take
        long timeout = 2 * queries.settings().timeout().toMillis();
        this.patience = new WaitingExchange.Patience(open, timeout,
                new Problem(ProblemType.TOO_MANY_QUERIES, "query.max-waiting = "
                        + queries.settings().waitingMax() + " queries wait for Postgres; ask"
                        + " again"),
                new Problem(ProblemType.QUERY_TIMEOUT, "Postgres has not answered within " + timeout
                        + " ms, twice query.timeout; ask again"));
    }

    /** What is asked; it makes the fields of the answer, but those that say where it is from. */
    interface Question {

        /** Asks Postgres; null if there is nothing. */
        AnswerJson.Fields ask(CounterReader reader) throws QueryFailedException;
    }

    /** Asks and answers. */
    void answer(HttpServerExchange exchange, Question question) {
        WaitingExchange.<Reply>ask(exchange, patience,
                reply -> queries.submit(question::ask, answer -> reply.accept(replyOf(answer))),
                reply -> reply.send(exchange));
    }

    private Reply replyOf(Queries.Answer<AnswerJson.Fields> answer) {
        QueryFailedException failure = answer.failure();
        if (failure != null) {
            return Reply.of(failure.timedOut()
                    ? new Problem(ProblemType.QUERY_TIMEOUT,
                            failure.getMessage() + ": ask for less,"
                            + " or raise it")
                    : new Problem(ProblemType.POSTGRES_AWAY, failure.getMessage()
                            + "; counters and messages one by one are still read from memory"));
        }
        if (answer.value() == null) {
            return Reply.of(null);
        }
        String tag = answer.value() instanceof OneCounter one ? CounterTag.of(one.counter) : null;
        return new Reply(tag, AnswerJson.object(json -> {
            json.writeStringField("read", READ);
            json.writeNumberField("persisted_lag_ms", answer.lagMillis());
            answer.value().write(json);
        }), null);
    }

    /** A counter as it is in Postgres; its answer has its tag, for a change that depends on it. */
    record OneCounter(CounterSnapshot counter) implements AnswerJson.Fields {

        @Override
        public void write(JsonGenerator json) throws IOException {
            AnswerJson.writeCounter(json, counter);
        }
    }

    /** The bytes of a 200, or a problem; neither where nothing was found. */
    private record Reply(String tag, byte[] json, Problem problem) {

        static Reply of(Problem problem) {
            return new Reply(null, null, problem);
        }

        void send(HttpServerExchange exchange) {
            if (tag != null) {
                exchange.getResponseHeaders().put(Headers.ETAG, tag);
            }
            if (json != null) {
                exchange.getResponseHeaders().put(ReadEndpoint.READ, READ);
                JsonBody.sendOnce(exchange, 200, json);
            } else if (problem != null) {
                problem.sendRetryable(exchange, RETRY_SECONDS);
            } else {
                ReadEndpoint.absent(exchange);
            }
        }
    }
}
