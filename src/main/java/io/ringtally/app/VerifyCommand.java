package io.ringtally.app;

import io.ringtally.verify.Campaign;
import io.ringtally.verify.DatabaseAddress;
import io.ringtally.verify.VerifySettings;
import io.ringtally.verify.VerifySettings.LoadSettings;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/**
 * {@code ringtally verify}: faults, injected into a service of its own.
 *
 * <p>Threading: the main thread.
 */
@Command(name = "verify", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Starts this jar as a service of its own, loads it, lets it crash in many"
                + " ways, and shows that nothing is lost or counted twice.")
final class VerifyCommand implements Callable<Integer> {

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "20",
            description = "rounds; each takes some seconds")
    private int rounds;

    @Option(names = "--faults", split = ",", paramLabel = "NAME", defaultValue = "all",
            description = "what happens, in turn: all, kill, term, pg-stop, pg-kill, pg-pause,"
                    + " pg-slow, double, syscall, sync-error, disk-full, stall, hang, throw,"
                    + " orphan, halt (at every named point), halt:POINT")
    private List<String> faults;

    @Option(names = "--seed", paramLabel = "N", showDefaultValue =
            Visibility.NEVER,
            description = "where chance begins; chosen and printed if absent")
    private Long seed;

    @Option(names = "--clients", paramLabel = "N", defaultValue = "16",
            description = "connections that post at once")
    private int clients;

    @Option(names = "--keys", paramLabel = "N", defaultValue = "64",
            description = "counters they share")
    private int keys;

    @Option(names = "--unique", paramLabel = "PERCENT", defaultValue = "15",
            description = "requests, of a hundred, that count on counters of their own")
    private int unique;

    @Option(names = "--ack", paramLabel = "LEVEL",
            description = "level asked for with each request: journaled, synced, persisted")
    private String ack = "";

    @Option(names = "--no-retry",
            description = "do not send again, with its id, what was not answered: then the sums"
                    + " are judged by bounds only")
    private boolean withoutRetry;

    @Option(names = "--dir", paramLabel = "DIR",
            description = "where a directory for data is made, and removed if all is well; else the"
                    + " system's for temporary files")
    private Path directory;

    @Option(names = "--db-url", paramLabel = "URL",
            description = "an empty database, jdbc:postgresql://...; else a PostgreSQL is started")
    private String databaseUrl;

    @Option(names = "--db-user", paramLabel = "USER", defaultValue = "postgres",
            description = "role that may create the schema ringtally there")
    private String databaseUser;

    @Option(names = "--db-password", paramLabel = "PASSWORD", showDefaultValue = Visibility.NEVER,
            description = "its password; empty if absent")
    private String databasePassword = "";

    @Option(names = "--report", paramLabel = "FILE", description = "Markdown to write")
    private Path report;

    @Override
    public Integer call() throws InterruptedException {
        try {
            Path jar = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation()
                    .toURI());
            if (!Files.isRegularFile(jar)) {
                throw new IOException("verify starts the jar it runs from, and runs from " + jar
                        + ": use java -jar ringtally.jar verify");
            }
            boolean clean = new Campaign(settings(jar), System.out).run();
            return (clean ? ExitCode.OK : ExitCode.START_FAILED).code();
        } catch (IllegalArgumentException wrong) {
            System.err.println("ringtally: " + wrong.getMessage());
            return ExitCode.BAD_CONFIGURATION.code();
        } catch (IOException | URISyntaxException inTheWay) {
            System.err.println("ringtally: " + inTheWay.getMessage());
            return ExitCode.START_FAILED.code();
        }
    }

    private VerifySettings settings(Path jar) {
        DatabaseAddress database = databaseUrl == null ? null
                : new DatabaseAddress(databaseUrl, databaseUser, databasePassword);
        Path parent = directory != null ? directory
                : Path.of(System.getProperty("java.io.tmpdir"));
        long start = seed != null ? seed : new SecureRandom().nextInt() >>> 1;
        return new VerifySettings(jar, parent, database, faults, rounds, start,
                new LoadSettings(clients, keys, unique, ack, !withoutRetry), report);
    }
}
