package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.http.OpenApi;
import io.ringtally.system.ContractCalls.Call;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a service in health answers: good requests, and those that nobody could answer well.
 *
 * <p>Threading: one thread's.
 */
final class HealthyContract {

    private static final String LETTERS = "/v1/admin/dead-letters";
    private static final String RETRY = "POST " + LETTERS + "/{id}/retry";

    private final Contract contract;
    private String url;
    private RunningService service;

    HealthyContract(Contract contract) {
        this.contract = contract;
    }

    void provoke(Path directory) throws Exception {
        url = TestPostgres.shared().newDatabase();
        Files.createDirectories(directory);
        Path configuration = Files.writeString(directory.resolve("contract.conf"),
                "apps.order.lifecycle = [ORDERED, PAID]\nmappings.any { app = users,"
                        + " message = \"/user\", event = \"/kind\" }");
        try (RunningService started = RunningService.start(directory.resolve("data"), url,
                Map.of("RINGTALLY_CONFIG", configuration.toString(),
                        "RINGTALLY_GENERATOR_ENABLED", "true",
                        "RINGTALLY_HTTP_MAX_EVENT_BYTES", "2 KiB",
                        "RINGTALLY_HTTP_MAX_BULK_BYTES", "4 KiB",
                        "RINGTALLY_HTTP_REQUEST_TIMEOUT", "2s"))) {
            service = started;
            goodOnes();
            otherFormsOfGoodOnes();
            deadLetters();
            wrongOnes();
            conditions();
            idsThatStandForAnotherEvent();
            anyRequest();
            clientsThatAreTooSlow();
            changesThatPostgresRefuses();
        }
    }

    private void goodOnes() throws Exception {
        for (OpenApi.Operation operation : contract.operations()) {
            for (String port : operation.ports()) {
                Call good = ContractCalls.good(operation);
                if (good.target().startsWith(LETTERS + "/")) {
                    continue;
                }
                refill();
                RawConnection.Answer answer = contract.ask(service, port, operation, good);
                assertEquals(2, answer.status() / 100, operation + ": " + answer.body());
                if (good.method().equals("GET")) {
                    head(port, good, answer);
                }
            }
        }
    }

    /** A HEAD is answered as the GET is, unless that is a stream or counts. */
    private void head(String port, Call get, RawConnection.Answer answer) throws Exception {
        boolean there = answer.status() == 200
                && !"text/event-stream".equals(answer.header("content-type"));
        RawConnection.Answer head = contract.send(service, port,
                new Call("HEAD", get.target(), null, get.headers()));
        assertEquals(there ? 200 : 405, head.status(), "HEAD of " + get);
        assertEquals("", head.body());
        if (there) {
            assertEquals(answer.header("content-type"), head.header("content-type"));
        }
    }

    /** Lets events in, and counts what the good requests ask for. */
    private void refill() throws Exception {
        contract.expect(service, "POST /v1/admin/resume", ContractCalls.good(
                contract.operation("POST /v1/admin/resume")), 200);
        for (String path : new String[] {"/increment", "/api/event"}) {
            OpenApi.Operation operation = contract.operation("POST " + path);
            contract.expect(service, operation, ContractCalls.good(operation), 202);
        }
    }

    /** Answers that have what the first ones had not. */
    private void otherFormsOfGoodOnes() throws Exception {
        refill();
        OpenApi.Operation events = contract.operation("POST /v1/events");
        Call good = ContractCalls.good(events);
        contract.expect(service, events, good.query("ack=persisted"), 202);
        contract.expect(service, events, good, 202); // a repeat
        contract.expect(service, events, good.query("mapping=any")
                .body("{\"user\":\"u\",\"kind\":\"e\"}"), 202);
        contract.expect(service, events, good.query("mapping=none"), 400);
        contract.expect(service, events, good.query("mode=partial").with("Content-Type",
                "application/x-ndjson").body(ContractCalls.EVENT + "\n{}\n"), 202);
        contract.expect(service, events, good.with("Content-Type",
                "application/cloudevents+json").body("{\"specversion\":\"1.0\",\"id\":\"c\","
                + "\"source\":\"order\",\"type\":\"PAID\",\"subject\":\"k\"}"), 202);
        for (String query : new String[] {"top=3", "prefix=k", "prefix=m&limit=1",
                "message_id=k&message_id=none"}) {
            OpenApi.Operation list = contract.operation("GET /v1/counters");
            contract.expect(service, list, ContractCalls.good(list).query(query), 200);
        }
        for (String read : new String[] {"GET /v1/counters/{id}", "GET /v1/messages/{id}",
                "POST /v1/counters/lookup", "GET /v1/messages"}) {
            OpenApi.Operation operation = contract.operation(read);
            contract.expect(service, operation,
                    ContractCalls.good(operation).query("read=persisted"), 200);
        }
        OpenApi.Operation put = contract.operation("PUT /v1/counters/{id}");
        contract.expect(service, put, ContractCalls.good(put).of("new"), 201);
        contract.expect(service, put, ContractCalls.good(put).of("new"), 200);
        contract.expect(service, "GET /metrics", ContractCalls.good(
                contract.operation("GET /metrics")).with("Accept",
                "application/openmetrics-text; version=1.0.0"), 200);
    }

    private void deadLetters() throws Exception {
        OpenApi.Operation retry = contract.operation(RETRY);
        OpenApi.Operation discard = contract.operation("DELETE " + LETTERS + "/{id}");
        Call letter = ContractCalls.good(retry).of(TestLetters.make(service, "counted"));
        contract.expect(service, retry, letter, 409);
        TestLetters.makeRoom(service, "counted");
        contract.expect(service, retry, letter, 200);
        contract.expect(service, discard, ContractCalls.good(discard)
                .of(TestLetters.make(service, "given-up")), 204);
        TestLetters.make(service, "one");
        TestLetters.make(service, "two");
        OpenApi.Operation list = contract.operation("GET " + LETTERS);
        contract.expect(service, list, ContractCalls.good(list).query("limit=1"), 200);
    }

    /** Asked of all: who has another answer than the others must have documented that. */
    private void wrongOnes() throws Exception {
        for (OpenApi.Operation operation : contract.operations()) {
            refill();
            Call good = ContractCalls.good(operation);
            boolean bare = good.body() == null;
            wrong(operation, 400, bare ? good.query("ack=never&after=x&app_id="
                    + "x".repeat(65)) : good.body("{"));
            wrong(operation, 413, bare ? good : good.body(good.body() + " ".repeat(20_000)));
            wrong(operation, 415, good.with("Content-Type", "text/plain"));
            // there is a generator here, and a PUT makes what is not there
            if (!operation.path().equals("/api/create_event") && !good.method().equals("PUT")) {
                wrong(operation, 404, ContractCalls.absent(operation));
            }
        }
    }

    private void wrong(OpenApi.Operation operation, int status, Call call) throws Exception {
        if (contract.having(status).contains(operation)) {
            contract.expect(service, operation, call, status);
        } else {
            contract.expectAny(service, operation, call);
        }
    }

    private void conditions() throws Exception {
        refill();
        for (OpenApi.Operation operation : contract.having(412)) {
            contract.expect(service, operation,
                    ContractCalls.absent(operation).with("If-Match", "*"), 412);
        }
        OpenApi.Operation put = contract.operation("PUT /v1/counters/{id}");
        contract.expect(service, put, ContractCalls.good(put).with("If-None-Match", "*"), 412);
        for (OpenApi.Operation operation : contract.having(304)) {
            for (String port : operation.ports()) {
                Call good = ContractCalls.good(operation);
                String tag = contract.ask(service, port, operation, good).header("etag");
                assertEquals(304, contract.ask(service, port, operation,
                        good.with("If-None-Match", tag)).status(), operation.toString());
            }
        }
    }

    private void idsThatStandForAnotherEvent() throws Exception {
        for (OpenApi.Operation operation : contract.having(422)) {
            if (operation.scope().equals("write")) {
                Call good = ContractCalls.good(operation);
                contract.expect(service, operation, good, 202);
                contract.expect(service, operation, good.body(good.body()
                        .replace("\"value\":1", "\"value\":2")), 422);
            }
        }
    }

    private void changesThatPostgresRefuses() throws Exception {
        refill();
        TestLetters.flush(service);
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("create function ringtally.refuse() returns trigger language plpgsql"
                    + " as 'begin raise exception using errcode = ''check_violation''; end'");
            statement.execute("create trigger refuses before insert or update or delete"
                    + " on ringtally.counter for each row execute function ringtally.refuse()");
        }
        for (OpenApi.Operation operation : contract.having(422)) {
            if (operation.scope().equals("admin")) {
                contract.expect(service, operation, ContractCalls.good(operation), 422);
            }
        }
    }

    /** What no operation names for itself, because it may come of any request. */
    private void anyRequest() throws Exception {
        String host = "Host: 127.0.0.1\r\n\r\n";
        for (Map.Entry<String, Integer> request : Map.of(
                "GET /status?" + "x".repeat(13_000) + " HTTP/1.1\r\n" + host, 414,
                "GET /status HTTP/1.1\r\n" + IntStream.range(0, 90).mapToObj(n -> "A" + n
                        + ": 1\r\n").collect(Collectors.joining()) + host, 431,
                "GET /status HTTP/0.9\r\n" + host, 505,
                "DELETE /status HTTP/1.1\r\n" + host, 405,
                "get /status HTTP/1.1\r\n" + host, 400,
                "GET /status HTTP/1.1\r\nTransfer-Encoding: any\r\n" + host, 400).entrySet()) {
            for (String port : new String[] {OpenApi.CLIENTS, OpenApi.OPERATORS}) {
                expectProblem(port, request.getKey(), request.getValue());
            }
        }
        expectProblem(OpenApi.OPERATORS, "GET / HTTP/1.1\r\nHost: elsewhere\r\n\r\n", 403);
    }

    private void expectProblem(String port, String request, int status) throws Exception {
        try (RawConnection connection = new RawConnection(port.equals(OpenApi.CLIENTS)
                ? service.port() : service.adminPort())) {
            RawConnection.Answer answer = connection.send(request).answer();
            assertEquals(status, answer.status(), request);
            assertEquals("application/problem+json", answer.header("content-type"));
            contract.checkProblem(service, answer);
        }
    }

    /** One that has sent no event, and one that has. */
    private void clientsThatAreTooSlow() throws Exception {
        OpenApi.Operation events = contract.operation("POST /v1/events");
        String head = "POST /v1/events?mode=partial HTTP/1.1\r\nHost: x\r\n"
                + "Content-Length: 1000\r\nContent-Type: application/x-ndjson\r\n\r\n";
        try (RawConnection none = new RawConnection(service).send(head + "{");
                RawConnection one = new RawConnection(service)
                        .send(head + ContractCalls.EVENT + "\n{")) {
            RawConnection.Answer refused = none.answer();
            assertEquals(408, refused.status(), refused.body());
            contract.check(service, events, refused);
            RawConnection.Answer stopped = one.answer();
            assertEquals(202, stopped.status(), stopped.body());
            assertTrue(stopped.body().contains("\"stopped\":{"), stopped.body());
            contract.check(service, events, stopped);
        }
    }

}
