package io.ringtally.doctor;

import io.ringtally.config.Configuration;
import io.ringtally.config.ConfigurationException;
import io.ringtally.http.AdminSettings;
import io.ringtally.http.HttpSettings;
import io.ringtally.inspect.LogInspection;
import io.ringtally.journal.JournalSettings;
import io.ringtally.journal.LogIdentity;
import io.ringtally.persist.DatabaseProbe;
import io.ringtally.persist.DatabaseSettings;
import io.ringtally.persist.EmbeddedDatabase;
import io.ringtally.persist.EmbeddedDatabaseSettings;
import io.ringtally.recovery.DataDirectory;
import io.ringtally.ring.RingSettings;
import io.ringtally.tally.TallySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * One examination: every check after the other, cheap ones first.
 *
 * <p>Threading: one thread's.
 */
public final class Doctor {

    /** Programs of an embedded Postgres, a new cluster, and its write-ahead log at its largest. */
    private static final long EMBEDDED_START_BYTES = 150L << 20;
    private static final long EMBEDDED_BYTES = 1_500L << 20;
    /** A log larger than this is not read: that takes longer than a look should. */
    private static final long READ_BYTES_MAX = 512L << 20;

    private static final String DATA = "data.dir";
    private static final String LOG = "log and database";
    private static final String POSTGRES = "postgres";

    private final Configuration configuration;
    private final SSLContext tls;
    private final Consumer<Check> told;
    private final ClockChecks clock = new ClockChecks();
    private final Path data;
    private long owner;
    private RunningInstance running;

    /**
     * An examination of what this configuration would run on, or does.
     *
     * @param tls what makes connections to the service's own listener, or null for plain HTTP
     * @param told is told each check as soon as it is made
     */
    public Doctor(Configuration configuration, SSLContext tls, Consumer<Check> told) {
        this.configuration = configuration;
        this.tls = tls;
        this.told = told;
        this.data = configuration.dataDir();
    }

    /**
     * Checks everything; changes nothing, but for a file of its own that it removes.
     *
     * @throws ConfigurationException if the service would not get as far as to be checked
     */
    public void examine() throws ConfigurationException {
        JavaChecks.all(data.toAbsolutePath().toString()).forEach(told);
        memory().all().forEach(told);
        service();
        ports();
        directories();
        database();
        told.accept(clock.check());
    }

    private MemoryChecks memory() throws ConfigurationException {
        RingSettings ring = configuration.ring();
        TallySettings tally = configuration.tally();
        HttpSettings http = configuration.http();
        return new MemoryChecks(Machine.here(), Runtime.getRuntime().maxMemory(),
                new MemoryChecks.Needs(tally.maxPendingCounters(),
                        configuration.dedupe().maxIds(), (long) ring.slots() * ring.slotBytes(),
                        configuration.journal().maxUnforcedBytes(), tally.offHeapBytesMax(),
                        configuration.embeddedDatabase(), tally.shards() + http.ioThreads(),
                        http.maxConnections()));
    }

    private void service() throws ConfigurationException {
        try {
            owner = Files.isDirectory(data) ? DataDirectory.ownerOf(data) : 0;
        } catch (IOException unreadable) {
            told.accept(Check.fail("service", unreadable.toString(), "see that " + data
                    + " can be read"));
        }
        if (owner == 0) {
            told.accept(Check.ok("service", "none runs on data.dir"));
            return;
        }
        HttpSettings http = configuration.http();
        String url = (tls == null ? "http://" : "https://") + reachable(http.host()) + ":"
                + http.port();
        Optional<RunningInstance> found = http.port() == 0
                ? Optional.empty() : RunningInstance.at(url, tls);
        running = found.orElse(null);
        told.accept(found.map(service -> service.judged(owner)).orElseGet(() -> Check.warn(
                "service", "process " + owner + " has data.dir, and does not answer at " + url,
                "run this with the configuration that service was started with, or see its"
                + " log")));
    }

    private static String reachable(String host) {
        return switch (host) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::" -> "[::1]";
            default -> host.contains(":") ? "[" + host + "]" : host;
        };
    }

    private void ports() throws ConfigurationException {
        HttpSettings http = configuration.http();
        told.accept(PortChecks.of("http.port", http.host(), http.port(), () -> running != null));
        AdminSettings admin = configuration.admin();
        if (!admin.isOff()) {
            told.accept(PortChecks.of("admin.port", admin.host(), admin.port(),
                    () -> running != null));
        }
    }

    private void directories() throws ConfigurationException {
        RingSettings ring = configuration.ring();
        JournalSettings journal = configuration.journal();
        long ringBytes = (long) ring.slots() * ring.slotBytes();
        long start = 3L * journal.segmentBytes() + ringBytes;
        long full = journal.maxBytes();
        if (configuration.embeddedDatabase()) {
            start += EMBEDDED_START_BYTES;
            full += EMBEDDED_BYTES;
        }
        Path head = configuration.headDir();
        if (head == null) {
            start += ringBytes;
            full += ringBytes;
        } else {
            new DirectoryChecks("head.dir", head, ringBytes, ringBytes).all().forEach(told);
        }
        DirectoryChecks checks = new DirectoryChecks(DATA, data, start, Math.max(start, full));
        List<Check> found = checks.all();
        found.forEach(told);
        if (owner != 0) {
            told.accept(SyncRate.notMeasured());
        } else if (found.get(0).verdict() == Verdict.OK) {
            told.accept(SyncRate.measured(checks.existing()));
        }
    }

    private void database() throws ConfigurationException {
        DatabaseSettings database;
        if (configuration.embeddedDatabase()) {
            Optional<String> url = embedded();
            if (url.isEmpty()) {
                return;
            }
            database = configuration.database(url.get());
        } else {
            database = configuration.database(configuration.databaseUrl());
        }
        LogIdentity log = identity();
        try {
            DatabaseProbe probe = DatabaseProbe.of(database, log == null ? null : log.uuid());
            DatabaseChecks.all(database.shownUrl(), probe, database.poolSize()
                    + configuration.query().connections()).forEach(told);
            belonging(log, probe);
        } catch (SQLException failed) {
            told.accept(DatabaseChecks.unreachable(database, failed));
        }
    }

    /** Where the embedded one runs, or empty, and said what there is to say. */
    private Optional<String> embedded() throws ConfigurationException {
        EmbeddedDatabaseSettings settings = EmbeddedDatabaseSettings.below(
                data.toAbsolutePath(), configuration.embeddedPort());
        try {
            Optional<String> url = EmbeddedDatabase.urlOfRunning(settings.directory());
            if (url.isPresent()) {
                if (owner == 0) {
                    told.accept(Check.warn(POSTGRES, "the embedded one runs at " + url.get()
                            + " without its service: left behind by one that was killed",
                            "nothing: the next start stops it and starts it again"));
                }
                return url;
            }
            told.accept(PortChecks.of("db.embedded.port", "127.0.0.1", settings.port(),
                    () -> false));
            told.accept(EmbeddedDatabase.mayRun()
                    ? Check.ok(POSTGRES, "embedded, not running: the start of the service"
                            + " brings it up")
                    : Check.fail(POSTGRES, "embedded, and this is root without the right to make"
                            + " a user namespace", "run the service as an ordinary user, or name"
                            + " a server of your own in db.url"));
        } catch (IOException unreadable) {
            told.accept(Check.fail(POSTGRES, unreadable.getMessage(), "see that user "
                    + System.getProperty("user.name") + " owns " + settings.directory()));
        }
        return Optional.empty();
    }

    /** Who the log in the data directory is; null if there is none yet. */
    private LogIdentity identity() {
        Path log = data.resolve("log");
        if (!Files.exists(log.resolve("identity"))) {
            return null;
        }
        try {
            return LogIdentity.readFrom(log);
        } catch (IOException unreadable) {
            told.accept(Check.fail(LOG, unreadable.getMessage(), "restore that file"));
            return null;
        }
    }

    private void belonging(LogIdentity log, DatabaseProbe probe) {
        if (log == null) {
            told.accept(Check.ok(LOG, "there is no log yet"));
            return;
        }
        if (owner != 0) {
            told.accept(Check.ok(LOG, "not compared while the service runs, which did so at its"
                    + " start"));
            return;
        }
        Path directory = data.resolve("log");
        Path head = configuration.headDir() == null ? directory : configuration.headDir();
        long begin = 0;
        OptionalLong end = OptionalLong.empty();
        if (bytesBelow(directory) <= READ_BYTES_MAX) {
            try (LogInspection read = LogInspection.of(directory, head, (bytes, of) -> { })) {
                begin = read.begin();
                end = OptionalLong.of(read.end());
                if (!read.damages().isEmpty()) {
                    told.accept(Check.fail("log", "damaged: " + read.damages().get(0),
                            "see ringtally journal check, and docs/operations.md"));
                    return;
                }
            } catch (IOException unreadable) {
                told.accept(Check.fail("log", unreadable.getMessage(), "see ringtally journal"
                        + " inspect"));
                return;
            }
        }
        told.accept(LogChecks.judged(begin, end, probe.counted()));
    }

    private static long bytesBelow(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException unreadable) {
            return 0;
        }
    }
}
