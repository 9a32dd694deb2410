package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus gets, and that it is true. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetricsIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Path DOCKER = Path.of("docker");
    private static final String ONE = "{\"key\":\"secret-id\",\"value\":1}";

    @TempDir
    static Path directory;
    private String database;
    private RunningService service;

    @BeforeAll
    void start() throws Exception {
        database = TestPostgres.shared().newDatabase();
        service = RunningService.start(directory.resolve("data"), database, Map.of(
                "RINGTALLY_PERSIST_MAX_DELAY", "100ms", "RINGTALLY_PERSIST_MIN_INTERVAL", "20ms",
                "RINGTALLY_TALLY_SHARDS", "2"));
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private Scrape scrape() throws Exception {
        return Scrape.of(service);
    }

    private void post(String body, int status) throws Exception {
        assertEquals(status, service.post("/increment", body).statusCode());
    }

    private void awaitPersisted() throws Exception {
        // a shard that sleeps knows nothing yet of the newest events; a cut wakes it
        TestLetters.flush(service);
        service.await("everything in Postgres", SOON, () -> service.status().contains(
                "\"unpersisted_events\":0") && service.status().contains("\"pending_counters\":0"));
    }

    @Test
    void promtoolFindsNothingToComplainOf() throws Exception {
        assumeFalse(Scrape.promtoolIsMissing(), "promtool is missing");
        assertEquals("", Scrape.promtool(scrape().text(), "check", "metrics"));
    }

    @Test
    void answersInTheFormatThatIsAskedFor() throws Exception {
        assertEquals("text/plain; version=0.0.4; charset=utf-8", typeFor("*/*"));
        assertEquals("text/plain; version=0.0.4; charset=utf-8", typeFor("text/html"));
        assertEquals("application/openmetrics-text; version=1.0.0; charset=utf-8",
                typeFor("application/openmetrics-text;version=1.0.0;q=0.8,text/plain;q=0.1"));
        assertEquals("application/openmetrics-text; version=1.0.0; charset=utf-8",
                typeFor("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
                        + "encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0"));
    }

    private String typeFor(String accept) throws Exception {
        var answer = service.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                + service.adminPort() + "/metrics")).header("Accept", accept).GET());
        assertEquals(200, answer.statusCode());
        String type = answer.headers().firstValue("Content-Type").orElse("");
        assertEquals(type.startsWith("application/openmetrics"),
                answer.body().endsWith("# EOF\n"), "an end where OpenMetrics has one");
        return type;
    }

    @Test
    void changesAreCountedByWhatBecameOfThem() throws Exception {
        Scrape before = scrape();
        assertEquals(201, change("PUT", "{\"total\":5}", "Accept", "*/*").statusCode());
        assertEquals(200, change("PUT", "{\"total\":6}", "Accept", "*/*").statusCode());
        assertEquals(412, change("PUT", "{\"total\":7}", "If-None-Match", "*").statusCode());
        assertEquals(200, change("DELETE", "", "Accept", "*/*").statusCode());
        assertEquals(404, change("DELETE", "", "Accept", "*/*").statusCode());
        Scrape after = scrape();
        for (String outcome : List.of("made", "condition-failed", "nothing-there")) {
            assertGrown(1, "ringtally_changes_total{outcome=\"" + outcome + "\"}", before, after);
        }
        assertGrown(2, "ringtally_changes_total{outcome=\"done\"}", before, after);
        assertGrown(1, "ringtally_removed_counters_total", before, after);
    }

    private HttpResponse<String> change(String method, String body, String header, String value)
            throws Exception {
        return service.send(HttpRequest.newBuilder(URI.create(service.url()
                + "/v1/counters/changed")).header("Content-Type", "application/json")
                .header(header, value)
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void whatItSaysAfterALoadIsWhatTheBooksSay() throws Exception {
        awaitPersisted();
        Scrape before = scrape();
        for (int i = 0; i < 40; i++) {
            post(ONE, 202);
        }
        assertEquals(202, service.post("/api/event/bulk", "{\"events\":["
                + "{\"app_id\":\"secret-app\",\"message_id\":\"m\",\"event\":\"e\"},"
                + "{\"app_id\":\"secret-app\",\"message_id\":\"n\",\"event\":\"e\"}]}")
                .statusCode());
        post("{\"key\":\"most\",\"value\":9223372036854775807}", 202);
        post("{\"key\":\"most\",\"value\":1}", 202);
        post("{}", 400);
        awaitPersisted();
        // recorded just before the service says that it is in Postgres
        Scrape after = scrape();
        assertGrown(44, "ringtally_accepted_events_total", before, after);
        assertGrown(44, "ringtally_flushed_events_total", before, after);
        assertGrown(44, "ringtally_tallied_delay_seconds_count", before, after);
        assertGrown(44, "ringtally_persisted_delay_seconds_count", before, after);
        assertGrown(43, "ringtally_request_duration_seconds_count", before, after);
        assertGrown(1, "ringtally_dead_letters_total", before, after);
        assertGrown(1, "ringtally_invalid_requests_total{reason=\"invalid-request\"}", before,
                after);
        assertEquals(0, after.value("ringtally_refused_requests_total{reason=\"ring-full\"}"));
        assertEquals(1, after.value("ringtally_status{state=\"up\"}"));
        assertEquals(0, after.value("ringtally_status{state=\"degraded\"}"));
        assertEquals(after.value("ringtally_accepted_events_total"),
                after.value("ringtally_applied_events_total{shard=\"0\"}")
                + after.value("ringtally_applied_events_total{shard=\"1\"}"));
        assertEquals(after.value("ringtally_store_counters"),
                after.value("ringtally_shard_counters{shard=\"0\"}")
                + after.value("ringtally_shard_counters{shard=\"1\"}"));
        assertTrue(service.getAdmin("/v1/audit").body().contains("\"accepted\":{\"events\":"
                + (long) after.value("ringtally_accepted_events_total") + ","));
        assertEquals(1, scrape().value("ringtally_ledger_balanced"));
        assertTrue(after.value("ringtally_http_connections") >= 1);
        assertTrue(after.value("ringtally_flush_duration_seconds_count") >= 1);
        assertTrue(after.value("jvm_threads_current") > 5);
    }

    private static void assertGrown(double by, String series, Scrape before, Scrape after) {
        assertEquals(by, after.value(series) - before.value(series), series);
    }

    @Test
    void aPostgresThatStandsStillShowsInTheDelayUntilPersisted() throws Exception {
        awaitPersisted();
        Scrape before = scrape();
        assertEquals(before.value("ringtally_accepted_events_total"),
                before.value("ringtally_persisted_delay_seconds_count"));
        try (var connection = DriverManager.getConnection(database);
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table ringtally.counter in access exclusive mode");
            for (int i = 0; i < 50; i++) {
                post(ONE, 202);
            }
            service.await("a lag of 1.5 s", SOON, () ->
                    lagSeconds() > 1.5);
            assertEquals(before.value("ringtally_persisted_delay_seconds_count"),
                    scrape().value("ringtally_persisted_delay_seconds_count"));
            connection.rollback();
        }
        awaitPersisted();
        Scrape after = scrape();
        assertEquals(after.value("ringtally_accepted_events_total"),
                after.value("ringtally_persisted_delay_seconds_count"));
        assertGrown(50, "ringtally_persisted_delay_seconds_count", before, after);
        // most of them waited as long, and were counted at once
        double quick = after.value("ringtally_persisted_delay_seconds_bucket{le=\"1.0\"}")
                - before.value("ringtally_persisted_delay_seconds_bucket{le=\"1.0\"}");
        assertTrue(quick <= 25, quick + " of 50 within a second");
        assertGrown(50, "ringtally_tallied_delay_seconds_bucket{le=\"1.0\"}", before, after);
        assertGrown(50, "ringtally_request_duration_seconds_bucket{le=\"1.0\"}", before, after);
    }

    private double lagSeconds() {
        try {
            return scrape().value("ringtally_persisted_lag_seconds");
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void thereAreFewSeriesAndNoneIsNamedAfterAnAppOrAMessage() throws Exception {
        Scrape scrape = scrape();
        assertTrue(scrape.samples().size() < 500, scrape.samples().size() + " series");
        assertTrue(!scrape.text().contains("secret"), scrape.text());
    }

    @Test
    void eachFigureHasItsRowInTheDocumentation() throws Exception {
        String table = String.join("\n", Scrape.documentation());
        List<String> missing = new ArrayList<>();
        for (String name : scrape().families()) {
            if (name.startsWith("ringtally_") && !table.contains("`" + name + "`")) {
                missing.add(name);
            }
        }
        assertEquals(List.of(), missing);
        for (String row : Scrape.documentation()) {
            String[] cells = row.split("\\|");
            assertEquals(5, cells.length, row);
            for (int cell = 1; cell < cells.length; cell++) {
                assertFalse(cells[cell].isBlank(), "an empty cell: " + row);
            }
        }
    }

    @Test
    void alertsAndDashboardNameOnlyFiguresThatThereAre() throws Exception {
        Scrape scrape = scrape();
        TreeSet<String> there = scrape.names();
        there.addAll(scrape.families());
        // only with HTTPS, and only after an audit
        there.add("ringtally_tls_certificate_not_after_seconds");
        there.add("ringtally_ledger_balanced");
        there.add("ringtally_ledger_audit_age_seconds");
        for (String file : List.of("prometheus/ringtally.rules.yml",
                "grafana/dashboards/ringtally.json")) {
            TreeSet<String> named = new TreeSet<>();
            Pattern.compile("\\b(?:ringtally|jvm|process)_[a-z0-9_]+")
                    .matcher(Files.readString(DOCKER.resolve(file))).results()
                    .forEach(match -> named.add(match.group()));
            assertTrue(named.size() > 10, file + " names " + named);
            named.removeAll(there);
            assertEquals(Set.of(), named, file);
        }
    }

    @Test
    void promtoolAcceptsTheAlertsAndTheirTests() throws Exception {
        assumeFalse(Scrape.promtoolIsMissing(), "promtool is missing");
        Scrape.promtool("", "check", "rules", DOCKER + "/prometheus/ringtally.rules.yml");
        Scrape.promtool("", "test", "rules", DOCKER + "/prometheus/ringtally.rules.test.yml");
        Scrape.promtool("", "check", "config", "--syntax-only",
                DOCKER + "/prometheus/prometheus.yml");
    }

    @Test
    void everyAlertIsTested() throws Exception {
        String tests = Files.readString(DOCKER.resolve("prometheus/ringtally.rules.test.yml"));
        Pattern.compile("alert: (\\w+)").matcher(Files.readString(
                DOCKER.resolve("prometheus/ringtally.rules.yml"))).results().forEach(alert ->
                        assertTrue(tests.contains("alertname=\"" + alert.group(1) + "\""),
                                alert.group(1)));
    }
}
