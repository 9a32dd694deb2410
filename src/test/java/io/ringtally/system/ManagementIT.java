package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.management.AttributeChangeNotification;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator reads and does through JMX, on a real connection to the jar's process. */
class ManagementIT {

    private static final String ONE = "{\"key\":\"k\",\"value\":1}";
    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir
    private Path directory;
    private String database;
    private RunningService service;
    private JmxConnection jmx;

    /** Nothing is flushed by itself within a test: ten seconds, ten thousand events. */
    @BeforeEach
    void start() throws Exception {
        database = TestPostgres.shared().newDatabase();
        service = RunningService.start(directory.resolve("data"), database, Map.of(
                "RINGTALLY_PERSIST_MAX_DELAY", "10s", "RINGTALLY_TALLY_SHARDS", "2"));
        jmx = JmxConnection.attach(service.pid());
        service.await("the Persister's MXBean", SOON, () -> holds(() ->
                jmx.server().isRegistered(JmxConnection.name("Database"))));
    }

    @AfterEach
    void stop() throws Exception {
        jmx.close();
        service.close();
    }

    @Test
    void everyBeanIsThereAndSaysWhatEachOfItsFeaturesMeans() throws Exception {
        Set<String> types = jmx.server().queryNames(new ObjectName("ringtally:*"), null).stream()
                .map(name -> name.getKeyPropertyListString()).collect(Collectors.toSet());
        assertEquals(Set.of("type=Service", "type=Ingest", "type=Reads", "type=Ring",
                "type=Tally,shard=0", "type=Tally,shard=1", "type=Store", "type=Persister",
                "type=Database", "type=Journal"), types);
        Set<String> documented = documented();
        for (String type : types) {
            ObjectName name = new ObjectName("ringtally:" + type);
            MBeanInfo info = jmx.server().getMBeanInfo(name);
            assertSays(info.getDescription(), type);
            for (MBeanAttributeInfo attribute : info.getAttributes()) {
                assertSays(attribute.getDescription(), type + " " + attribute.getName());
                String row = type.replaceAll("type=([A-Za-z]+).*", "$1.") + attribute.getName();
                assertTrue(documented.contains(row), row + " has no row in docs/operations.md");
                jmx.server().getAttribute(name, attribute.getName());
            }
            for (MBeanOperationInfo operation : info.getOperations()) {
                assertSays(operation.getDescription(), type + " " + operation.getName());
            }
        }
    }

    /** The attributes in the rows of the table; only the first of a type has its name before it. */
    private static Set<String> documented() throws IOException {
        Set<String> attributes = new HashSet<>();
        for (String row : Scrape.documentation()) {
            String type = "";
            Matcher name = Pattern.compile("`(?:([A-Z][A-Za-z]+)\\.)?([A-Z][A-Za-z0-9]*)`").matcher(
                    row.substring(0, row.indexOf(" | ")));
            while (name.find()) {
                type = name.group(1) == null ? type : name.group(1);
                attributes.add(type + "." + name.group(2));
            }
        }
        return attributes;
    }

    private static void assertSays(String description, String of) {
        assertTrue(description != null && description.length() > 15
                && !description.contains("exposed for management"), of + ": " + description);
    }

    @Test
    void attributesAgreeWithTheStatusPage() throws Exception {
        post(3);
        assertEquals(400, service.post("/increment", "{}").statusCode());
        // each gauge by itself: a shard that owns none of it may pass the events later
        service.await("3 applied events", SOON, () -> holds(() ->
                jmx.number("Ingest", "AppliedEvents") == 3
                        && jmx.number("Ring", "BacklogSlots") == 0
                        && jmx.number("Persister", "PendingCounters") == 1));
        assertEquals("up", jmx.get("Service", "Status"));
        assertEquals("", jmx.get("Service", "Reason"));
        assertEquals("accepted", jmx.get("Ingest", "Admission"));
        assertInStatus("log", "\"" + jmx.get("Service", "Log") + "\"");
        assertInStatus("version", "\"" + jmx.get("Service", "Version") + "\"");
        assertInStatus("applied_events", jmx.get("Ingest", "AppliedEvents"));
        assertInStatus("invalid_requests", jmx.get("Ingest", "InvalidRequests"));
        assertInStatus("refused_requests", jmx.get("Ingest", "RefusedRequests"));
        assertInStatus("ring_slots", jmx.get("Ring", "Slots"));
        assertInStatus("ring_backlog_slots", jmx.get("Ring", "BacklogSlots"));
        assertInStatus("counters", jmx.get("Store", "Counters"));
        assertInStatus("max_counters", jmx.get("Store", "MaxCounters"));
        assertInStatus("unpersisted_events", jmx.get("Persister", "UnpersistedEvents"));
        assertInStatus("pending_counters", jmx.get("Persister", "PendingCounters"));
        assertInStatus("position", jmx.get("Persister", "Position"));
        assertInStatus("epoch", jmx.get("Persister", "Epoch"));
        assertEquals(3, jmx.number("Tally,shard=0", "AppliedEvents")
                + jmx.number("Tally,shard=1", "AppliedEvents"));
        assertEquals(1, jmx.number("Ingest", "InvalidRequests"));
        assertEquals(4, jmx.number("Database", "MaxConnections"));
        // recorded by now, shown with the next second
        service.await("a look at the latencies", SOON, () -> holds(() ->
                jmx.number("Ingest", "RequestMaxMicros") > 0
                        && jmx.number("Ingest", "TalliedMaxMicros") > 0));
        assertTrue(jmx.number("Ingest", "RequestP50Micros")
                <= jmx.number("Ingest", "RequestMaxMicros"));
        assertEquals(0, jmx.number("Persister", "PersistedMaxMicros"), "nothing was flushed");
        jmx.call("Persister", "flushNow");
        service.await("a look at the latencies", SOON, () -> holds(() ->
                jmx.number("Persister", "PersistedP50Micros") > 0));
        assertTrue(jmx.number("Store", "OffHeapBytes") > 0);
        assertTrue(jmx.number("Service", "UptimeMillis") > 0);
    }

    private void assertInStatus(String field, Object value) {
        String status = service.status();
        assertTrue(status.contains("\"" + field + "\":" + value + ",")
                || status.contains("\"" + field + "\":" + value + "}"),
                field + " = " + value + " is not in " + status);
    }

    @Test
    void fewerUpdatesPerFlushHoldFromTheNextDecisionOn() throws Exception {
        jmx.set("Persister", "MaxUpdates", 5L);
        assertEquals(5, jmx.number("Persister", "MaxUpdates"));
        post(5);
        assertStaysInPostgres(0);
        post(1);
        awaitInPostgres(6);
    }

    @Test
    void aShorterDelayHoldsForWhatIsWaitingAlready() throws Exception {
        post(1);
        assertStaysInPostgres(0);
        jmx.set("Persister", "MaxDelayMillis", 200L);
        awaitInPostgres(1);
        assertEquals(200, jmx.number("Persister", "MinIntervalMillis"));
    }

    @Test
    void aThresholdOutOfRangeIsRefusedWithValueAndRange() throws Exception {
        assertRefused("persist.max-updates = 0 is out of range: 1 to 10000000",
                () -> jmx.set("Persister", "MaxUpdates", 0L));
        assertRefused("persist.max-delay = 10001 ms is out of range: 50 ms to 10 s",
                () -> jmx.set("Persister", "MaxDelayMillis", 10_001L));
        assertRefused("persist.max-delay = -1 ms is out of range: 50 ms to 10 s",
                () -> jmx.set("Persister", "MaxDelayMillis", -1L));
        assertEquals(10_000, jmx.number("Persister", "MaxUpdates"));
        assertEquals(10_000, jmx.number("Persister", "MaxDelayMillis"));
        assertEquals(250, jmx.number("Persister", "MinIntervalMillis"));
    }

    private static void assertRefused(String message, Step step) {
        RuntimeMBeanException refused = assertThrows(RuntimeMBeanException.class, step::run);
        assertEquals(message, refused.getTargetException().getMessage());
    }

    @Test
    void flushNowReturnsOnlyWhenPostgresHasIt() throws Exception {
        post(1);
        CompositeData outcome = (CompositeData) jmx.call("Persister", "flushNow");
        assertEquals(1, TestPostgres.sum(database));
        assertEquals(true, outcome.get("persisted"));
        assertEquals(TestPostgres.query(database, "select position from ringtally.checkpoint"),
                outcome.get("position").toString());
    }

    @Test
    void whatIsCountedDuringAPauseWaitsForItsEnd() throws Exception {
        jmx.set("Persister", "MaxDelayMillis", 100L);
        jmx.call("Persister", "pause");
        post(1);
        assertStaysInPostgres(0);
        assertEquals("degraded", jmx.get("Service", "Status"));
        assertTrue(service.status().contains("\"status\":\"degraded\""), service.status());
        assertTrue(service.status().contains("paused by an operator"), service.status());
        assertEquals(200, service.get("/status").statusCode());
        jmx.call("Persister", "flushNow");
        assertEquals(1, TestPostgres.sum(database));
        post(1);
        assertStaysInPostgres(1);
        jmx.call("Persister", "resume");
        awaitInPostgres(2);
        assertEquals("up", jmx.get("Service", "Status"));
    }

    @Test
    void whoeverListensIsToldOfEveryOtherStatusWithItsReason() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        jmx.server().addNotificationListener(JmxConnection.name("Service"), (news, handback) -> {
            AttributeChangeNotification change = (AttributeChangeNotification) news;
            told.add(change.getAttributeName() + " " + change.getOldValue() + " -> "
                    + change.getNewValue() + ": " + change.getMessage());
        }, null, null);
        jmx.call("Persister", "pause");
        // it was starting until a moment ago, and is looked at once a second
        String paused = " -> degraded: flushes are paused by an operator";
        service.await("the news of a pause", SOON, () -> told.stream()
                .anyMatch(one -> one.startsWith("Status ") && one.endsWith(paused)));
        jmx.call("Persister", "resume");
        service.await("the news of its end", SOON, () -> told.contains("Status degraded -> up: "));
    }

    @Test
    void aDrainEmptiesTheServiceAndRefusesUntilItIsTakenBack() throws Exception {
        jmx.call("Persister", "pause");
        post(20);
        assertEquals(true, jmx.call("Service", "drain"));
        assertEquals(20, TestPostgres.sum(database));
        assertEquals(0, jmx.number("Ring", "BacklogSlots"));
        assertEquals(0, jmx.number("Persister", "PendingCounters"));
        assertEquals("draining", jmx.get("Service", "Status"));
        assertEquals(503, service.get("/status").statusCode());
        var refused = service.post("/increment", ONE);
        assertEquals(503, refused.statusCode());
        assertTrue(refused.body().contains("/problems/draining"), refused.body());
        assertTrue(refused.headers().firstValue("Retry-After").isPresent());
        assertTrue(service.get("/v1/counters/k").body().contains("\"total\":20"));
        jmx.call("Service", "resume");
        post(1);
        assertRefused("the service is degraded, not drained by an operator: there is nothing to"
                + " resume", () -> jmx.call("Service", "resume"));
        jmx.call("Persister", "resume");
        jmx.call("Persister", "flushNow");
        assertEquals(21, TestPostgres.sum(database));
    }

    @Test
    void aDrainedServiceStopsAsAnyOther() throws Exception {
        post(3);
        assertEquals(true, jmx.call("Service", "drain"));
        assertEquals(0, service.terminate(Duration.ofSeconds(20)), service.log());
        assertEquals(3, TestPostgres.sum(database));
        assertFalse(service.log().contains("ERROR"), service.log());
    }

    private void post(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            assertEquals(202, service.post("/increment", ONE).statusCode());
        }
    }

    private void awaitInPostgres(long sum) throws Exception {
        service.await(sum + " in Postgres", SOON, () -> holds(() ->
                TestPostgres.sum(database) == sum));
    }

    /** Longer than a flush would take to begin if it were due, much shorter than ten seconds. */
    private void assertStaysInPostgres(long sum) throws Exception {
        long end = System.nanoTime() + 1_000_000_000;
        while (System.nanoTime() < end) {
            assertEquals(sum, TestPostgres.sum(database));
            LockSupport.parkNanos(50_000_000);
        }
    }

    private interface Step {

        void run() throws Exception;
    }

    private interface Condition {

        boolean check() throws Exception;
    }

    private static boolean holds(Condition condition) {
        try {
            return condition.check();
        } catch (JMException notYet) {
            return false;
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }
}
