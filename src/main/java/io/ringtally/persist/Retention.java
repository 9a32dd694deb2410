package io.ringtally.persist;

import io.ringtally.event.Change;
import io.ringtally.time.Clock;
import io.ringtally.time.WorkProgress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks from time to time for messages that nobody has counted for long, and asks for their
 * removal, a bounded number at a time: each piece is one change in the log, and the next one waits
 * for it.
 *
 * <p>Threading: {@link #run} is a thread of its own; {@link #close} is for any.
 */
public final class Retention implements Runnable, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private static final String WHO = "retention";

    private final RetentionSettings settings;
    private final DatabaseSettings database;
    private final ChangeQueue changes;
    private final BooleanSupplier allowed;
    private final Clock clock;
    private final WorkProgress progress;
    private volatile Thread thread;
    private volatile IdleMessages open;
    private volatile boolean closed;

    /**
     * A retention that does not run yet.
     *
     * @param allowed whether changes may be asked for at the moment
     */
    public Retention(RetentionSettings settings, DatabaseSettings database, ChangeQueue changes,
            BooleanSupplier allowed, Clock clock) {
        this.settings = settings;
        this.database = database;
        this.changes = changes;
        this.allowed = allowed;
        this.clock = clock;
        this.progress = new WorkProgress(clock, "removing idle messages", "counters");
    }

    /** How many counters have been removed. */
    public WorkProgress progress() {
        return progress;
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        try {
            while (!closed) {
                progress.nextIn(settings.interval());
                Thread.sleep(settings.interval().toMillis());
                if (allowed.getAsBoolean()) {
                    look();
                }
            }
        } catch (InterruptedException stopped) {
            // the service ends
        }
    }

    private void look() throws InterruptedException {
        long begun = clock.nanoTime();
        Taken taken = new Taken();
        progress.begin(0);
        try (IdleMessages idle = IdleMessages.connect(database)) {
            open = idle;
            long now = idle.nowMicros();
            for (String app = idle.appAfter(null); app != null; app = idle.appAfter(app)) {
                Duration keep = settings.of(app);
                if (!keep.isZero()) {
                    retire(idle, app, now - keep.toMillis() * 1_000, taken);
                }
            }
        } catch (SQLException failed) {
            if (!closed) {
                progress.trouble(failed.getMessage());
                LOG.warn("retention stopped half-way, it goes on in {} ms: {}",
                        settings.interval().toMillis(), failed.getMessage());
            }
        } finally {
            open = null;
            progress.end();
        }
        if (taken.counters > 0) {
            LOG.info("retention: {} counters of {} messages are gone after {} ms",
                    taken.counters, taken.messages, (clock.nanoTime() - begun) / 1_000_000);
        }
    }

    private void retire(IdleMessages idle, String app, long since, Taken taken)
            throws SQLException, InterruptedException {
        String after = "";
        IdleMessages.Page page;
        while ((page = idle.after(app, after, since)).last() != null) {
            if (page.anyIdle() && allowed.getAsBoolean()) {
                taken.add(decided(new Change(Change.Kind.RETIRE, app, after, page.last(), since,
                        Change.Condition.NONE, null, WHO, clock.epochMicros())));
                progress.done(taken.counters);
            }
            after = page.last();
        }
    }

    /** Waits as long as it takes: until Postgres has decided, nothing more is asked for. */
    private ChangeResult decided(Change change) throws InterruptedException {
        CompletableFuture<ChangeResult> result = new CompletableFuture<>();
        if (!changes.submit(new PendingChange(change, result::complete))) {
            return null;
        }
        try {
            return result.get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void close() {
        closed = true;
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
        IdleMessages asking = open;
        if (asking != null) {
            asking.abort();
        }
    }

    /** What one look has removed. */
    private static final class Taken {

        private long counters;
        private long messages;

        void add(ChangeResult result) {
            if (result != null && result.isDone()) {
                counters += result.before().size();
                Set<String> different = new HashSet<>();
                result.before().forEach(row -> different.add(row.messageId()));
                messages += different.size();
            }
        }
    }
}
