package io.ringtally.http;

import java.time.Duration;

/**
 * How much each client and each app may ask for; a rate of 0 is no limit.
 *
 * @param client of one API key, or of one address where no keys are asked for
 * @param app of one app id, over all clients
 * @param burst how much of a rate may come at once, 100 ms to 1 h
 * @param maxClients clients, and app ids, told apart at once, 1 to 10,000,000
 */
public record LimitSettings(Rates client, Rates app, Duration burst, int maxClients) {

    private static final long PER_SECOND_MAX = 1_000_000_000;

    /** Requests and events per second. */
    public record Rates(long requests, long events) {

        boolean isOff() {
            return requests == 0 && events == 0;
        }
    }

    public LimitSettings {
        require("limits.client.requests-per-second", client.requests);
        require("limits.client.events-per-second", client.events);
        require("limits.app.requests-per-second", app.requests);
        require("limits.app.events-per-second", app.events);
        if (burst.toMillis() < 100 || burst.toHours() > 1) {
            throw new IllegalArgumentException("limits.burst = " + burst.toMillis()
                    + " ms is out of range: 100 ms to 1 h");
        }
        if (maxClients < 1 || maxClients > 10_000_000) {
            throw new IllegalArgumentException("limits.max-clients = " + maxClients
                    + " is out of range: 1 to 10000000");
        }
    }

    private static void require(String key, long value) {
        if (value < 0 || value > PER_SECOND_MAX) {
            throw new IllegalArgumentException(key + " = " + value
                    + " is out of range: 1 to 1000000000, or 0 for no limit");
        }
    }

    boolean isOff() {
        return client.isOff() && app.isOff();
    }
}
