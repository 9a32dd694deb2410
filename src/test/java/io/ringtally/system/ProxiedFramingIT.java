package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The odd requests of {@link FramingIT} through a proxy that shares its connections to the service
 * among clients. What the proxy makes of them is its own matter; but nothing may be counted that it
 * did not see answered, and no other client may get an answer that is not its own.
 */
class ProxiedFramingIT {

    @TempDir
    private static Path directory;

    private static String database;
    private static RunningService service;
    private static long answeredByAll;

    @BeforeAll
    static void start() throws Exception {
        database = TestPostgres.shared().newDatabase();
        service = RunningService.start(directory.resolve("data"), database, Map.of());
    }

    @AfterAll
    static void nothingElseWentWrong() throws Exception {
        try (RunningService ending = service) {
            assertEquals(0, ending.terminate(Duration.ofSeconds(20)), ending.log());
            assertFalse(ending.log().contains("ERROR"), ending.log());
            assertEquals(answeredByAll, TestPostgres.sum(database));
        }
    }

    /** Starts a proxy before a port. */
    private interface Start {
        Proxy before(Path program, Path directory, int servicePort) throws IOException;
    }

    @Test
    void nginxAndTheServiceAgree() throws Exception {
        agree("nginx", 'n', Proxy::nginx);
    }

    @Test
    void haproxyAndTheServiceAgree() throws Exception {
        agree("haproxy", 'h', Proxy::haproxy);
    }

    private static void agree(String name, char prefix, Start start) throws Exception {
        Path program = Proxy.installed(name);
        assumeTrue(program != null, name + " is not installed: apt-get install " + name);
        Path own = Files.createDirectory(directory.resolve(name));
        Map<String, Long> answered = new HashMap<>();
        try (Proxy proxy = start.before(program, own, service.port())) {
            Neighbour neighbour = Neighbour.of(service, proxy.port(), name + "-neighbour");
            for (FramingCase odd : FramingCase.all(prefix)) {
                String answers = odd.send(proxy.port());
                answered.put(odd.key(), count(answers, "202"));
            }
            long good = neighbour.finish();
            long counted = 0;
            for (FramingCase odd : FramingCase.all(prefix)) {
                long events = events(odd.key());
                long sent = count(odd.request(), "\"key\":\"" + odd.key());
                assertTrue(events >= answered.get(odd.key()) && events <= sent, odd + ": "
                        + events + " counted, " + answered.get(odd.key()) + " answered");
                counted += events;
            }
            assertTrue(counted > 50, "only " + counted + " were counted");
            long expected = good + counted;
            service.await("the log of " + name + " to have " + expected + " answers of 202",
                    Duration.ofSeconds(10), () -> answers(proxy) >= expected);
            assertEquals(expected, answers(proxy));
            answeredByAll += expected;
        }
    }

    private static long answers(Proxy proxy) {
        try {
            return proxy.answers(202);
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    private static long events(String key) throws IOException {
        String counter = service.get("/v1/counters/" + key).body();
        int at = counter.indexOf("\"events\":");
        return at < 0 ? 0 : Long.parseLong(counter.substring(at + 9, counter.indexOf(',', at)));
    }

    private static long count(String text, String word) {
        return text.split(java.util.regex.Pattern.quote(word), -1).length - 1;
    }
}
