package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.client.ClientSettings;
import io.ringtally.client.Counter;
import io.ringtally.client.Event;
import io.ringtally.client.RejectedException;
import io.ringtally.client.RingtallyClient;
import io.ringtally.client.UndeliveredException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client that ships with the service, against the service. */
class ClientIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    @Test
    void everyEventCountsOnceAlthoughTheServiceDiesOnTheWay() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        int port = RunningService.freePort();
        Map<String, String> settings = Map.of("RINGTALLY_HTTP_PORT", String.valueOf(port));
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        ClientSettings client = ClientSettings.of(URI.create("http://127.0.0.1:" + port))
                .withBatches(100, Duration.ofMillis(5), 4)
                .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(60));
        try (RingtallyClient ringtally = new RingtallyClient(client)) {
            sent.add(ringtally.send(Event.of("shop", "m", "BEFORE_THE_START")));
            try (RunningService first = RunningService.start(directory, database, settings)) {
                for (int i = 0; i < 20_000; i++) {
                    sent.add(ringtally.send(Event.of("shop", "m-" + i % 50, "SEEN")));
                }
                sent.get(200).get(30, TimeUnit.SECONDS);
                first.kill();
            }
            try (RunningService second = RunningService.start(directory, database, settings)) {
                assertTrue(ringtally.flush(SOON), "not settled");
                for (CompletableFuture<Void> each : sent) {
                    each.get(0, TimeUnit.SECONDS);
                }
                assertEquals(400, ringtally.counter("shop", "m-7", "SEEN").orElseThrow().events());
                assertEquals(0, second.terminate(Duration.ofSeconds(20)), second.log());
            }
            assertEquals(20_001, TestPostgres.sum(database));
        }
    }

    @Test
    void whatIsRejectedIsToldOneByOne() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory, database, Map.of());
                RingtallyClient ringtally = new RingtallyClient(
                        ClientSettings.of(URI.create(service.url())).withAck("persisted"))) {
            List<CompletableFuture<Void>> bad = new ArrayList<>();
            List<CompletableFuture<Void>> good = new ArrayList<>();
            for (int i = 0; i < 450; i++) {
                bad.add(ringtally.send(Event.of("shop", "", "SEEN")));
            }
            Instant created = Instant.parse("2026-02-03T04:05:06.789012Z");
            String odd = "\"\\\n\u0001 \u00e9 \ud83d\ude00/?%2F&=+;";
            good.add(ringtally.send(Event.of("shop", odd, "SEEN").withValue(-3)
                    .withCreatedAt(created)));
            good.add(ringtally.send(Event.increment("k", Long.MAX_VALUE).withId("max")));
            good.add(ringtally.send(Event.increment("k", Long.MAX_VALUE).withId("max")));
            assertTrue(ringtally.flush(SOON));
            for (CompletableFuture<Void> each : good) {
                each.get(0, TimeUnit.SECONDS);
            }
            for (CompletableFuture<Void> each : bad) {
                assertInstanceOf(RejectedException.class, assertThrows(ExecutionException.class,
                        () -> each.get(0, TimeUnit.SECONDS)).getCause());
            }
            assertEquals(new Counter("shop", odd, "SEEN", -3, 1, created, created),
                    ringtally.counter("shop", odd, "SEEN").orElseThrow());
            assertEquals(Long.MAX_VALUE, ringtally.counter("", "k", "increment").orElseThrow()
                    .total());
            assertTrue(ringtally.counter("", "none", "increment").isEmpty());
        }
    }

    @Test
    void whatCannotBeDeliveredIsGivenUpInTime() throws Exception {
        ClientSettings nobody = ClientSettings.of(
                URI.create("http://127.0.0.1:" + RunningService.freePort())).withHeldEvents(500)
                .withTimeouts(Duration.ofMillis(200), Duration.ofSeconds(3));
        try (RingtallyClient ringtally = new RingtallyClient(nobody)) {
            CompletableFuture<Void> lost = ringtally.send(Event.increment("k", 1));
            for (int i = 1; i < 500; i++) {
                ringtally.send(Event.increment("k", 1));
            }
            assertThrows(IllegalStateException.class,
                    () -> ringtally.send(Event.increment("k", 1)));
            UndeliveredException why = assertInstanceOf(UndeliveredException.class,
                    assertThrows(ExecutionException.class, () -> lost.get(20, TimeUnit.SECONDS))
                            .getCause());
            assertTrue(why.getMessage().contains("no answer"), why.getMessage());
            assertFalse(why.mayHaveCounted(), "there was no connection");
            assertTrue(ringtally.flush(SOON));
        }
    }

    @Test
    void whatIsRefusedForAWhileIsWaitedForAsLongAsTheServiceSays() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory, database, Map.of(
                "RINGTALLY_LIMITS_CLIENT_EVENTS_PER_SECOND", "10",
                "RINGTALLY_LIMITS_BURST", "1s"))) {
            ClientSettings settings = ClientSettings.of(URI.create(service.url()))
                    .withBatches(40, Duration.ofMillis(5), 1);
            try (RingtallyClient ringtally = new RingtallyClient(settings)) {
                for (int i = 0; i < 40; i++) {
                    ringtally.send(Event.increment("k", 1));
                }
                assertTrue(ringtally.flush(SOON));
                ringtally.send(Event.increment("k", 1)).get(30, TimeUnit.SECONDS);
            }
            double refused = Scrape.of(service)
                    .value("ringtally_refused_requests_total{reason=\"rate-limited\"}");
            assertTrue(refused >= 1 && refused <= 4, "asked in vain " + refused + " times");
            String event = "{\"app_id\":\"\",\"message_id\":\"k\",\"event\":\"increment\"}";
            String many = "[" + (event + ",").repeat(999) + event + "]";
            service.await("a debt that takes long", SOON, () -> statusOf(service, many) == 202);
            try (RingtallyClient ringtally = new RingtallyClient(
                    settings.withTimeouts(Duration.ofMillis(500), Duration.ofSeconds(1)))) {
                UndeliveredException why = assertInstanceOf(UndeliveredException.class,
                        assertThrows(ExecutionException.class, () -> ringtally
                                .send(Event.increment("k", 1)).get(200, TimeUnit.SECONDS))
                                .getCause());
                assertTrue(why.getMessage().contains("client-events"), why.getMessage());
                assertFalse(why.mayHaveCounted(), "it was refused");
            }
            assertEquals(0, service.terminate(SOON), service.log());
        }
        assertEquals(1_041, TestPostgres.sum(database));
    }

    private static int statusOf(RunningService service, String events) {
        try {
            return service.post("/v1/events", events).statusCode();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
