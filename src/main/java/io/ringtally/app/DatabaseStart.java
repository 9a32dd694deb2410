package io.ringtally.app;

import io.ringtally.config.Configuration;
import io.ringtally.config.ConfigurationException;
import io.ringtally.event.Lifecycle;
import io.ringtally.persist.Database;
import io.ringtally.persist.DatabaseSettings;
import io.ringtally.persist.DatabaseTrouble;
import io.ringtally.persist.EmbeddedDatabase;
import io.ringtally.persist.EmbeddedDatabaseSettings;
import io.ringtally.persist.LifecycleFullException;
import io.ringtally.persist.MessageBackfill;
import io.ringtally.persist.StartSnapshot;
import io.ringtally.persist.UnknownLogException;
import io.ringtally.time.WorkProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets to a database that is up to date: the embedded one, or the one configured, waiting for it as
 * long as it takes.
 *
 * <p>Threading: the starting thread's; {@link #look} may be called by the flusher afterwards.
 */
final class DatabaseStart implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseStart.class);

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long COMPLAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Configuration configuration;
    private final WorkProgress filling;
    private EmbeddedDatabase embedded;
    private Database database;
    private DatabaseSettings settings;

    /**
     * Nothing is opened yet.
     *
     * @param filling told how far lifecycles are filled in
     */
    DatabaseStart(Configuration configuration, WorkProgress filling) {
        this.configuration = configuration;
        this.filling = filling;
    }

    /** Starts the embedded database, if that is what is configured, and opens the pool. */
    void open(Path dataDirectory) throws IOException, ConfigurationException {
        String url = configuration.databaseUrl();
        if (configuration.embeddedDatabase()) {
            EmbeddedDatabaseSettings usual = EmbeddedDatabaseSettings.below(dataDirectory,
                    configuration.embeddedPort());
            embedded = EmbeddedDatabase.start(new EmbeddedDatabaseSettings(usual.directory(),
                    usual.binariesDirectory(), usual.port(),
                    configuration.embeddedStartLimit()));
            url = embedded.jdbcUrl();
        }
        settings = configuration.database(url);
        database = new Database(settings);
    }

    /** Where the database is, once {@link #open} has returned. */
    DatabaseSettings settings() {
        return settings;
    }

    Database database() {
        return database;
    }

    /**
     * Migrates and takes the start's snapshot, again and again until Postgres lets it.
     *
     * @param fresh whether the log may be new to the database
     * @param lifecycles by app; what is new of them is filled in before
     * @param trouble told what stands in the way
     * @param givenUp whether to stop trying
     * @return the snapshot, or null if given up
     */
    StartSnapshot snapshot(UUID log, boolean fresh, Map<String, Lifecycle> lifecycles,
            Consumer<String> trouble, BooleanSupplier givenUp)
            throws UnknownLogException, LifecycleFullException {
        long complainedNanos = System.nanoTime();
        String complained = "";
        while (!givenUp.getAsBoolean()) {
            try {
                database.migrate();
                fillIn(lifecycles, trouble, givenUp);
                return StartSnapshot.take(database, log, fresh);
            } catch (SQLException | RuntimeException failed) {
                if (givenUp.getAsBoolean()) {
                    return null;
                }
                String why = DatabaseTrouble.of(failed);
                trouble.accept("Postgres cannot be used yet: " + why);
                if (!why.equals(complained)
                        || System.nanoTime() - complainedNanos >= COMPLAIN_NANOS) {
                    complained = why;
                    complainedNanos = System.nanoTime();
                    LOG.warn("Postgres at {} cannot be used yet as user {}, trying for as long as"
                            + " it takes: {}; see db.url, db.user, db.password",
                            settings.shownUrl(), settings.user(), why);
                }
                look();
                LockSupport.parkNanos(this, RETRY_NANOS);
            }
        }
        return null;
    }

    private void fillIn(Map<String, Lifecycle> lifecycles, Consumer<String> trouble,
            BooleanSupplier givenUp) throws SQLException, LifecycleFullException {
        try {
            MessageBackfill.run(database, lifecycles, (app, counters) -> {
                if (!filling.isUnderWay()) {
                    filling.begin(0);
                }
                filling.done(counters);
                trouble.accept("filling in the lifecycle of app \"" + app + "\", " + counters
                        + " of its counters looked through");
            }, givenUp);
        } catch (SQLException failed) {
            if (filling.isUnderWay()) {
                filling.trouble(DatabaseTrouble.of(failed));
            }
            throw failed;
        } finally {
            filling.end();
        }
    }

    /** Something is wrong with the database: starts the embedded one again if it has died. */
    void look() {
        if (embedded == null) {
            return;
        }
        try {
            embedded.ensureRunning();
        } catch (IOException failed) {
            LOG.error("the embedded PostgreSQL does not start again: {}", failed.getMessage());
        }
    }

    @Override
    public void close() {
        if (database != null) {
            database.close();
        }
        abandon();
    }

    /**
     * Stops the embedded database only. The pool's own end waits for connections that are being
     * made, seconds where Postgres is away: the process ends instead.
     */
    void abandon() {
        if (embedded != null) {
            embedded.close();
        }
    }
}
