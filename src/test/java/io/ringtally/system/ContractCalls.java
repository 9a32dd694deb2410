package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.ringtally.http.OpenApi;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A good request of every operation, and the eye on the answers: each is held against the document.
 *
 * <p>Threading: one thread's.
 */
final class ContractCalls {

    private static final String EVENT = "{\"app_id\":\"order\",\"message_id\":\"k\","
            + "\"event\":\"ORDERED\",\"value\":1,\"id\":\"#\"}";

    /** By method and path; {@code #} in a body becomes another number each time. */
    private static final Map<String, Call> GOOD = Map.ofEntries(
            post("/increment", "{\"key\":\"k\",\"value\":1,\"id\":\"#\"}"),
            post("/api/event", EVENT), post("/api/create_event", EVENT),
            post("/api/event/bulk", "{\"events\":[" + EVENT + "]}"),
            post("/v1/events", "[" + EVENT + "]"),
            get("/api/create_event", "/api/create_event"),
            get("/v1/counters", "/v1/counters?app_id=order"),
            post("/v1/counters/lookup", "{\"message_ids\":[\"k\",\"none\"]}"),
            get("/v1/counters/{id}", "/v1/counters/k"),
            get("/v1/counters/{id}/stream", "/v1/counters/k/stream"),
            get("/v1/messages", "/v1/messages?app_id=order"),
            get("/v1/messages/{id}", "/v1/messages/k?app_id=order"),
            get("/v1/messages/{id}/stream", "/v1/messages/k/stream?app_id=order"),
            get("/status", "/status"), get("/api/q/stats", "/api/q/stats"),
            get("/openapi.json", "/openapi.json"), get("/problems", "/problems"),
            get("/problems/{id}", "/problems/ring-full"), get("/v1/audit", "/v1/audit"));

    private final OpenApi document;
    private final Map<String, OpenApi.Operation> operations = new LinkedHashMap<>();
    private final Set<String> headers = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    private final Set<String> seen = new TreeSet<>();
    private final Set<String> explained = new HashSet<>();
    private final AtomicInteger number = new AtomicInteger();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1).build();

    ContractCalls(OpenApi document) {
        this.document = document;
        document.operations().forEach(one -> operations.put(one.toString(), one));
        headers.addAll(document.headers());
    }

    /** A request; {@code body} is null for none. */
    record Call(String method, String target, String type, String body) {

        Call body(String other) {
            return new Call(method, target, type, other);
        }

        Call type(String other) {
            return new Call(method, target, other, body);
        }

        /** With this in its query, too. */
        Call query(String more) {
            return new Call(method, target + (target.contains("?") ? "&" : "?") + more, type,
                    body);
        }
    }

    private static Map.Entry<String, Call> post(String path, String body) {
        return Map.entry("POST " + path, new Call("POST", path, "application/json", body));
    }

    private static Map.Entry<String, Call> get(String path, String target) {
        return Map.entry("GET " + path, new Call("GET", target, null, null));
    }

    OpenApi.Operation operation(String name) {
        return operations.get(name);
    }

    /** The operations for which this status is documented. */
    List<OpenApi.Operation> having(String status) {
        return operations.values().stream().filter(one -> one.statuses().contains(status))
                .toList();
    }

    /** A request that is answered well, with an id nobody has used. */
    Call good(OpenApi.Operation operation) {
        Call call = GOOD.get(operation.toString());
        assertNotNull(call, "ContractCalls has no request for " + operation);
        return call.body() == null ? call
                : call.body(call.body().replace("#", "id-" + number.incrementAndGet()));
    }

    /** The same for what is not there. */
    Call absent(OpenApi.Operation operation) {
        Call good = good(operation);
        return new Call(good.method, good.target.replace("/k", "/none")
                .replace("ring-full", "none").replace("messages?app_id=order",
                        "messages?app_id=none"), good.type, good.body);
    }

    /** Statuses seen, each behind its operation. */
    Set<String> seen() {
        return seen;
    }

    /** Sends it, and holds the answer against the document. */
    HttpResponse<String> ask(RunningService service, String port, OpenApi.Operation operation,
            Call call, String... moreHeaders) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create(base(service, port) + call.target)).timeout(Duration.ofSeconds(60))
                .method(call.method, call.body == null ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(call.body));
        if (call.type != null) {
            request.header("Content-Type", call.type);
        }
        if (moreHeaders.length > 0) {
            request.headers(moreHeaders);
        }
        HttpResponse<String> answer = client.send(request.build(), head ->
                head.headers().firstValue("Content-Type").orElse("").equals("text/event-stream")
                        ? HttpResponse.BodySubscribers.mapping(HttpResponse.BodySubscribers
                                .ofInputStream(), ContractCalls::firstEvent)
                        : HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8));
        Map<String, String> plain = new LinkedHashMap<>();
        answer.headers().map().forEach((name, values) -> plain.put(name, values.get(0)));
        check(service, port, operation, new RawConnection.Answer(answer.statusCode(), plain,
                answer.body()));
        return answer;
    }

    private static String base(RunningService service, String port) {
        return port.equals(OpenApi.CLIENTS) ? service.url()
                : "http://127.0.0.1:" + service.adminPort();
    }

    /** The data of a stream's first event; the stream is left. */
    private static String firstEvent(InputStream stream) {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            String line;
            do {
                line = lines.readLine();
            } while (line != null && !line.startsWith("data: "));
            return line == null ? "" : line.substring("data: ".length());
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    /** Holds an answer against the document. */
    void check(RunningService service, String port, OpenApi.Operation operation,
            RawConnection.Answer answer) throws IOException {
        String what = operation + " " + answer.status();
        JsonNode documented = operation.answer(answer.status());
        assertFalse(documented.isMissingNode(), what + " is not documented: " + answer.body());
        seen.add(what);
        Set<String> named = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        documented.path("headers").fieldNames().forEachRemaining(named::add);
        for (String header : answer.headers().keySet()) {
            assertTrue(!headers.contains(header) || named.contains(header),
                    what + " has the header " + header + ", which is not documented");
        }
        JsonNode content = documented.path("content");
        if (answer.body().isEmpty()) {
            assertTrue(content.isEmpty(), what + " has no body");
            return;
        }
        String type = answer.headers().entrySet().stream()
                .filter(one -> one.getKey().equalsIgnoreCase("Content-Type"))
                .map(one -> one.getValue().split(";")[0]).findAny().orElse("none");
        assertTrue(content.has(type), what + " is " + type + ": " + answer.body());
        if (type.endsWith("json")) {
            assertEquals(List.of(), document.errors(content.path(type).path("schema"),
                    OpenApi.JSON.readTree(answer.body())), what + ": " + answer.body());
        }
        if (type.equals("application/problem+json")) {
            problem(service, port, answer.body());
        }
    }

    /** Holds a problem against its schema, and looks its type up where it says. */
    void problem(RunningService service, String port, String body) throws IOException {
        JsonNode problem = OpenApi.JSON.readTree(body);
        assertEquals(List.of(), document.errors(document.schema("Problem"), problem), body);
        String type = problem.path("type").asText();
        if (explained.add(port + type)) {
            HttpResponse<String> page = port.equals(OpenApi.CLIENTS) ? service.get(type)
                    : service.getAdmin(type);
            assertEquals(200, page.statusCode(), type);
            assertTrue(page.body().startsWith("# " + type.substring("/problems/".length()) + "\n")
                    && page.body().contains("| " + problem.path("status").asInt() + " |"),
                    page.body());
        }
    }
}
