package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.OwnThread;
import io.ringtally.http.OpenApi;
import io.ringtally.system.ContractCalls.Call;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code openapi.json} says, the service does: every status of every operation is provoked
 * once, and no answer is given that is not in there. A new operation needs a good request in
 * {@link ContractCalls}; most statuses follow from it by what is done to it here.
 */
class ContractIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final OpenApi document = OpenApi.ofJar();
    private final ContractCalls calls = new ContractCalls(document);

    @Test
    void everyDocumentedAnswerIsGivenAndNoOther() throws Exception {
        aPlainService();
        aServiceThatAsksForKeys();
        aServiceThatStarts();
        aServiceThatIsFull();
        TreeSet<String> unseen = new TreeSet<>();
        for (OpenApi.Operation operation : document.operations()) {
            operation.statuses().forEach(status -> unseen.add(operation + " " + status));
        }
        unseen.removeIf(one -> one.endsWith(" default"));
        unseen.removeAll(calls.seen());
        assertEquals(new TreeSet<>(), unseen, "documented, and not provoked here");
    }

    private RunningService start(String name, String url, Map<String, String> settings)
            throws Exception {
        Map<String, String> all = new HashMap<>(settings);
        all.putIfAbsent("RINGTALLY_GENERATOR_ENABLED", "true");
        all.put("RINGTALLY_CONFIG", Files.writeString(directory.resolve(name + ".conf"),
                "apps.order.lifecycle = [ORDERED, PAID]").toString());
        return RunningService.start(directory.resolve(name), url, all);
    }

    private void aPlainService() throws Exception {
        String url = TestPostgres.shared().newDatabase();
        try (RunningService service = start("plain", url, Map.of(
                "RINGTALLY_HTTP_MAX_EVENT_BYTES", "2 KiB", "RINGTALLY_HTTP_MAX_BULK_BYTES",
                "4 KiB", "RINGTALLY_HTTP_REQUEST_TIMEOUT", "2s", "RINGTALLY_ACK_TIMEOUT",
                "500ms"))) {
            for (OpenApi.Operation operation : document.operations()) {
                for (String port : operation.ports()) {
                    HttpResponse<String> good = calls.ask(service, port, operation,
                            calls.good(operation));
                    assertEquals(2, good.statusCode() / 100, operation + ": " + good.body());
                }
            }
            wrongRequests(service);
            idsAndTags(service);
            anyRequest(service);
            aClientThatIsTooSlow(service);
            anAuditTooMany(service, url);
            try (JmxConnection jmx = JmxConnection.attach(service.pid())) {
                jmx.call("Persister", "pause");
                for (OpenApi.Operation operation : calls.having("504")) {
                    expect(service, operation, calls.good(operation).query("ack=persisted"), 504);
                }
                jmx.call("Persister", "resume");
                assertEquals(true, jmx.call("Service", "drain"));
                expect(service, calls.operation("GET /api/create_event"),
                        calls.good(calls.operation("GET /api/create_event")), 503);
            }
        }
    }

    private void wrongRequests(RunningService service) throws Exception {
        for (OpenApi.Operation operation : calls.having("400")) {
            Call good = calls.good(operation);
            expect(service, operation, good.body() == null
                    ? good.query("ack=never&app_id=" + "x".repeat(65)) : good.body("{"), 400);
        }
        for (OpenApi.Operation operation : calls.having("413")) {
            Call good = calls.good(operation);
            expect(service, operation, good.body(good.body() + " ".repeat(5_000)), 413);
        }
        for (OpenApi.Operation operation : calls.having("415")) {
            expect(service, operation, calls.good(operation).type("text/plain"), 415);
        }
        for (OpenApi.Operation operation : calls.having("404")) {
            if (operation.path().startsWith("/v1/") || operation.path().startsWith("/problems")) {
                expect(service, operation, calls.absent(operation), 404);
            }
        }
    }

    private void idsAndTags(RunningService service) throws Exception {
        for (OpenApi.Operation operation : calls.having("422")) {
            Call first = calls.good(operation);
            expect(service, operation, first, 202);
            expect(service, operation,
                    first.body(first.body().replace("\"value\":1", "\"value\":2")), 422);
        }
        for (OpenApi.Operation operation : calls.having("304")) {
            String tag = calls.ask(service, OpenApi.CLIENTS, operation, calls.good(operation))
                    .headers().firstValue("ETag").orElseThrow();
            expect(service, operation, calls.good(operation), 304, "If-None-Match", tag);
        }
    }

    /** What no operation names for itself, because it may come of any request. */
    private void anyRequest(RunningService service) throws Exception {
        String host = "Host: x\r\n\r\n";
        for (Map.Entry<String, Integer> request : Map.of(
                "GET /status?" + "x".repeat(9_000) + " HTTP/1.1\r\n" + host, 414,
                "GET /status HTTP/1.1\r\n" + IntStream.range(0, 90).mapToObj(n -> "A" + n
                        + ": 1\r\n").collect(Collectors.joining()) + host, 431,
                "GET /status HTTP/2.0\r\n" + host, 505,
                "DELETE /status HTTP/1.1\r\n" + host, 405,
                "get /status HTTP/1.1\r\n" + host, 400).entrySet()) {
            try (RawConnection connection = new RawConnection(service)) {
                RawConnection.Answer answer = connection.send(request.getKey()).answer();
                assertEquals(request.getValue(), answer.status(), request.getKey());
                assertEquals("application/problem+json", answer.header("content-type"));
                calls.problem(service, OpenApi.CLIENTS, answer.body());
            }
        }
    }

    private void aClientThatIsTooSlow(RunningService service) throws Exception {
        try (RawConnection connection = new RawConnection(service)) {
            RawConnection.Answer answer = connection.send("POST /v1/events?mode=partial HTTP/1.1\r\n"
                    + "Host: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100\r\n\r\n"
                    + "{").answer();
            assertEquals(408, answer.status(), answer.body());
            calls.check(service, OpenApi.CLIENTS, calls.operation("POST /v1/events"), answer);
        }
    }

    private void anAuditTooMany(RunningService service, String url) throws Exception {
        OpenApi.Operation audit = calls.operation("GET /v1/audit");
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table ringtally.counter in access exclusive mode");
            CompletableFuture<Void> first = CompletableFuture.runAsync(() -> {
                try {
                    service.getAdmin("/v1/audit");
                } catch (java.io.IOException failed) {
                    throw new AssertionError(failed);
                }
            }, new OwnThread());
            service.await("an audit that waits", SOON, () -> {
                try {
                    return "1".equals(TestPostgres.query(url, "select 1 from pg_stat_activity"
                            + " where wait_event_type = 'Lock' limit 1"));
                } catch (java.sql.SQLException failed) {
                    throw new AssertionError(failed);
                }
            });
            expect(service, audit, calls.good(audit), 429);
            connection.rollback();
            first.get(SOON.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private void aServiceThatAsksForKeys() throws Exception {
        String url = TestPostgres.shared().newDatabase();
        try (RunningService service = start("keys", url, Map.of("RINGTALLY_AUTH_MODE", "keys",
                "RINGTALLY_AUTH_REFRESH", "100ms",
                "RINGTALLY_LIMITS_CLIENT_REQUESTS_PER_SECOND", "1",
                "RINGTALLY_LIMITS_BURST", "1s"))) {
            TestKeys keys = new TestKeys(url);
            Map<String, String> without = Map.of("write", keys.make(null, "read"), "read",
                    keys.make(null, "write"), "admin", keys.make(null, "read"));
            String all = keys.make(null, "write", "read", "admin");
            service.await("the keys to be known", SOON, () -> {
                try {
                    return calls.ask(service, OpenApi.CLIENTS, calls.operation("GET /status"),
                            calls.good(calls.operation("GET /status")), bearer(all))
                            .statusCode() == 200;
                } catch (Exception failed) {
                    throw new AssertionError(failed);
                }
            });
            for (OpenApi.Operation operation : calls.having("401")) {
                expect(service, operation, calls.good(operation), 401, bearer("rt_nobody"));
            }
            for (OpenApi.Operation operation : calls.having("403")) {
                expect(service, operation, calls.good(operation), 403,
                        bearer(without.get(operation.scope())));
            }
            for (OpenApi.Operation operation : calls.having("429")) {
                boolean limited = !operation.ports().contains(OpenApi.CLIENTS);
                for (int i = 0; !limited && i < 50; i++) {
                    limited = calls.ask(service, OpenApi.CLIENTS, operation,
                            calls.good(operation), bearer(all)).statusCode() == 429;
                }
                assertTrue(limited, operation + " has no limit");
            }
        }
    }

    private static String[] bearer(String token) {
        return new String[] {"Authorization", "Bearer " + token};
    }

    private void aServiceThatStarts() throws Exception {
        try (RunningService service = RunningService.launch(directory.resolve("starting"),
                Map.of("RINGTALLY_AUTH_MODE", "keys", "RINGTALLY_DB_URL",
                        "jdbc:postgresql://127.0.0.1:" + RunningService.freePort() + "/none"))) {
            service.awaitStatus("starting");
            for (OpenApi.Operation operation : calls.having("503")) {
                if (operation.toString().equals("GET /api/create_event")) {
                    expect(service, operation, calls.good(operation), 404);
                } else if (operation.path().equals("/status")) {
                    expect(service, operation, calls.good(operation), 503);
                } else {
                    expect(service, operation, calls.good(operation), 503, bearer("rt_unknown"));
                }
            }
        }
    }

    private void aServiceThatIsFull() throws Exception {
        try (RunningService service = start("full", TestPostgres.shared().newDatabase(), Map.of(
                "RINGTALLY_STORE_MAX_COUNTERS", "1000", "RINGTALLY_HTTP_IO_THREADS", "4",
                "JAVA_TOOL_OPTIONS", "-Dringtally.fault=intake-claimed:1:stall"));
                RawConnection stalled = new RawConnection(service)) {
            String event = "{\"key\":\"k\",\"app_id\":\"\",\"message_id\":\"k\","
                    + "\"event\":\"increment\",\"value\":1,\"id\":\"the same\"}";
            stalled.send(RawConnection.post("/increment", RawConnection.bytes(event)));
            for (OpenApi.Operation operation : calls.having("409")) {
                byte[] request = RawConnection.post(operation.path(), RawConnection.bytes(
                        operation.path().endsWith("/bulk") ? "{\"events\":[" + event + "]}"
                                : event));
                calls.check(service, OpenApi.CLIENTS, operation,
                        anAnswer(service, operation, request));
            }
            assertEquals(202, stalled.answer().status());
            StringBuilder many = new StringBuilder();
            for (int i = 0; i < 1_200; i++) {
                many.append("{\"app_id\":\"\",\"message_id\":\"m").append(i)
                        .append("\",\"event\":\"e\"}\n");
            }
            assertEquals(202, service.post("/v1/events", "application/x-ndjson",
                    many.toString()).statusCode());
            assertEquals(200, service.get("/v1/counters/m0?event=e").statusCode());
            for (OpenApi.Operation operation : calls.having("507")) {
                Call good = calls.good(operation);
                expect(service, operation, good.body() == null ? good
                        : good.body(good.body().replace("\"k\"", "\"new\"")), 507);
            }
        }
    }

    /** From a thread that is not the one which stalls: connections are spread over them. */
    private static RawConnection.Answer anAnswer(RunningService service,
            OpenApi.Operation operation, byte[] request) throws Exception {
        RawConnection.Answer answer = null;
        for (int i = 0; answer == null && i < 8; i++) {
            try (RawConnection connection = new RawConnection(service)) {
                connection.send(request);
                answer = connection.answersWithin(Duration.ofMillis(400)) ? connection.answer()
                        : null;
            }
        }
        assertNotNull(answer, "no thread answers " + operation);
        return answer;
    }

    private void expect(RunningService service, OpenApi.Operation operation, Call call,
            int status, String... headers) throws Exception {
        for (String port : operation.ports()) {
            HttpResponse<String> answer = calls.ask(service, port, operation, call, headers);
            assertEquals(status, answer.statusCode(), operation + ": " + answer.body());
        }
    }
}
