package io.ringtally.operate;

import io.ringtally.persist.DeadLetterTable;
import io.ringtally.persist.Flusher;
import io.ringtally.persist.Letter;
import io.ringtally.persist.QueryFailedException;
import io.ringtally.persist.RetryOutcome;
import io.ringtally.ring.Ring;
import io.ringtally.tally.CounterBase;
import io.ringtally.tally.CounterSnapshot;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an operator does with dead letters.
 *
 * <p>Design note: another try is made on the flusher's thread, between two flushes. Then no cut is
 * frozen, so what memory must hold is the row plus the changes since the last cut: exact, however
 * many events come meanwhile.
 *
 * <p>Threading: any thread; all of it waits for Postgres.
 */
public final class DeadLetters {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    private static final long TURN_SECONDS = 10;

    private final DeadLetterTable table;
    private final Flusher flusher;
    private final Ring ring;

    public DeadLetters(DeadLetterTable table, Flusher flusher, Ring ring) {
        this.table = table;
        this.flusher = flusher;
        this.ring = ring;
    }

    /** See {@link DeadLetterTable#list}. */
    public List<Letter> list(long before, int limit) throws QueryFailedException {
        return table.list(before, limit);
    }

    /** See {@link DeadLetterTable#discard}. */
    public boolean discard(long id, String by) throws QueryFailedException {
        boolean discarded = table.discard(id, by);
        if (discarded) {
            LOG.info("dead letter {} is discarded by {}", id, by);
        }
        return discarded;
    }

    /**
     * Tries to count a letter.
     *
     * @throws QueryFailedException nothing was done
     */
    public RetryOutcome retry(long id, String by)
            throws QueryFailedException, InterruptedException {
        AtomicBoolean decided = new AtomicBoolean();
        FutureTask<RetryOutcome> turn = new FutureTask<>(() ->
                decided.compareAndSet(false, true) ? retryNow(id) : null);
        flusher.submit(turn);
        RetryOutcome outcome = outcomeOf(turn, decided);
        LOG.info("dead letter {} was tried again by {}: {}{}", id, by, outcome.kind(),
                outcome.reason() == null ? "" : ", " + outcome.reason());
        return outcome;
    }

    private static RetryOutcome outcomeOf(FutureTask<RetryOutcome> turn,
            AtomicBoolean decided)
            throws QueryFailedException, InterruptedException {
        try {
            try {
                return turn.get(TURN_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException notYet) {
                if (decided.compareAndSet(false, true)) {
                    throw new QueryFailedException("Postgres does not take flushes, nothing was"
                            + " done: a letter has its turn between two of them", true, notYet);
                }
                return turn.get(); // Postgres' time-outs end what has begun
            }
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof QueryFailedException query) {
                throw query;
            }
            throw new IllegalStateException("a dead letter could not be tried again",
                    failed.getCause());
        }
    }

    /** On the flusher's thread. */
    private RetryOutcome retryNow(long id) throws QueryFailedException, InterruptedException {
        RetryOutcome outcome = table.retry(id);
        Letter.Key key = outcome.key();
        if (outcome.kind() == RetryOutcome.Kind.COUNTED) {
            ring.rebase(List.of(baseOf(key, outcome.row())));
        } else if (outcome.kind() == RetryOutcome.Kind.UNKNOWN) {
            ring.forget(baseOf(key, null));
        }
        return outcome;
    }

    private static CounterBase baseOf(Letter.Key key, CounterSnapshot row) {
        return new CounterBase(new String(key.app(), StandardCharsets.UTF_8),
                new String(key.message(), StandardCharsets.UTF_8),
                new String(key.event(), StandardCharsets.UTF_8), row);
    }
}
