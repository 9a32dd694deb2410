package io.ringtally.persist;

import io.ringtally.auth.KeyRing;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the keys in Postgres again and again and puts them in force. While Postgres is away the
 * last ones stay in force, and none are where none could be read yet.
 *
 * <p>Threading: a thread of its own runs it; {@link #close} by any. It has a connection of its own.
 */
public final class KeyWatch implements Runnable, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KeyWatch.class);

    private final DatabaseSettings settings;
    private final long refreshMillis;
    private final KeyRing ring;
    private volatile ApiKeyTable table;
    private volatile boolean closed;
    private volatile String lastError = "";

    /** A watch that refreshes {@code ring}; the schema has been migrated. */
    public KeyWatch(DatabaseSettings settings, Duration refresh, KeyRing ring) {
        this.settings = settings;
        this.refreshMillis = refresh.toMillis();
        this.ring = ring;
    }

    @Override
    public void run() {
        while (!closed) {
            look();
            try {
                Thread.sleep(refreshMillis);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        disconnect();
    }

    /** Reads them once; what goes wrong is logged where it begins, and tried again next time. */
    public void look() {
        try {
            if (table == null) {
                table = ApiKeyTable.connect(settings);
            }
            if (ring.replace(table.inForce())) {
                LOG.info("{} API keys are in force", ring.current().size());
            }
            lastError = "";
        } catch (SQLException failed) {
            disconnect();
            if (lastError.isEmpty() && !closed) {
                LOG.warn("the API keys cannot be read, {}: {}", ring.current() == null
                        ? "so nobody gets in yet" : "the last ones read stay in force",
                        failed.getMessage());
            }
            lastError = String.valueOf(failed.getMessage());
        }
    }

    /** Why the last look failed; empty if it did not. */
    public String lastError() {
        return lastError;
    }

    private void disconnect() {
        ApiKeyTable open = table;
        table = null;
        if (open != null) {
            open.close();
        }
    }

    /** Looks no more, and ends a look under way. */
    @Override
    public void close() {
        closed = true;
        ApiKeyTable open = table;
        if (open != null) {
            open.abort();
        }
    }
}
