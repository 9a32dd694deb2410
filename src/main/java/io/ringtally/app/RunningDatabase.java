package io.ringtally.app;

import io.ringtally.config.Configuration;
import io.ringtally.config.ConfigurationException;
import io.ringtally.persist.DatabaseSettings;
import io.ringtally.persist.EmbeddedDatabase;
import io.ringtally.persist.EmbeddedDatabaseSettings;
import java.io.IOException;

/**
 * Where a command finds the service's database: the one configured, or the embedded one, which runs
 * while its service does.
 *
 * <p>Threading: stateless.
 */
final class RunningDatabase {

    private RunningDatabase() {
    }

    /**
     * How to reach it.
     *
     * @throws IOException if it is the embedded one and does not run
     */
    static DatabaseSettings of(Configuration configuration)
            throws ConfigurationException, IOException {
        if (!configuration.embeddedDatabase()) {
            return configuration.database(configuration.databaseUrl());
        }
        EmbeddedDatabaseSettings embedded = EmbeddedDatabaseSettings.below(
                configuration.dataDir(), configuration.embeddedPort());
        return configuration.database(EmbeddedDatabase.urlOfRunning(embedded.directory())
                .orElseThrow(() -> new IOException("the embedded database of data.dir = "
                        + configuration.dataDir().toAbsolutePath() + " is not running: start the"
                        + " service, which brings it up, and ask again")));
    }
}
