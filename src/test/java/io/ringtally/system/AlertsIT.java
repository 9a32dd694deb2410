package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alert rules on what a real service exposes, when it is well and when it is not. */
class AlertsIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Path RULES =
            Path.of("docker/prometheus/ringtally.rules.yml").toAbsolutePath();
    /** Scrapes that say the same, every 15 s: five minutes. */
    private static final int SCRAPES = 20;

    @TempDir
    private Path directory;

    @Test
    void firesOnWhatIsWrongAndOnNothingElse() throws Exception {
        assumeFalse(Scrape.promtoolIsMissing(), "promtool is missing");
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), database,
                Map.of("RINGTALLY_PERSIST_MAX_DELAY", "300ms",
                        "RINGTALLY_AUDIT_INTERVAL", "1s"))) {
            assertEquals(202, service.post("/increment?ack=persisted",
                    "{\"key\":\"k\",\"value\":9223372036854775807}").statusCode());
            service.await("the first audit", SOON, () -> audited(service));
            Scrape well = Scrape.of(service);
            assertFires(Set.of(), well, well);

            TestLetters.make(service, "k");
            Scrape withLetter = Scrape.of(service);
            assertFires(Set.of("RingtallyDeadLetters"), well, withLetter);

            service.operate("pause");
            Scrape paused = Scrape.of(service);
            assertFires(Set.of("RingtallyNotUp"), paused, paused);
            service.operate("resume");

            try (var connection = DriverManager.getConnection(database);
                    var statement = connection.createStatement()) {
                statement.execute("alter table ringtally.counter rename to elsewhere");
                assertEquals(202, service.post("/increment", "{\"key\":\"k\",\"value\":-1}")
                        .statusCode());
                service.await("failed flushes", SOON, () -> failing(service) > 3);
                Scrape failing = Scrape.of(service);
                statement.execute("alter table ringtally.elsewhere rename to counter");
                assertFires(Set.of("RingtallyFlushesFail", "RingtallyNotUp"), failing, failing);
            }
            service.awaitStatus("up");
            assertEquals(0, service.terminate(SOON), service.log());
        }
    }

    private static boolean audited(RunningService service) {
        try {
            return service.getAdmin("/metrics").body().contains("\nringtally_ledger_balanced ");
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static double failing(RunningService service) {
        try {
            return Scrape.of(service).value("ringtally_flush_failing_attempts");
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    /** Of five minutes of the one exposition and five of the other, at their end. */
    private void assertFires(Set<String> alerts, Scrape first, Scrape then) throws Exception {
        StringBuilder test = new StringBuilder("rule_files: ['" + RULES + "']\n"
                + "evaluation_interval: 15s\ntests:\n  - interval: 15s\n    input_series:\n");
        series(test, "up{job=\"ringtally\"}", 1, 1);
        for (Map.Entry<String, Double> sample : then.samples().entrySet()) {
            String name = sample.getKey();
            if (first.samples().containsKey(name)) {
                series(test, name.contains("{") ? name.replace("{", "{job=\"ringtally\",")
                        : name + "{job=\"ringtally\"}", first.value(name), sample.getValue());
            }
        }
        test.append("    promql_expr_test:\n      - expr: count by (alertname)"
                + " (ALERTS{alertstate=\"firing\"}) or vector(0)\n        eval_time: 10m\n"
                + "        exp_samples:\n          - {labels: '{}', value: 0}\n");
        for (String alert : new TreeSet<>(alerts)) {
            test.append("          - {labels: '{alertname=\"" + alert + "\"}', value: 1}\n");
        }
        Scrape.promtool("", "test", "rules", Files.writeString(
                directory.resolve("rules.test.yml"), test).toString());
    }

    private static void series(StringBuilder test, String name, double first, double then) {
        if (Double.isFinite(first) && Double.isFinite(then)) {
            test.append("      - {series: '").append(name.replace("'", "''")).append("', values: '")
                    .append(repeated(first)).append(' ').append(repeated(then)).append("'}\n");
        }
    }

    private static String repeated(double value) {
        return new BigDecimal(value).toPlainString() + "x" + SCRAPES;
    }
}
