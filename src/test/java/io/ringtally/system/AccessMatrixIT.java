package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ringtally.auth.KeyToken;
import io.ringtally.http.RouteListing;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every route of both listeners, with every method, and every state a caller's credentials can be
 * in: generated from the route tables, so that a new route is in here too.
 */
class AccessMatrixIT {

    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");
    private static final Duration SOON = Duration.ofSeconds(20);
    /** Events that one request to the generator makes. */
    private static final int GENERATED = 10;
    /** What no refusal may tell. */
    private static final String SECRET = "the-message-nobody-may-see";
    private static final String EVENT = "{\"app_id\":\"mine\",\"message_id\":\"" + SECRET
            + "\",\"event\":\"e\"}";

    @TempDir
    private Path directory;
    private RunningService service;
    private final Map<String, String> credentials = new LinkedHashMap<>();
    private String allScopes;
    private String revoked;
    /** Events of requests that were answered with a 2xx; a refused one must not count. */
    private long counted;

    @Test
    void everyRouteAnswersEveryCallerAsItsTableSays() throws Exception {
        String url = TestPostgres.shared().newDatabase();
        try (RunningService started = RunningService.start(directory.resolve("data"), url,
                Map.of("RINGTALLY_AUTH_MODE", "keys", "RINGTALLY_AUTH_REFRESH", "100ms",
                        "RINGTALLY_GENERATOR_ENABLED", "true", "RINGTALLY_CONFIG",
                        Files.writeString(directory.resolve("apps.conf"),
                                "apps.mine.lifecycle = [e, f]").toString()))) {
            service = started;
            makeKeys(new TestKeys(url));
            assertEquals(202, send(base(false), "POST", "/api/event", allScopes).statusCode());
            assertListensOnlyWhereTold();
            int checked = 0;
            for (boolean operators : new boolean[] {false, true}) {
                List<RouteListing.Listed> table = operators ? RouteListing.operators()
                        : RouteListing.clients();
                for (String path : table.stream().map(RouteListing.Listed::path).distinct()
                        .toList()) {
                    checked += check(operators, path, table);
                    if (path.startsWith("/v1/admin/")) {
                        // as it was, for what comes next
                        assertEquals(200, send(base(true), "POST", "/v1/admin/resume", allScopes)
                                .statusCode());
                    }
                }
            }
            assertTrue(checked > 700, "checked " + checked);
            assertFalse(service.log().contains(allScopes.substring(12)),
                    "a secret is in the log");
            assertEquals(0, service.terminate(SOON), service.log());
        }
        assertEquals(String.valueOf(counted), TestPostgres.query(url,
                "select accepted_events from ringtally.ledger"));
        assertEquals("t", TestPostgres.query(url, "select balanced from ringtally.ledger"));
        assertEquals("3/0", TestPostgres.query(url, "select count(distinct who) || '/' ||"
                + " count(*) filter (where who not in (select id from ringtally.api_key))"
                + " from ringtally.changes where kind = 'set'"));
    }

    /** JMX, or anything else, must not have opened a port: it is reached by attaching only. */
    private void assertListensOnlyWhereTold() throws IOException {
        Path process = Path.of("/proc", String.valueOf(service.pid()));
        assumeTrue(Files.isDirectory(process.resolve("fd")), "needs Linux");
        Set<String> sockets = new HashSet<>();
        try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : open) {
                try {
                    sockets.add(Files.readSymbolicLink(descriptor).toString());
                } catch (IOException closedMeanwhile) {
                    // then it listens no more
                }
            }
        }
        Set<Integer> listening = new TreeSet<>();
        for (String table : List.of("net/tcp", "net/tcp6")) {
            for (String line : Files.readAllLines(process.resolve(table))) {
                String[] field = line.strip().split("\\s+");
                if (field[3].equals("0A") && sockets.contains("socket:[" + field[9] + "]")) {
                    listening.add(Integer.parseInt(
                            field[1].substring(field[1].indexOf(':') + 1), 16));
                }
            }
        }
        assertEquals(new TreeSet<>(Set.of(service.port(), service.adminPort())), listening);
    }

    private void makeKeys(TestKeys keys) throws Exception {
        allScopes = keys.make(null, "write", "read", "admin");
        revoked = keys.make(null, "write", "read", "admin");
        credentials.put("none", null);
        credentials.put("empty", "");
        credentials.put("malformed", "rt_short_key");
        credentials.put("with another secret", allScopes.substring(0, 54)
                + (allScopes.endsWith("a") ? "b" : "a"));
        credentials.put("unknown", KeyToken.make(new SecureRandom()).text());
        credentials.put("revoked", revoked);
        credentials.put("write", keys.make(null, "write"));
        credentials.put("read", keys.make(null, "read"));
        credentials.put("admin", keys.make(null, "admin"));
        credentials.put("write read admin of mine", keys.make(List.of("mine"), "write", "read",
                "admin"));
        credentials.put("write read admin of other", keys.make(List.of("other", ""), "write",
                "read", "admin"));
        credentials.put("all", allScopes);
        awaitStatus(revoked, 200);
        keys.revoke(revoked);
        awaitStatus(revoked, 401);
        String last = credentials.get("write read admin of other");
        awaitStatus(last, 200);
    }

    private void awaitStatus(String token, int status) throws IOException {
        service.await("answer " + status + " to a key", SOON, () -> {
            try {
                return send(base(false), "GET", "/status", token).statusCode() == status;
            } catch (IOException failed) {
                throw new AssertionError(failed);
            }
        });
    }

    private int check(boolean operators, String path, List<RouteListing.Listed> table)
            throws IOException {
        int checked = 0;
        for (String method : METHODS) {
            RouteListing.Listed route = table.stream().filter(listed -> listed.path().equals(path)
                    && listed.method().equals(method)).findAny().orElse(null);
            if (path.endsWith("/lookup") && !List.of("POST", "PATCH", "OPTIONS")
                    .contains(method)) {
                continue; // a counter of that name, which is another route's
            }
            for (Map.Entry<String, String> caller : credentials.entrySet()) {
                String what = method + " " + path + (operators ? " (operators)" : "") + " by "
                        + caller.getKey();
                int expected = expected(route, caller.getKey());
                String target = path.replace("{id}", path.startsWith("/assets") ? "app.js"
                        : path.startsWith("/problems") ? "ring-full"
                        : SECRET) + "?app_id=mine&event=e&missing=f";
                checked++;
                if (expected == 200 && (path.endsWith("/stream") || path.equals("/v1/feed"))) {
                    assertEquals(200, statusOfStream(operators, target, caller.getValue()), what);
                    continue;
                }
                HttpResponse<String> answer = send(base(operators), method, target,
                        caller.getValue());
                if (method.equals("DELETE") && answer.statusCode() == 200) {
                    // for those who come after: what is removed has been counted
                    assertEquals(202, send(base(false), "POST", "/api/event", allScopes)
                            .statusCode());
                }
                if (expected == 200 && path.contains("dead-letters/{id}")) {
                    assertEquals(404, answer.statusCode(), what + ": " + answer.body());
                } else if (expected == 200) {
                    assertEquals(2, answer.statusCode() / 100, what + ": " + answer.body());
                } else {
                    assertEquals(expected, answer.statusCode(), what + ": " + answer.body());
                    assertTellsNothing(answer, what);
                }
                if (path.equals("/status") && answer.statusCode() == 200
                        && method.equals("GET")) {
                    assertEquals(List.of("read", "all").contains(caller.getKey()),
                            answer.body().contains("\"ingest\""), what + ": " + answer.body());
                }
            }
        }
        return checked;
    }

    /** What the documentation says, said again without looking at the code: 200 for any 2xx. */
    private static int expected(RouteListing.Listed route, String caller) {
        if (route == null) {
            return 405;
        }
        boolean noKey = caller.equals("none");
        boolean badKey = List.of("empty", "malformed", "with another secret", "unknown", "revoked")
                .contains(caller);
        if (badKey || noKey && !route.scope().isEmpty()) {
            return 401;
        }
        if (route.scope().isEmpty()) {
            return 200;
        }
        if (!caller.equals("all") && !Stream.of(caller.split(" ")).toList()
                .contains(route.scope())) {
            return 403;
        }
        // it counts for an app of its own
        boolean generator = route.path().equals("/api/create_event")
                && route.method().equals("GET");
        if (caller.contains(" of ")) {
            boolean otherApp = caller.endsWith(" of other")
                    // increments are those of app "", which only the other key is for
                    ? !route.path().equals("/increment")
                    : route.path().equals("/increment");
            return !route.limitedPass() || otherApp || generator ? 403 : 200;
        }
        return 200;
    }

    /** The status of an answer that does not end by itself. */
    private int statusOfStream(boolean operators, String target, String token)
            throws IOException {
        try (RawConnection connection = new RawConnection(
                operators ? service.adminPort() : service.port())) {
            String head = connection.send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n"
                    + "Authorization: Bearer " + token + "\r\n\r\n").line();
            return Integer.parseInt(head.split(" ")[1]);
        }
    }

    private void assertTellsNothing(HttpResponse<String> answer, String what) {
        assertFalse(answer.body().contains("\"total\"") || answer.body().contains("balanced")
                || answer.body().contains("ingest") || answer.body().contains("_"
                + allScopes.substring(12)) || answer.body().contains("event_collector"),
                what + ": " + answer.body());
        assertTrue(answer.body().isEmpty()
                || answer.headers().firstValue("X-Content-Type-Options").orElse("")
                .equals("nosniff") && answer.headers().firstValue("Cache-Control").orElse("")
                .equals("no-store"), what + ": " + answer.headers());
        if (answer.statusCode() == 401) {
            assertTrue(answer.headers().firstValue("WWW-Authenticate").orElse("none")
                    .startsWith("Bearer realm=\"ringtally\""), what);
        }
        if (answer.statusCode() != 405) {
            assertFalse(answer.body().contains(SECRET), what + ": " + answer.body());
        }
    }

    private String base(boolean operators) {
        return operators ? "http://127.0.0.1:" + service.adminPort() : service.url();
    }

    /** A request with the body its path wants, if it has one, for the app {@code mine}. */
    private HttpResponse<String> send(String base, String method, String path, String token)
            throws IOException {
        List<String> body = new ArrayList<>();
        if (method.equals("PUT")) {
            body.add("{\"total\":7}");
        }
        if (method.equals("POST")) {
            body.add(path.startsWith("/increment") ? "{\"key\":\"k\",\"value\":1}"
                    : path.startsWith("/v1/counters/lookup") ? "{\"app_id\":\"mine\","
                    + "\"event\":\"e\",\"message_ids\":[\"" + SECRET + "\"]}"
                    : path.startsWith("/v1/admin/shards") ? "{\"shards\":2}"
                    : path.startsWith("/api/event/bulk") ? "{\"events\":[" + EVENT + "]}" : EVENT);
        }
        if (method.equals("PATCH")) {
            body.add("{}");
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body.get(0)));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpResponse<String> answer = service.send(request);
        if (answer.statusCode() == 202) {
            counted += method.equals("POST") ? 1 : GENERATED;
        }
        return answer;
    }
}
