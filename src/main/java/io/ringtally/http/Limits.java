package io.ringtally.http;

import io.ringtally.event.EventBatch;
import io.ringtally.event.EventCursor;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How much clients and apps have asked for lately, and whether one more is within their limits. A
 * refused request uses nothing up.
 *
 * <p>Threading: any I/O thread.
 */
final class Limits {

    private final Meters clients;
    private final Meters apps;
    private final LongSupplier nanoTime;
    private final long originNanos;

    private Limits(LimitSettings settings, LongSupplier nanoTime) {
        long burst = settings.burst().toNanos();
        this.clients = settings.client().isOff() ? null
                : new Meters(settings.client(), burst, settings.maxClients());
        this.apps = settings.app().isOff() ? null
                : new Meters(settings.app(), burst, settings.maxClients());
        this.nanoTime = nanoTime;
        this.originNanos = nanoTime.getAsLong();
    }

    /** The limits; null if there are none, so that nothing is spent on them. */
    static Limits of(LimitSettings settings, LongSupplier nanoTime) {
        return settings.isOff() ? null : new Limits(settings, nanoTime);
    }

    /**
     * A limit that is used up.
     *
     * @param policy its name
     * @param waitNanos how long until it lets something in
     */
    record Exceeded(String policy, Meter meter, long waitNanos) {
    }

    /** What stands for a client without a key: its address, of IPv6 the network's part. */
    static Object client(InetAddress address) {
        return address instanceof Inet6Address
                ? (Object) ByteBuffer.wrap(address.getAddress()).getLong() : address;
    }

    /** Takes one request of a client; null if it is within the limit. */
    Exceeded request(Object client) {
        if (clients == null) {
            return null;
        }
        long now = now();
        Meter meter = clients.of(client, now).requests();
        Exceeded exceeded = check("client-requests", meter, now);
        if (exceeded == null && meter != null) {
            meter.take(now, 1);
        }
        return exceeded;
    }

    /**
     * Whether events of a client are within the limits; null if they are. Takes nothing yet: see
     * {@link #take}.
     *
     * @param begins whether they are a request, or the first of one that comes in parts
     */
    Exceeded exceeded(Object client, EventBatch batch, boolean begins) {
        long now = now();
        Exceeded exceeded = clients == null ? null
                : check("client-events", clients.of(client, now).events(), now);
        if (exceeded != null || apps == null) {
            return exceeded;
        }
        for (String app : countByApp(batch).keySet()) {
            Meters.Pair meters = apps.of(app, now);
            exceeded = begins ? check("app-requests", meters.requests(), now) : null;
            exceeded = exceeded != null ? exceeded : check("app-events", meters.events(), now);
            if (exceeded != null) {
                return exceeded;
            }
        }
        return null;
    }

    /** Takes events that the service has taken. */
    void take(Object client, EventBatch batch, boolean begins) {
        long now = now();
        if (clients != null) {
            take(clients.of(client, now).events(), now, batch.count());
        }
        if (apps != null) {
            countByApp(batch).forEach((app, count) -> {
                Meters.Pair meters = apps.of(app, now);
                take(begins ? meters.requests() : null, now, 1);
                take(meters.events(), now, count);
            });
        }
    }

    private static void take(Meter meter, long now, int tokens) {
        if (meter != null) {
            meter.take(now, tokens);
        }
    }

    private static Exceeded check(String policy, Meter meter, long now) {
        long wait = meter == null ? 0 : meter.waitNanos(now);
        return wait == 0 ? null : new Exceeded(policy, meter, wait);
    }

    private static Map<String, Integer> countByApp(EventBatch batch) {
        Map<String, Integer> counts = new HashMap<>();
        EventCursor event = batch.cursor();
        for (int at = 0; at < batch.usedBytes(); at += event.size()) {
            counts.merge(event.at(at).app(), 1, Integer::sum);
        }
        return counts;
    }

    private long now() {
        return nanoTime.getAsLong() - originNanos;
    }
}
