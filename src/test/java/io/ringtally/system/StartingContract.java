package io.ringtally.system;

import io.ringtally.http.OpenApi;
import io.ringtally.system.ContractCalls.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * What a service answers that cannot reach Postgres yet.
 *
 * <p>Threading: one thread's.
 */
final class StartingContract {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final Contract contract;

    StartingContract(Contract contract) {
        this.contract = contract;
    }

    void provoke(Path directory) throws Exception {
        String nowhere = "jdbc:postgresql://127.0.0.1:" + RunningService.freePort() + "/none";
        Files.createDirectories(directory);
        try (RunningService open = RunningService.launch(directory.resolve("open"),
                Map.of("RINGTALLY_DB_URL", nowhere));
                RunningService guarded = RunningService.launch(directory.resolve("guarded"),
                        Map.of("RINGTALLY_DB_URL", nowhere, "RINGTALLY_AUTH_MODE", "keys"))) {
            awaitBothPorts(open);
            awaitBothPorts(guarded);
            for (OpenApi.Operation operation : contract.operations()) {
                Call good = ContractCalls.good(operation);
                contract.expectAny(open, operation, good);
                contract.expectAny(guarded, operation, good);
                if (operation.path().equals("/status")) {
                    contract.expect(guarded, operation, good, 503);
                } else if (operation.toString().equals("GET /api/create_event")) {
                    contract.expect(open, operation, good, 404); // as it is not enabled
                } else if (contract.having(503).contains(operation)) {
                    contract.expect(guarded, operation, good.bearer("rt_unknown"), 503);
                } else {
                    contract.expectAny(guarded, operation, good.bearer("rt_unknown"));
                }
            }
        }
    }

    private static void awaitBothPorts(RunningService service) throws IOException {
        service.awaitStatus("starting");
        service.await("the port for operators", SOON, () -> {
            try {
                return service.getAdmin("/status").statusCode() == 503;
            } catch (IOException notYet) {
                return false;
            }
        });
    }
}
