package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.http.OpenApi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * What callers are answered that have no key, another one, or ask too often.
 *
 * <p>Threading: one thread's.
 */
final class GuardedContract {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int TRIES = 50;

    private final Contract contract;

    GuardedContract(Contract contract) {
        this.contract = contract;
    }

    void provoke(Path directory) throws Exception {
        String url = TestPostgres.shared().newDatabase();
        Files.createDirectories(directory);
        try (RunningService service = RunningService.start(directory.resolve("data"), url, Map.of(
                "RINGTALLY_AUTH_MODE", "keys", "RINGTALLY_AUTH_REFRESH", "100ms",
                "RINGTALLY_GENERATOR_ENABLED", "true",
                "RINGTALLY_LIMITS_CLIENT_REQUESTS_PER_SECOND", "1",
                "RINGTALLY_LIMITS_BURST", "1s"))) {
            TestKeys keys = new TestKeys(url);
            Map<String, String> others = Map.of("write", keys.make(null, "read"), "read",
                    keys.make(null, "write"), "admin", keys.make(null, "read"));
            String all = keys.make(null, "write", "read", "admin");
            awaitKnown(service, all);
            for (OpenApi.Operation operation : contract.having(401)) {
                contract.expect(service, operation,
                        ContractCalls.good(operation).bearer("rt_nobody"), 401);
            }
            for (OpenApi.Operation operation : contract.having(403)) {
                contract.expect(service, operation, ContractCalls.good(operation)
                        .bearer(others.get(operation.scope())), 403);
            }
            for (OpenApi.Operation operation : contract.having(429)) {
                // on the other port others limit: how many may wait
                assertTrue(!operation.ports().contains(OpenApi.CLIENTS)
                        || isLimited(service, operation, all), operation + " has no limit");
            }
        }
    }

    private void awaitKnown(RunningService service, String key) throws Exception {
        OpenApi.Operation status = contract.operation("GET /status");
        service.await("the keys to be known", SOON, () -> {
            try {
                return contract.send(service, OpenApi.CLIENTS, ContractCalls.good(status)
                        .bearer(key)).status() == 200;
            } catch (Exception failed) {
                throw new AssertionError(failed);
            }
        });
    }

    private boolean isLimited(RunningService service, OpenApi.Operation operation, String key)
            throws Exception {
        for (int i = 0; i < TRIES; i++) {
            if (contract.ask(service, OpenApi.CLIENTS, operation,
                    ContractCalls.good(operation).bearer(key)).status() == 429) {
                return true;
            }
        }
        return false;
    }
}
