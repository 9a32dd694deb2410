package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.ringtally.http.OpenApi;
import io.ringtally.system.ContractCalls.Call;
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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Holds answers against {@code openapi.json}, and knows which of its statuses have been given.
 *
 * <p>Threading: one thread's; only {@link #send} is for any.
 */
final class Contract {

    private static final String EVENTS = "text/event-stream";

    private final OpenApi document = OpenApi.ofJar();
    private final Map<String, OpenApi.Operation> operations = new LinkedHashMap<>();
    private final Set<String> headers = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    private final Set<String> seen = new TreeSet<>();
    private final Set<String> explained = new HashSet<>();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1).build();

    Contract() {
        document.operations().forEach(one -> operations.put(one.toString(), one));
        headers.addAll(document.headers());
    }

    /** In the order of the document. */
    List<OpenApi.Operation> operations() {
        return document.operations();
    }

    OpenApi.Operation operation(String name) {
        return operations.get(name);
    }

    /** The operations for which this status is documented. */
    List<OpenApi.Operation> having(int status) {
        return operations().stream()
                .filter(one -> one.statuses().contains(String.valueOf(status))).toList();
    }

    /** What is documented for itself, and nobody has been answered: operations with a status. */
    Set<String> unseen() {
        Set<String> unseen = new TreeSet<>();
        operations().forEach(operation -> operation.statuses().stream()
                .filter(status -> !status.equals("default"))
                .forEach(status -> unseen.add(operation + " " + status)));
        unseen.removeAll(seen);
        return unseen;
    }

    /** Asks each port that has the operation, and expects this status, as it is documented. */
    void expect(RunningService service, OpenApi.Operation operation, Call call, int status)
            throws Exception {
        for (String port : operation.ports()) {
            RawConnection.Answer answer = ask(service, port, operation, call);
            assertEquals(status, answer.status(), call + ": " + answer.body());
        }
    }

    /** The same for an operation by its name. */
    void expect(RunningService service, String operation, Call call, int status)
            throws Exception {
        expect(service, operation(operation), call, status);
    }

    /** Asks each port that has the operation, for any answer that is documented. */
    void expectAny(RunningService service, OpenApi.Operation operation, Call call)
            throws Exception {
        for (String port : operation.ports()) {
            ask(service, port, operation, call);
        }
    }

    /** Sends it, and holds the answer against the document. */
    RawConnection.Answer ask(RunningService service, String port, OpenApi.Operation operation,
            Call call) throws Exception {
        RawConnection.Answer answer = send(service, port, call);
        check(service, operation, answer);
        return answer;
    }

    /** Sends it. Of a stream the answer's body is the data of its first event. */
    RawConnection.Answer send(RunningService service, String port, Call call) throws Exception {
        String base = port.equals(OpenApi.CLIENTS) ? service.url()
                : "http://127.0.0.1:" + service.adminPort();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + call.target()))
                .timeout(Duration.ofSeconds(60))
                .method(call.method(), call.body() == null ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(call.body()));
        if (!call.headers().isEmpty()) {
            request.headers(call.headers().toArray(String[]::new));
        }
        HttpResponse<InputStream> answer = client.send(request.build(),
                HttpResponse.BodyHandlers.ofInputStream());
        Map<String, String> plain = new TreeMap<>();
        answer.headers().map().forEach((name, values) -> plain.put(name, values.get(0)));
        try (InputStream body = answer.body()) {
            return new RawConnection.Answer(answer.statusCode(), plain,
                    answer.headers().firstValue("Content-Type").orElse("").equals(EVENTS)
                            ? firstEvent(body)
                            : new String(body.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** What comes after it is left unread. */
    private static String firstEvent(InputStream stream) throws IOException {
        BufferedReader lines = new BufferedReader(
                new InputStreamReader(stream, StandardCharsets.UTF_8));
        String line;
        do {
            line = lines.readLine();
        } while (line != null && !line.startsWith("data: "));
        return line == null ? "" : line.substring("data: ".length());
    }

    /** Holds an answer against what is documented for its status. */
    void check(RunningService service, OpenApi.Operation operation, RawConnection.Answer answer)
            throws IOException {
        String what = operation + " " + answer.status();
        JsonNode documented = operation.answer(answer.status());
        assertFalse(documented.isMissingNode(), what + " is not documented: " + answer.body());
        seen.add(what);
        checkHeaders(what, documented.path("headers"), answer);
        JsonNode content = documented.path("content");
        if (content.isEmpty()) {
            assertEquals("", answer.body(), what + " has a body, which is not documented");
            return;
        }
        String type = answer.headers().getOrDefault("content-type", "none").split(";")[0];
        JsonNode found = content.has(type) ? content.path(type) : content.path("*/*");
        assertFalse(found.isMissingNode(), what + " is " + type + ": " + answer.body());
        if (found.has("x-event-data")) {
            assertConforms(what, found.path("x-event-data"), answer.body());
        } else if (type.endsWith("json")) {
            assertConforms(what, found.path("schema"), answer.body());
        }
        if (type.equals("application/problem+json")) {
            checkProblem(service, answer);
        }
    }

    private void checkHeaders(String what, JsonNode documented, RawConnection.Answer answer) {
        Set<String> named = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        documented.properties().forEach(header -> {
            named.add(header.getKey());
            JsonNode is = document.resolved(header.getValue());
            String value = answer.headers().get(header.getKey().toLowerCase(Locale.ROOT));
            assertTrue(value != null || !is.path("required").asBoolean(),
                    what + " is without " + header.getKey());
            if (value != null) {
                boolean integer = is.path("schema").path("type").asText().equals("integer");
                assertConforms(what + " " + header.getKey(), is.path("schema"),
                        integer ? value : '"' + value.replace("\"", "\\\"") + '"');
            }
        });
        for (String header : answer.headers().keySet()) {
            assertTrue(!headers.contains(header) || named.contains(header),
                    what + " has the header " + header + ", which is not documented");
        }
    }

    private void assertConforms(String what, JsonNode schema, String json) {
        try {
            assertEquals(List.of(), document.errors(schema, OpenApi.JSON.readTree(json)),
                    what + ": " + json);
        } catch (IOException broken) {
            throw new AssertionError(what + " is no JSON: " + json, broken);
        }
    }

    /** Holds a problem against its schema, and looks its type up where it says. */
    void checkProblem(RunningService service, RawConnection.Answer answer)
            throws IOException {
        assertConforms("a problem", document.schema("Problem"), answer.body());
        JsonNode problem = OpenApi.JSON.readTree(answer.body());
        assertEquals(answer.status(), problem.path("status").asInt());
        String type = problem.path("type").asText();
        if (explained.add(type)) {
            // there, as threads of the other port may hang
            HttpResponse<String> page = service.getAdmin(type);
            assertEquals(200, page.statusCode(), type);
            assertTrue(page.body().startsWith("# " + type.substring("/problems/".length()) + "\n")
                    && page.body().contains("| " + answer.status() + " |"), page.body());
        }
    }
}
