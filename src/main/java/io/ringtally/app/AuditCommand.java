package io.ringtally.app;

import io.ringtally.audit.AuditReport;
import io.ringtally.config.Configuration;
import io.ringtally.config.ConfigurationException;
import io.ringtally.http.AdminSettings;
import io.ringtally.persist.DatabaseSettings;
import io.ringtally.persist.LedgerReader;
import io.ringtally.persist.LedgerSnapshot;
import io.ringtally.persist.LedgerUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * {@code ringtally audit}: asks the running service for an audit, or Postgres where none runs.
 *
 * <p>Threading: the main thread.
 */
@Command(name = "audit", description = "Says whether everything accepted is counted; exit code 0"
        + " if so, 1 if not, 6 if that could not be found out.")
final class AuditCommand implements Callable<Integer> {

    @ParentCommand
    private Main main;

    @Option(names = "--database", description = "ask Postgres, also where a service runs")
    private boolean databaseOnly;

    @Option(names = "--key", paramLabel = "KEY", defaultValue = "${env:RINGTALLY_API_KEY}",
            description = "API key of scope admin, where the service asks for one; better in the"
                    + " environment, as RINGTALLY_API_KEY, where no list of processes shows it")
    private String key;

    @Override
    public Integer call() {
        try {
            Configuration configuration = Configuration.load(main.file(), System.getenv());
            return audit(configuration, Settings.of(configuration)).code();
        } catch (ConfigurationException wrong) {
            return failed(ExitCode.BAD_CONFIGURATION, wrong.getMessage());
        } catch (LedgerUnavailableException | IOException unknown) {
            return failed(ExitCode.AUDIT_IMPOSSIBLE, unknown.getMessage());
        } catch (RuntimeException | LinkageError defect) {
            // never 1, which says that the books do not agree
            return failed(ExitCode.AUDIT_IMPOSSIBLE, "the audit failed: " + defect);
        }
    }

    private static int failed(ExitCode code, String because) {
        System.err.println("ringtally: " + because);
        return code.code();
    }

    private ExitCode audit(Configuration configuration, Settings settings)
            throws ConfigurationException, LedgerUnavailableException, IOException {
        Duration timeout = settings.audit().timeout();
        AdminSettings admin = settings.admin();
        if (!databaseOnly && admin.port() > 0) {
            AuditClient client = new AuditClient(admin, settings.adminTls()
                    ? OwnCertificate.contextFor(settings.tls().certificate()) : null, key,
                    timeout);
            Optional<AuditReport> answer = client.ask();
            if (answer.isPresent()) {
                return show(answer.get(), "the service at " + client.url());
            }
        }
        DatabaseSettings database = RunningDatabase.of(configuration);
        return show(ask(database, timeout), "PostgreSQL at " + database.shownUrl());
    }

    private static AuditReport ask(DatabaseSettings database, Duration timeout)
            throws LedgerUnavailableException {
        long begun = System.nanoTime();
        try (LedgerReader reader = LedgerReader.connect(database, timeout)) {
            reader.begin();
            LedgerSnapshot ledger = reader.read();
            return AuditReport.of(ledger, (System.nanoTime() - begun) / 1_000_000);
        }
    }

    private static ExitCode show(AuditReport report, String asked) {
        System.out.println("asked: " + asked + ", " + report.tookMillis() + " ms");
        AuditTable.lines(report).forEach(System.out::println);
        return report.balanced() ? ExitCode.OK : ExitCode.UNBALANCED;
    }
}
