package io.ringtally.http;

/**
 * The generator of random events.
 *
 * @param enabled whether {@code GET /api/create_event} exists at all
 * @param eventsPerHit events each request makes, 1 to 1,000
 */
public record GeneratorSettings(boolean enabled, int eventsPerHit) {

    public GeneratorSettings {
        if (eventsPerHit < 1 || eventsPerHit > 1_000) {
            throw new IllegalArgumentException("generator.events-per-hit = " + eventsPerHit
                    + " is out of range: 1 to 1000");
        }
    }
}
