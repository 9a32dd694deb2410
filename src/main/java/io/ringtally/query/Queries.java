package io.ringtally.query;

import io.ringtally.persist.CounterReader;
import io.ringtally.persist.DatabaseSettings;
import io.ringtally.persist.QueryFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Postgres, a few questions at once. Each of the threads has a connection of its own, made
 * when it is needed and given up after a minute without a question, so the flusher never waits for
 * a reader.
 *
 * <p>Threading: {@link #submit} is for any thread and does not block; answers come on the threads
 * of this object. The service starts and closes it.
 */
public final class Queries implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Queries.class);

    private static final long IDLE_SECONDS = 60;
    private static final long COMPLAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final QuerySettings settings;
    private final LongSupplier lagMillis;
    private final BlockingQueue<Asked<?>> waiting = new LinkedBlockingQueue<>();
    /** Questions that have no answer yet, whether a thread has taken them up or not. */
    private final AtomicInteger open = new AtomicInteger();
    private final List<Worker> workers = new ArrayList<>();
    private volatile boolean closed;

    /** A question, answered on a thread that may wait for Postgres. */
    public interface Query<T> {

        /** Asks; the answer is of one snapshot if it asks once. */
        T run(CounterReader reader) throws QueryFailedException;
    }

    /**
     * What became of a question.
     *
     * @param value the answer; null if it failed
     * @param failure why there is none; null if there is one
     * @param lagMillis what this service acknowledged longer ago than this is in the answer,
     *     milliseconds
     */
    public record Answer<T>(T value, QueryFailedException failure, long lagMillis) {
    }

    /**
     * Makes one that cannot be asked yet.
     *
     * @param lagMillis age of the oldest change that Postgres does not have, milliseconds
     */
    public Queries(QuerySettings settings, LongSupplier lagMillis) {
        this.settings = settings;
        this.lagMillis = lagMillis;
    }

    /** Postgres is there, up to date: from now on it is asked. */
    public void start(DatabaseSettings database) {
        for (int number = 0; number < settings.connections(); number++) {
            Worker worker = new Worker(database);
            worker.thread = new Thread(worker, "query-" + number);
            worker.thread.setDaemon(true);
            workers.add(worker);
            worker.thread.start();
        }
    }

    public QuerySettings settings() {
        return settings;
    }

    /** Questions that wait or are being answered. */
    public int open() {
        return open.get();
    }

    /**
     * Queues a question.
     *
     * @param answer called on one of the threads; it may take a moment, but must not wait
     * @return false if too many wait
     */
    public <T> boolean submit(Query<T> query, Consumer<Answer<T>> answer) {
        if (open.incrementAndGet() > settings.connections() + settings.waitingMax()) {
            open.decrementAndGet();
            return false;
        }
        waiting.add(new Asked<>(query, answer, System.nanoTime()));
        return true;
    }

    /** Questions that wait for a thread. */
    public int waiting() {
        return waiting.size();
    }

    /** Questions that threads are at. */
    public int running() {
        return Math.max(0, open.get() - waiting.size());
    }

    private record Asked<T>(Query<T> query, Consumer<Answer<T>> answer, long sinceNanos) {
    }

    private static <T> Answer<T> failed(QueryFailedException failure) {
        return new Answer<>(null, failure, 0);
    }

    /** One thread and its connection. */
    private final class Worker implements Runnable {

        private final DatabaseSettings database;
        private volatile CounterReader reader;
        private Thread thread;
        private long complainedNanos = System.nanoTime() - COMPLAIN_NANOS - 1;

        Worker(DatabaseSettings database) {
            this.database = database;
        }

        @Override
        public void run() {
            try {
                while (!closed) {
                    Asked<?> next = waiting.poll(IDLE_SECONDS, TimeUnit.SECONDS);
                    if (next == null) {
                        disconnect();
                    } else {
                        answer(next);
                    }
                }
            } catch (InterruptedException closing) {
                // nobody waits for an answer any more
            } finally {
                disconnect();
            }
        }

        private <T> void answer(Asked<T> asked) {
            Answer<T> answer = answerTo(asked);
            // before it is told: whoever has an answer may ask the next question
            open.decrementAndGet();
            try {
                asked.answer.accept(answer);
            } catch (RuntimeException defect) {
                LOG.error("the answer to a query could not be given", defect);
            }
        }

        private <T> Answer<T> answerTo(Asked<T> asked) {
            try {
                long begun = System.nanoTime();
                if (begun - asked.sinceNanos > settings.timeout().toNanos()) {
                    // whoever asked has been told so already, as a rule
                    throw new QueryFailedException("this query did not get its turn within"
                            + " query.timeout = " + settings.timeout().toMillis() + " ms", true,
                            null);
                }
                // before the snapshot: a flush in between makes the answer better, not worse
                long lag = lagMillis.getAsLong();
                T value = ask(asked.query);
                long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
                return new Answer<>(value, null, lag + took);
            } catch (QueryFailedException failure) {
                complain(failure);
                return failed(failure);
            } catch (RuntimeException defect) {
                LOG.error("a query failed", defect);
                return failed(new QueryFailedException("this is a defect of the service; its log"
                        + " says more", false, defect));
            }
        }

        /** Tells an operator, now and then, what a client is not told. */
        private void complain(QueryFailedException failed) {
            long now = System.nanoTime();
            if (!failed.timedOut() && now - complainedNanos > COMPLAIN_NANOS) {
                complainedNanos = now;
                LOG.warn("{}: {}", failed.getMessage(), String.valueOf(failed.getCause()));
            }
        }

        /** Asks once more where the connection broke while nobody used it. */
        private <T> T ask(Query<T> query) throws QueryFailedException {
            boolean old = reader != null;
            try {
                return query.run(connected());
            } catch (QueryFailedException failed) {
                if (reader != null && reader.isBroken()) {
                    disconnect();
                    if (old && !closed) {
                        return query.run(connected());
                    }
                }
                throw failed;
            }
        }

        private CounterReader connected() throws QueryFailedException {
            if (reader == null) {
                reader = CounterReader.connect(database, settings.timeout());
            }
            return reader;
        }

        private void disconnect() {
            CounterReader open = reader;
            if (open != null) {
                reader = null;
                open.close();
            }
        }
    }

    /** Breaks off what is under way; questions still waiting get no answer. */
    @Override
    public void close() {
        closed = true;
        for (Worker worker : workers) {
            worker.thread.interrupt();
            CounterReader open = worker.reader;
            if (open != null) {
                open.abort();
            }
        }
    }
}
