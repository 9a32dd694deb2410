package io.ringtally.app;

import io.ringtally.config.Configuration;
import io.ringtally.config.ConfigurationException;
import io.ringtally.config.LogSettings;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The command line.
 *
 * <p>Threading: the main thread.
 */
@Command(name = "ringtally", mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {CommandLine.HelpCommand.class, AuditCommand.class,
                VerifyCommand.class, JournalCommand.class, KeysCommand.class,
                DoctorCommand.class},
        description = "Counts events over HTTP, exactly, into Postgres."
                + " Without a command: serve.")
public final class Main implements Runnable {

    @Option(names = "--config", paramLabel = "FILE", scope = ScopeType.INHERIT,
            description = "configuration file (HOCON); config/ringtally.conf lists every key")
    private Path file;

    private ExitCode outcome = ExitCode.OK;
    private boolean serving;
    private boolean json;

    private Main() {
    }

    /** Runs a command; {@code serve} if none is named. */
    public static void main(String[] arguments) {
        // Chronicle announces itself and asks for an e-mail address: not in a service's log
        System.setProperty("chronicle.announcer.disable", "true");
        Main main = new Main();
        int usage = new CommandLine(main).execute(arguments);
        if (!main.serving) {
            System.exit(usage != 0 ? usage : main.outcome.code());
        }
    }

    @Override
    public void run() {
        serve();
    }

    /** Runs the service until it is told to stop. */
    @Command(name = "serve", description = "Runs the service until SIGTERM (the default).")
    void serve() {
        try {
            Configuration configuration = Configuration.load(file, System.getenv());
            LogSettings log = configuration.log();
            LogOutput.begin(log);
            json = log.json();
            Service service = new Service(configuration, json ? null : StderrBar.install());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(service), "stop"));
            serving = true;
            service.start();
            if (service.isUp() && !json) {
                welcome(service.url());
            }
        } catch (ConfigurationException wrong) {
            if (LogOutput.without(System.getenv()).json()) {
                json = true;
                LogOutput.begin(LogOutput.without(System.getenv()));
            }
            fail(ExitCode.BAD_CONFIGURATION, wrong);
        } catch (IOException | RuntimeException | LinkageError inTheWay) {
            fail(ExitCode.START_FAILED, inTheWay);
        }
    }

    /** The configuration file named on the command line, or null. */
    Path file() {
        return file;
    }

    private void fail(ExitCode code, Throwable because) {
        say(because instanceof LinkageError
                ? "this needs a JDK, 17 or later, not a runtime without a compiler: " + because
                : because.getMessage());
        outcome = code;
        if (serving) {
            System.exit(code.code());
        }
    }

    /** Where the log is JSON, it is the only thing that is printed. */
    private void say(String last) {
        if (json) {
            LoggerFactory.getLogger(Main.class).error("{}", last);
        } else {
            System.err.println("ringtally: " + last);
        }
    }

    private static void welcome(String url) {
        System.out.println("Ringtally is counting at " + url + "\n"
                + "Try:  curl -i " + url + "/increment"
                + " -H 'Content-Type: application/json' -d '{\"key\":\"hello\",\"value\":1}'\n"
                + "then: curl " + url + "/v1/counters/hello");
    }

    /** The one shutdown hook: it decides the exit code, which a signal would otherwise set. */
    private void stop(Service service) {
        int code;
        try {
            ExitCode reached = service.stop();
            code = (outcome == ExitCode.OK ? reached : outcome).code();
        } catch (IOException | InterruptedException | RuntimeException failed) {
            say("the stop failed: " + failed);
            code = ExitCode.START_FAILED.code();
        }
        System.out.flush();
        Runtime.getRuntime().halt(code);
    }

    /** Prints the effective configuration. */
    @Command(name = "config",
            description = "Prints the effective values and where each one comes from.")
    void config() {
        try {
            Configuration configuration = Configuration.load(file, System.getenv());
            configuration.describe().forEach(System.out::println);
            Settings.of(configuration);
        } catch (ConfigurationException wrong) {
            fail(ExitCode.BAD_CONFIGURATION, wrong);
        }
    }

    /** The version in the jar's manifest. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"ringtally " + (version == null ? "development" : version)};
        }
    }
}
