package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.OwnThread;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The books agree, under load too; and where somebody changes a row, the audit says so. */
class AuditIT {

    private static final Map<String, String> QUICK = Map.of(
            "RINGTALLY_PERSIST_MAX_DELAY", "100ms", "RINGTALLY_PERSIST_MIN_INTERVAL", "20ms",
            "RINGTALLY_TALLY_SHARDS", "2");
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String MAX = "9223372036854775807";

    @TempDir
    private Path directory;
    private String url;

    @BeforeEach
    void makeDatabase() throws Exception {
        url = TestPostgres.shared().newDatabase();
    }

    @Test
    void theBooksAgreeAfterALoadWithOverflowsAndRowsThatPostgresRefuses() throws Exception {
        try (RunningService one = start("one"); RunningService two = start("two");
                Load load = Load.on(one, 4, 50, 200_000)) {
            load.awaitAcks(500);
            post(one, "top", MAX);
            post(one, "top", "1");
            awaitRow(one, "select total from ringtally.counter where message_id = 'top'", MAX);
            // the second service does not know the row: Postgres refuses what it adds
            post(two, "top", "7");
            awaitRow(two, "select count(*) from ringtally.dead_letters", "2");
            load.stop();
            String audit = awaitFlushed(one);
            assertEquals(String.valueOf(load.acked() + 2), number(audit, "accepted", "events"));
            assertEquals(String.valueOf(load.acked() + 2), number(audit, "folded", "events"));
            assertEquals("2", number(audit, "dead_lettered", "events"));
            assertEquals("8", number(audit, "dead_lettered", "sum"));
            assertEquals("0", number(audit, "booked_out", "events"));
            assertEquals(TestPostgres.query(url, "select sum(total) from ringtally.counter"),
                    number(audit, "persisted", "sum"));
            // all of this log but the 1 that went beyond 64 bits
            assertEquals(new BigInteger(number(audit, "persisted", "sum")).add(BigInteger.ONE),
                    new BigInteger(number(audit, "accepted", "sum")));
            assertEquals("1", number(awaitFlushed(two), "accepted", "events"));
        }
    }

    @Test
    void acceptedGoesOnWhereTheRunBeforeHasEnded() throws Exception {
        try (RunningService first = start("data")) {
            post(first, "k", "40");
            assertEquals(0, first.terminate(SOON), first.log());
        }
        try (RunningService second = start("data")) {
            assertEquals("40", number(awaitFlushed(second), "accepted", "sum"));
            post(second, "k", "2");
            String audit = awaitFlushed(second);
            assertEquals("42", number(audit, "accepted", "sum"));
            assertEquals("2", number(audit, "accepted", "events"));
            assertEquals("42", number(audit, "persisted", "sum"));
        }
    }

    @Test
    void twoHundredAuditsDuringFlushesOfALoadAllSayBalanced() throws Exception {
        Map<String, String> busy = Map.of("RINGTALLY_PERSIST_MAX_UPDATES", "1",
                "RINGTALLY_PERSIST_MAX_DELAY", "50ms", "RINGTALLY_PERSIST_MIN_INTERVAL", "0ms",
                "RINGTALLY_TALLY_SHARDS", "2");
        try (RunningService service = RunningService.start(directory.resolve("data"), url, busy);
                Load load = Load.on(service, 8, 500, 100_000)) {
            load.awaitAcks(200);
            long before = load.acked();
            Set<String> cuts = new HashSet<>();
            for (int i = 0; i < 200 || cuts.size() <= 50 && i < 3_000; i++) {
                String audit = audit(service);
                assertTrue(audit.startsWith("{\"balanced\":true,\"findings\":[],"),
                        "audit " + i + ": " + audit);
                cuts.add(number(audit, "folded", "events"));
            }
            assertTrue(load.acked() > before + 200, "a load of " + load.acked());
            assertTrue(cuts.size() > 50, "flushes went on: " + cuts.size());
            load.stop();
            assertEquals(0, service.terminate(SOON), service.log());
            load.verify(url);
        }
    }

    @Test
    void aTotalThatSomebodyChangedIsFoundAndItsRepairToo() throws Exception {
        try (RunningService service = start("data")) {
            post(service, "k", "5");
            awaitFlushed(service);
            change("update ringtally.counter set total = total + 1");
            String audit = audit(service);
            assertTrue(audit.startsWith("{\"balanced\":false,\"findings\":[\"sums: the logs have"
                    + " folded in 5, and counters, dead letters and what is booked out hold 6, 1"
                    + " too much\"],"), audit);
            assertTrue(service.status().contains("\"status\":\"degraded\",\"reason\":\"the ledger"
                    + " is unbalanced: sums: "), service.status());
            assertTrue(service.log().contains("ERROR") && service.log().contains(
                    "THE LEDGER IS UNBALANCED: sums: "), service.log());
            change("update ringtally.counter set total = total - 1");
            assertTrue(audit(service).contains("\"balanced\":true,\"findings\":[]"));
            assertTrue(service.status().contains("\"status\":\"up\""), service.status());
        }
    }

    @Test
    void aRowThatSomebodyDeletedIsFoundByTheCommand() throws Exception {
        try (RunningService service = start("data")) {
            post(service, "k", "5");
            awaitFlushed(service);
            Map<String, String> there = Map.of("RINGTALLY_DB_URL", url,
                    "RINGTALLY_DB_USER", "postgres",
                    "RINGTALLY_ADMIN_PORT", String.valueOf(service.adminPort()));
            FinishedCommand balanced = FinishedCommand.of(there, "audit");
            assertEquals(0, balanced.code(), balanced.output());
            assertTrue(balanced.output().contains("asked: the service at http://127.0.0.1:"
                    + service.adminPort()), balanced.output());
            assertTrue(Pattern.compile("\naccepted +1 +5\n").matcher(balanced.output()).find(),
                    balanced.output());
            assertTrue(balanced.output().endsWith("\nbalanced\n"), balanced.output());

            change("delete from ringtally.counter");
            FinishedCommand unbalanced = FinishedCommand.of(there, "audit");
            assertEquals(1, unbalanced.code(), unbalanced.output());
            assertTrue(unbalanced.output().contains("\nNOT BALANCED\n- events: the logs have folded"
                    + " in 1, and counters, dead letters and what is booked out hold 0, 1 too"
                    + " little\n- sums: "), unbalanced.output());
            FinishedCommand direct = FinishedCommand.of(there, "audit", "--database");
            assertEquals(1, direct.code(), direct.output());
            assertTrue(direct.output().contains("asked: PostgreSQL at jdbc:postgresql:"),
                    direct.output());
        }
    }

    @Test
    void theServiceFindsAnImbalanceByItselfAndItsMxBeanSaysSo() throws Exception {
        try (RunningService service = RunningService.start(directory.resolve("data"), url,
                Map.of("RINGTALLY_AUDIT_INTERVAL", "200ms",
                        "RINGTALLY_PERSIST_MIN_INTERVAL", "0ms",
                        "RINGTALLY_PERSIST_MAX_DELAY", "100ms"));
                JmxConnection jmx = JmxConnection.attach(service.pid())) {
            post(service, "k", "5");
            awaitRow(service, "select total from ringtally.counter", "5");
            service.await("a first audit", SOON, () -> holds(() ->
                    jmx.number("Database", "LedgerAuditAgeMillis") >= 0));
            assertEquals(true, jmx.get("Database", "LedgerBalanced"));
            change("update ringtally.counter set events = events + 1");
            service.awaitStatus("degraded");
            assertTrue(service.status().contains("\"reason\":\"the ledger is unbalanced: events: "),
                    service.status());
            assertEquals(false, jmx.get("Database", "LedgerBalanced"));
            assertEquals(200, service.get("/status").statusCode());
            change("update ringtally.counter set events = events - 1");
            service.awaitStatus("up");
            assertEquals(true, jmx.get("Database", "LedgerBalanced"));
        }
    }

    @Test
    void aCheckpointThatSomebodyMovedIsFoundAlthoughPostgresAgreesWithItself() throws Exception {
        try (RunningService service = start("data")) {
            post(service, "k", "5");
            awaitFlushed(service);
            change("update ringtally.counter set events = events + 1, total = total + 3;"
                    + " update ringtally.checkpoint set events = events + 1, sum = sum + 3");
            assertEquals("t", TestPostgres.query(url, "select balanced from ringtally.ledger"));
            String moved = audit(service);
            assertTrue(moved.startsWith("{\"balanced\":false,"), moved);
            assertTrue(moved.contains("its checkpoint stands at position "), moved);
            assertTrue(moved.contains("covers 2 events with the sum 8, and the service has"
                    + " accepted 1 events with the sum 5"), moved);
            change("truncate ringtally.counter, ringtally.checkpoint");
            String gone = audit(service);
            assertTrue(gone.contains("\"balanced\":false") && gone.contains("is gone\""), gone);
        }
    }

    @Test
    void oneAuditIsMadeAtATimeAndAStopDoesNotWaitForIt() throws Exception {
        try (RunningService service = start("data")) {
            post(service, "k", "5");
            awaitFlushed(service);
            try (var connection = DriverManager.getConnection(url);
                    var statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("lock table ringtally.counter in access exclusive mode");
                CompletableFuture<String> first = waitingAudit(service);
                var second = service.getAdmin("/v1/audit");
                assertEquals(429, second.statusCode(), second.body());
                assertEquals("1", second.headers().firstValue("Retry-After").orElse(""));
                assertTrue(second.body().contains("/problems/audit-running"), second.body());
                connection.rollback();
                assertTrue(first.get(10, TimeUnit.SECONDS).contains("\"balanced\":true"));

                statement.execute("lock table ringtally.counter in access exclusive mode");
                waitingAudit(service);
                // which is sooner than the audit may take
                assertEquals(0, service.terminate(SOON), service.log());
            }
        }
    }

    /** An audit that waits for the table, seen in Postgres to do so. */
    private CompletableFuture<String> waitingAudit(RunningService service) throws IOException {
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return service.getAdmin("/v1/audit").body();
            } catch (IOException closed) {
                return "closed: " + closed;
            }
        }, new OwnThread());
        awaitRow(service, "select count(*) from pg_stat_activity where datname ="
                + " current_database() and application_name = 'ringtally-audit'"
                + " and wait_event_type = 'Lock'", "1");
        return answer;
    }

    private RunningService start(String data) throws IOException {
        return RunningService.start(directory.resolve(data), url, QUICK);
    }

    private static void post(RunningService service, String key, String value)
            throws IOException {
        assertEquals(202, service.post("/increment",
                "{\"key\":\"" + key + "\",\"value\":" + value + "}").statusCode());
    }

    private static String audit(RunningService service) throws IOException {
        var answer = service.getAdmin("/v1/audit");
        assertEquals(200, answer.statusCode(), answer.body());
        return answer.body();
    }

    /** The audit once nothing is in flight; it is balanced all the time. */
    private static String awaitFlushed(RunningService service) throws IOException {
        String[] last = new String[1];
        service.await("nothing in flight", SOON, () -> holds(() -> {
            if (!service.get("/api/q/stats").body().contains(
                    "\"event_collector_queue\":0,\"unpersisted_events\":0,")) {
                return false;
            }
            last[0] = audit(service);
            assertTrue(last[0].startsWith("{\"balanced\":true,"), last[0]);
            return number(last[0], "in_flight", "events").equals("0");
        }));
        assertEquals("0", number(last[0], "in_flight", "sum"));
        return last[0];
    }

    private void awaitRow(RunningService service, String sql, String wanted)
            throws IOException {
        service.await(sql + " = " + wanted, SOON, () -> holds(() ->
                wanted.equals(TestPostgres.query(url, sql))));
    }

    private interface Condition {

        boolean holds() throws Exception;
    }

    private static boolean holds(Condition condition) {
        try {
            return condition.holds();
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    private void change(String sql) throws Exception {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(sql);
            connection.commit();
        }
    }

    /** A number of the first object of this name. */
    private static String number(String json, String object, String field) {
        Matcher matcher = Pattern.compile("\"" + object + "\":\\{[^}]*\"" + field
                + "\":(-?\\d+)").matcher(json);
        assertTrue(matcher.find(), object + "." + field + " in " + json);
        return matcher.group(1);
    }
}
