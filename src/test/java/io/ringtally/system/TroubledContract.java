package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringtally.OwnThread;
import io.ringtally.http.OpenApi;
import io.ringtally.system.ContractCalls.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What a service answers whose Postgres stands still, whose store is full, or that is slow itself.
 *
 * <p>Threading: one thread's.
 */
final class TroubledContract implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final long LONG_SECONDS = 60;
    private static final int COUNTERS_MAX = 1_000;
    private static final String LOCK =
            "lock table ringtally.checkpoint, ringtally.counter in access exclusive mode";

    private final Contract contract;
    private final Map<CompletableFuture<RawConnection.Answer>, OpenApi.Operation> waiting =
            new HashMap<>();
    private FaultFile faults;
    private RunningService service;
    private Connection locking;

    TroubledContract(Contract contract) {
        this.contract = contract;
    }

    /** All but what takes long, which it begins. */
    void provoke(Path directory) throws Exception {
        start(directory);
        letterThatIsCutOff();
        changesThatAreTooLate();
        locking.createStatement().execute(LOCK);
        eventsThatAreTooLate();
        aDrainThatIsNotOver();
        aFullStore();
        asManyAsMayWait();
    }

    private void start(Path directory) throws Exception {
        Files.createDirectories(directory);
        faults = new FaultFile(directory.resolve("faults"));
        String url = TestPostgres.shared().newDatabase();
        service = RunningService.start(directory.resolve("data"), url, Map.of(
                "RINGTALLY_PERSIST_MAX_DELAY", "10s", "RINGTALLY_ACK_TIMEOUT", "300ms",
                "RINGTALLY_SHUTDOWN_DRAIN_TIMEOUT", "1s",
                "RINGTALLY_TALLY_SHARDS", "1",
                "RINGTALLY_STORE_MAX_COUNTERS", String.valueOf(COUNTERS_MAX),
                "RINGTALLY_HTTP_IO_THREADS", "4", "RINGTALLY_GENERATOR_ENABLED", "true",
                "JAVA_TOOL_OPTIONS", faults.option()));
        locking = DriverManager.getConnection(url);
        locking.setAutoCommit(false);
    }

    /** Postgres ends the connection while its transaction is being committed. */
    private void letterThatIsCutOff() throws Exception {
        String id = TestLetters.make(service, "letter");
        TestLetters.makeRoom(service, "letter");
        locking.createStatement().execute("create function ringtally.ends() returns trigger"
                + " language plpgsql as 'begin perform pg_terminate_backend(pg_backend_pid());"
                + " return null; end'; create constraint trigger ends after delete on"
                + " ringtally.dead_letter deferrable initially deferred for each row"
                + " execute function ringtally.ends()");
        locking.commit();
        OpenApi.Operation retry = contract.operation("POST /v1/admin/dead-letters/{id}/retry");
        contract.expect(service, retry, ContractCalls.good(retry).of(id), 504);
    }

    /** Asked again as long as the flusher has not got to it in time: then it was taken back. */
    private void changesThatAreTooLate() throws Exception {
        for (OpenApi.Operation operation : contract.having(504)) {
            if (operation.ports().contains(OpenApi.CLIENTS)
                    && operation.scope().equals("admin")) {
                locking.createStatement().execute(LOCK);
                RawConnection.Answer answer;
                int tries = 0;
                do {
                    answer = contract.ask(service, OpenApi.CLIENTS, operation,
                            ContractCalls.good(operation));
                } while (answer.status() == 503 && ++tries < 20);
                assertEquals(504, answer.status(), answer.body());
                locking.rollback();
                TestLetters.flush(service);
            }
        }
    }

    private void eventsThatAreTooLate() throws Exception {
        for (OpenApi.Operation operation : contract.having(504)) {
            if (operation.scope().equals("write")) {
                contract.expect(service, operation,
                        ContractCalls.good(operation).query("ack=persisted"), 504);
            }
        }
    }

    private void aDrainThatIsNotOver() throws Exception {
        OpenApi.Operation drain = contract.operation("POST /v1/admin/drain");
        contract.expect(service, drain, ContractCalls.good(drain), 504);
        for (OpenApi.Operation operation : contract.having(507)) {
            contract.expect(service, operation, ContractCalls.good(operation), 503);
        }
        OpenApi.Operation resume = contract.operation("POST /v1/admin/resume");
        contract.expect(service, resume, ContractCalls.good(resume), 200);
    }

    private void aFullStore() throws Exception {
        Call known = ContractCalls.good(contract.operation("POST /increment"));
        assertEquals(202, service.post("/increment", known.body()).statusCode());
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < COUNTERS_MAX + 100; i++) {
            many.append("{\"app_id\":\"\",\"message_id\":\"m").append(i)
                    .append("\",\"event\":\"e\"}\n");
        }
        assertEquals(202, service.post("/v1/events", "application/x-ndjson", many.toString())
                .statusCode());
        assertEquals(200, service.get("/v1/counters/m0?event=e").statusCode());
        for (OpenApi.Operation operation : contract.having(507)) {
            Call good = ContractCalls.good(operation);
            contract.expect(service, operation, good.body() == null ? good
                    : good.body(good.body().replace("\"k\"", "\"new\"")), 507);
        }
    }

    /** Others are refused; those who wait are asked later what became of it. */
    private void asManyAsMayWait() throws Exception {
        for (String name : List.of("flush", "shards", "flush")) {
            begin("POST /v1/admin/" + name);
        }
        OpenApi.Operation pause = contract.operation("POST /v1/admin/pause");
        service.await("three operators to wait", SOON, () -> {
            try {
                return contract.send(service, OpenApi.OPERATORS, ContractCalls.good(pause))
                        .status() == 429;
            } catch (Exception failed) {
                throw new AssertionError(failed);
            }
        });
        for (OpenApi.Operation operation : contract.having(429)) {
            if (operation.ports().equals(Set.of(OpenApi.OPERATORS))
                    && !operation.path().equals("/v1/audit")) {
                contract.expect(service, operation, ContractCalls.good(operation), 429);
            }
        }
        OpenApi.Operation audit = contract.operation("GET /v1/audit");
        // one of them waits for the lock
        CompletableFuture<Object> refused = CompletableFuture.anyOf(
                answerTo(ContractCalls.good(audit), false),
                answerTo(ContractCalls.good(audit), false));
        RawConnection.Answer answer =
                (RawConnection.Answer) refused.get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertEquals(429, answer.status(), answer.body());
        contract.check(service, audit, answer);
    }

    private void begin(String name) {
        OpenApi.Operation operation = contract.operation(name);
        waiting.put(answerTo(ContractCalls.good(operation), true), operation);
    }

    /** Asks again, if wanted, as long as too many wait. */
    private CompletableFuture<RawConnection.Answer> answerTo(Call call, boolean again) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                RawConnection.Answer answer;
                do {
                    answer = contract.send(service, OpenApi.OPERATORS, call);
                } while (again && answer.status() == 429);
                return answer;
            } catch (Exception failed) {
                throw new AssertionError(failed);
            }
        }, new OwnThread());
    }

    /** What has been waited for, and what leaves the service as it cannot go on. */
    void provokeWhatTakesLong() throws Exception {
        assertEquals(3, waiting.size(), "nothing has begun");
        for (Map.Entry<CompletableFuture<RawConnection.Answer>, OpenApi.Operation> one
                : waiting.entrySet()) {
            RawConnection.Answer answer = one.getKey().get(LONG_SECONDS, TimeUnit.SECONDS);
            assertEquals(504, answer.status(), answer.body());
            contract.check(service, one.getValue(), answer);
        }
        aDefect();
        idsInProgress();
    }

    /** It is no operation's own status. The body is there at once, or when it was asked for. */
    private void aDefect() throws Exception {
        byte[] body = RawConnection.bytes("{\"key\":\"k\",\"value\":1}");
        for (boolean later : new boolean[] {false, true}) {
            faults.arm(service, "intake-published:1:throw");
            try (RawConnection connection = new RawConnection(service)) {
                if (later) {
                    connection.send("POST /increment HTTP/1.1\r\nHost: x\r\nContent-Length: "
                            + body.length + "\r\nExpect: 100-continue\r\n\r\n");
                    assertEquals(100, connection.answer().status());
                    connection.send(body);
                } else {
                    connection.send(RawConnection.post("/increment", body));
                }
                RawConnection.Answer answer = connection.answer();
                assertEquals(500, answer.status(), answer.body());
                contract.checkProblem(service, answer);
            }
        }
    }

    /** An event is being taken for ever: the thread that takes it hangs. */
    private void idsInProgress() throws Exception {
        faults.arm(service, "intake-claimed:1:hang");
        String event = "{\"key\":\"k\",\"app_id\":\"\",\"message_id\":\"k\","
                + "\"event\":\"increment\",\"value\":1,\"id\":\"the same\"}";
        try (RawConnection stalled = new RawConnection(service)) {
            stalled.send(RawConnection.post("/increment", RawConnection.bytes(event)));
            service.await("an event to be in progress", SOON, () -> logHas("intake-claimed"));
            for (OpenApi.Operation operation : contract.having(409)) {
                if (operation.scope().equals("write")) {
                    byte[] request = RawConnection.post(operation.path(), RawConnection.bytes(
                            operation.path().endsWith("/bulk") ? "{\"events\":[" + event + "]}"
                                    : event));
                    RawConnection.Answer answer = anAnswer(request);
                    assertEquals(409, answer.status(), answer.body());
                    contract.check(service, operation, answer);
                }
            }
        }
    }

    private boolean logHas(String text) {
        try {
            return service.log().contains(text);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    /** From a thread that does not hang: connections are spread over them. */
    private RawConnection.Answer anAnswer(byte[] request) throws Exception {
        for (int i = 0; i < 40; i++) {
            try (RawConnection connection = new RawConnection(service)) {
                connection.send(request);
                if (connection.answersWithin(Duration.ofMillis(400))) {
                    return connection.answer();
                }
            }
        }
        throw new AssertionError("no thread answers");
    }

    @Override
    public void close() throws IOException, SQLException {
        if (locking != null) {
            locking.close();
        }
        if (service != null) {
            service.close();
        }
    }
}
