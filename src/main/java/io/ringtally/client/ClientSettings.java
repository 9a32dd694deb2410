package io.ringtally.client;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;

/**
 * How a client reaches its service and how much it holds. Begin with {@link #of} and change what is
 * wanted.
 *
 * <p>Threading: immutable.
 *
 * @param service where it listens, such as {@code http://127.0.0.1:3333}
 * @param apiKey shown with each request; null for none
 * @param ack what a delivered event has survived: {@code journaled}, {@code synced} or
 *     {@code persisted}; null: what the service does by default
 * @param batchEvents most events of one request, 1 to 10,000
 * @param linger how long an event may wait for others to go with it
 * @param inFlight requests under way at once, 1 to 64
 * @param heldEvents events accepted by the client and not settled, above which it takes no more
 * @param requestTimeout after this a request counts as lost and is sent again
 * @param deliveryTimeout after this an event is given up, or before it, when the service asks to be
 *         left alone for longer
 */
public record ClientSettings(URI service, String apiKey, String ack, int batchEvents,
        Duration linger, int inFlight, int heldEvents, Duration requestTimeout,
        Duration deliveryTimeout) {

    private static final int BATCH_EVENTS_MAX = 10_000;
    private static final int IN_FLIGHT_MAX = 64;

    public ClientSettings {
        Objects.requireNonNull(service, "service");
        require(batchEvents >= 1 && batchEvents <= BATCH_EVENTS_MAX, "batchEvents", batchEvents);
        require(inFlight >= 1 && inFlight <= IN_FLIGHT_MAX, "inFlight", inFlight);
        require(heldEvents >= batchEvents, "heldEvents", heldEvents);
        require(!linger.isNegative(), "linger", linger);
        require(requestTimeout.toMillis() > 0, "requestTimeout", requestTimeout);
        require(deliveryTimeout.compareTo(requestTimeout) >= 0, "deliveryTimeout",
                deliveryTimeout);
    }

    private static void require(boolean holds, String name, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " = " + value + " is out of range");
        }
    }

    /** Batches of 500 or 5 ms, 4 at once, 100,000 events held, 10 s a request, 2 min an event. */
    public static ClientSettings of(URI service) {
        return new ClientSettings(service, null, null, 500, Duration.ofMillis(5), 4, 100_000,
                Duration.ofSeconds(10), Duration.ofMinutes(2));
    }

    public ClientSettings withApiKey(String key) {
        return new ClientSettings(service, key, ack, batchEvents, linger, inFlight, heldEvents,
                requestTimeout, deliveryTimeout);
    }

    public ClientSettings withAck(String level) {
        return new ClientSettings(service, apiKey, level, batchEvents, linger, inFlight,
                heldEvents, requestTimeout, deliveryTimeout);
    }

    public ClientSettings withBatches(int events, Duration longest, int atOnce) {
        return new ClientSettings(service, apiKey, ack, events, longest, atOnce, heldEvents,
                requestTimeout, deliveryTimeout);
    }

    public ClientSettings withHeldEvents(int most) {
        return new ClientSettings(service, apiKey, ack, batchEvents, linger, inFlight, most,
                requestTimeout, deliveryTimeout);
    }

    public ClientSettings withTimeouts(Duration request, Duration delivery) {
        return new ClientSettings(service, apiKey, ack, batchEvents, linger, inFlight, heldEvents,
                request, delivery);
    }
}
