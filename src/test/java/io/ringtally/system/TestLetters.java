package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringtally.http.OpenApi;
import java.io.IOException;

/**
 * Dead letters: events that take a total beyond 64 bits.
 *
 * <p>Threading: stateless.
 */
final class TestLetters {

    private TestLetters() {
    }

    /** Makes one for this key; returns its id. */
    static String make(RunningService service, String key) throws IOException {
        count(service, key, "9223372036854775807");
        count(service, key, "1");
        flush(service);
        return OpenApi.JSON.readTree(service.getAdmin("/v1/admin/dead-letters?limit=1").body())
                .path("dead_letters").path(0).path("id").asText();
    }

    /** Lets it be counted when it is tried again. */
    static void makeRoom(RunningService service, String key) throws IOException {
        count(service, key, "-10");
        flush(service);
    }

    private static void count(RunningService service, String key, String value)
            throws IOException {
        assertEquals(202, service.post("/increment",
                "{\"key\":\"" + key + "\",\"value\":" + value + "}").statusCode());
    }

    /** Returns when Postgres has all. */
    static void flush(RunningService service) throws IOException {
        service.operate("flush");
    }
}
