package io.ringtally.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.event.EventBatch;
import io.ringtally.event.EventDraft;
import io.ringtally.http.LimitSettings.Rates;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LimitsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Rates NONE = new Rates(0, 0);

    private final AtomicLong nanos = new AtomicLong(-5_000_000_000L);

    private Limits limits(Rates client, Rates app) {
        return Limits.of(new LimitSettings(client, app, SECOND, 100), nanos::get);
    }

    private void pass(long millis) {
        nanos.addAndGet(millis * 1_000_000);
    }

    private static EventBatch batch(String... apps) {
        EventBatch batch = new EventBatch(7);
        batch.begin(1);
        EventDraft draft = new EventDraft();
        byte[] text = {'m'};
        for (String app : apps) {
            byte[] id = app.getBytes(StandardCharsets.UTF_8);
            draft.clear().app(id, 0, id.length).message(text, 0, 1).event(text, 0, 1);
            batch.accept(draft);
        }
        return batch;
    }

    /** A request of these events, taken if it may be. */
    private static Limits.Exceeded request(Limits limits, Object client, EventBatch batch) {
        return part(limits, client, batch, true);
    }

    private static Limits.Exceeded part(Limits limits, Object client, EventBatch batch,
            boolean begins) {
        Limits.Exceeded exceeded = limits.exceeded(client, batch, begins);
        if (exceeded == null) {
            limits.take(client, batch, begins);
        }
        return exceeded;
    }

    @Test
    void noRatesAreNoLimitsAtAll() {
        assertNull(limits(NONE, NONE));
    }

    @Test
    void aClientGetsItsBurstAtOnceAndItsRateAfterwards() {
        Limits limits = limits(new Rates(10, 0), NONE);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 10; i++) {
                assertNull(limits.request("a"), "request " + i);
            }
            Limits.Exceeded refused = limits.request("a");
            assertEquals("client-requests", refused.policy());
            assertTrue(refused.waitNanos() > 0 && refused.waitNanos() <= 100_000_001);
            assertNull(limits.request("b" + round), "another client");
            pass(100);
            assertNull(limits.request("a"), "one more after a tenth of a second");
            assertNotNull(limits.request("a"));
            pass(1_000);
        }
    }

    @Test
    void whatIsRefusedUsesNothingUp() {
        Limits limits = limits(new Rates(0, 2), new Rates(0, 1));
        assertNull(request(limits, "a", batch("x")));
        for (int i = 0; i < 50; i++) {
            assertEquals("app-events", request(limits, "a", batch("x", "y")).policy());
        }
        assertNull(request(limits, "a", batch("y")), "neither the client's nor the app's");
        assertEquals("client-events", request(limits, "a", batch("z")).policy());
        assertNull(request(limits, "b", batch("z")));
    }

    @Test
    void aBatchLargerThanTheBurstIsTakenAndPaidForAfterwards() {
        Limits limits = limits(new Rates(0, 2), NONE);
        assertNull(request(limits, "a", batch("x", "x", "x", "x", "x", "x", "x", "x")));
        Limits.Exceeded refused = request(limits, "a", batch("x"));
        assertEquals(4, Meter.seconds(refused.waitNanos()), "8 at 2 a second, less a burst of 1 s");
        pass(3_000);
        assertNotNull(request(limits, "a", batch("x")));
        pass(1_000);
        assertNull(request(limits, "a", batch("x")));
    }

    @Test
    void anAppIsLimitedOverAllClientsInRequestsAndEvents() {
        Limits limits = limits(NONE, new Rates(2, 0));
        assertNull(request(limits, "a", batch("x", "x", "y")));
        assertNull(request(limits, "b", batch("x")));
        assertEquals("app-requests", request(limits, "c", batch("x")).policy());
        assertNull(request(limits, "c", batch("y")));
    }

    @Test
    void askingWhetherSomethingMayBeTakenTakesNothing() {
        Limits limits = limits(new Rates(0, 1), new Rates(1, 1));
        for (int i = 0; i < 50; i++) {
            assertNull(limits.exceeded("a", batch("x"), true));
        }
        limits.take("a", batch("x"), true);
        assertEquals("client-events", limits.exceeded("a", batch("x"), true).policy());
    }

    @Test
    void aRequestInPartsIsOneRequestOfAnAppAndAsManyEventsAsItHas() {
        Limits limits = limits(NONE, new Rates(1, 3));
        assertNull(part(limits, "a", batch("x"), true));
        assertNull(part(limits, "a", batch("x"), false));
        assertEquals("app-requests", part(limits, "b", batch("x"), true).policy());
        assertNull(part(limits, "a", batch("x"), false));
        assertEquals("app-events", part(limits, "a", batch("x"), false).policy());
    }

    @Test
    void clientsAreBoundedInNumberAndThoseAtRestAreForgottenFirst() {
        Meters meters = new Meters(new Rates(1, 0), SECOND.toNanos(), 3);
        long now = 0;
        for (int i = 0; i < 3; i++) {
            meters.of(i, now).requests().take(now, 1);
        }
        Meters.Pair shared = meters.of("fourth", now);
        assertEquals(shared, meters.of("fifth", now));
        assertEquals(3, meters.size());
        now += 2 * SECOND.toNanos();
        assertNotEquals(shared, meters.of("fourth", now));
        assertEquals(1, meters.size());
    }

    @Test
    void addressesOfOneIpv6NetworkAreOneClient() throws Exception {
        assertEquals(Limits.client(InetAddress.getByName("2001:db8::1")),
                Limits.client(InetAddress.getByName("2001:db8::ffff:2")));
        assertNotEquals(Limits.client(InetAddress.getByName("2001:db8:0:1::1")),
                Limits.client(InetAddress.getByName("2001:db8::1")));
        assertNotEquals(Limits.client(InetAddress.getByName("192.0.2.1")),
                Limits.client(InetAddress.getByName("192.0.2.2")));
    }

    @Test
    void settingsOutOfRangeAreNamed() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new LimitSettings(
                new Rates(-1, 0), NONE, SECOND, 1)).getMessage()
                .startsWith("limits.client.requests-per-second = -1"));
        assertThrows(IllegalArgumentException.class,
                () -> new LimitSettings(NONE, NONE, SECOND, 0));
        assertThrows(IllegalArgumentException.class,
                () -> new LimitSettings(NONE, NONE, Duration.ZERO, 1));
    }
}
