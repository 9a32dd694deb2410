package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys come and go while the service runs, and without Postgres the last ones stay in force. */
class KeysIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Map<String, String> KEYS = Map.of("RINGTALLY_AUTH_MODE", "keys",
            "RINGTALLY_AUTH_REFRESH", "100ms");

    @TempDir
    private Path directory;

    @Test
    void theCommandMakesListsAndRevokesKeysOfTheEmbeddedDatabaseOfARunningService()
            throws Exception {
        Path data = directory.resolve("data");
        Map<String, String> settings = new HashMap<>(KEYS);
        settings.put("RINGTALLY_DB_EMBEDDED_PORT", "0");
        try (RunningService service = RunningService.launch(data, settings)) {
            service.awaitStatus("up");
            Map<String, String> place = Map.of("RINGTALLY_DATA_DIR", data.toString());
            FinishedCommand made = FinishedCommand.of(place, "keys", "create", "the shop",
                    "--scope", "write,read", "--app", "shop", "--app", "");
            assertEquals(0, made.code(), made.output());
            String token = made.output().lines().filter(line -> line.startsWith("rt_"))
                    .findFirst().orElseThrow(() -> new AssertionError(made.output()));
            String id = token.substring(3, 11);
            service.await("the key to be in force", SOON, () ->
                    count(service, token).statusCode() == 202);
            assertEquals(403, post(service, token, "/api/event/bulk", "{\"events\":["
                    + event("shop") + "," + event("bank") + "]}").statusCode());
            assertEquals(202, post(service, token, "/api/event/bulk", "{\"events\":["
                    + event("shop") + "," + event("") + "]}").statusCode());

            String partial = send(service, token, "/v1/events?mode=partial",
                    "application/x-ndjson", event("shop") + "\n" + event("bank") + "\n"
                    + event("shop") + "\n").body();
            assertTrue(partial.contains("\"accepted\":2,") && partial.contains("key " + id
                    + " is not for app_id"), partial);

            FinishedCommand listed = FinishedCommand.of(place, "keys", "list");
            String row = listed.output().lines().filter(line -> line.startsWith(id)).findFirst()
                    .orElseThrow(() -> new AssertionError(listed.output()));
            assertTrue(row.contains("the shop") && row.contains("write,read")
                    && row.endsWith("\"shop\" \"\""), row);
            assertFalse(listed.output().contains(token.substring(12)), "the secret is shown");

            assertEquals(0, FinishedCommand.of(place, "keys", "revoke", id).code());
            service.await("the key to be refused", SOON, () ->
                    count(service, token).statusCode() == 401);
            FinishedCommand again = FinishedCommand.of(place, "keys", "revoke", id);
            assertEquals(1, again.code());
            assertTrue(again.output().contains("no key " + id + " in force"), again.output());
            assertEquals(0, service.terminate(SOON), service.log());
        }
        FinishedCommand late = FinishedCommand.of(Map.of("RINGTALLY_DATA_DIR", data.toString()),
                "keys", "list");
        assertEquals(1, late.code());
        assertTrue(late.output().contains("start the service"), late.output());
    }

    @Test
    void withoutPostgresTheLastKeysStayInForceAndTheAuditCommandShowsItsKey() throws Exception {
        try (TestPostgres own = TestPostgres.own()) {
            String url = own.newDatabase();
            try (RunningService service = RunningService.start(directory.resolve("data"), url,
                    KEYS)) {
                TestKeys keys = new TestKeys(url);
                String writer = keys.make(null, "write");
                String operator = keys.make(null, "admin", "read");
                service.await("the keys to be in force", SOON, () ->
                        count(service, writer).statusCode() == 202
                                && status(service, operator).contains("\"keys\":2"));
                assertTrue(status(service, null).matches("\\{\"status\":\"\\w+\"}"));
                assertAuditAsksForAKey(service, url, operator);
                assertWhatIsOpenEndsWithItsKey(service, keys, operator, writer);
                PostgresFaults.stop(own.server());
                service.await("the keys not to be read", SOON, () ->
                        !status(service, operator).contains("\"keys\":2,\"last_error\":\"\""));
                assertTrue(status(service, operator).contains("\"keys\":2"));
                assertEquals(202, count(service, writer).statusCode());
                assertEquals(401, count(service, writer.substring(0, 54) + "-").statusCode());
                own.server().ensureRunning();
                String late = keys.make(null, "write");
                service.await("the new key to be in force", SOON, () ->
                        count(service, late).statusCode() == 202);
            }
        }
    }

    private static void assertWhatIsOpenEndsWithItsKey(RunningService service, TestKeys keys,
            String operator, String writer) throws Exception {
        String token = keys.make(null, "read", "write");
        service.await("the key to be in force", SOON, () ->
                count(service, token).statusCode() == 202);
        String lines = "Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n";
        try (RawConnection stream = open(service, token, "GET /v1/counters/k/stream", "");
                RawConnection other = open(service, operator, "GET /v1/counters/k/stream", "");
                RawConnection feed = ask(new RawConnection(service.adminPort()), token,
                        "GET /v1/feed", "");
                RawConnection counted = open(service, token, "POST /v1/events?mode=partial",
                        lines);
                RawConnection nothing = open(service, token, "POST /v1/events?mode=partial",
                        lines)) {
            readUpTo(stream, "data: ");
            readUpTo(other, "data: ");
            readUpTo(feed, "data: ");
            counted.send("{\"app_id\":\"\",\"message_id\":\"of-a-stream\","
                    + "\"event\":\"increment\"}\n");
            nothing.send("{\"message_id\":");
            service.await("the line to be counted, and the streams in the gauge", SOON, () ->
                    status(service, operator, "/v1/counters/of-a-stream").contains("\"total\":1")
                            && status(service, operator).contains("\"open_streams\":2"));
            keys.revoke(token);
            stream.readToItsEnd();
            feed.readToItsEnd();
            RawConnection.Answer report = counted.answer();
            assertEquals(202, report.status(), report.body());
            assertTrue(report.body().contains("\"accepted\":1,")
                    && report.body().contains("\"stopped\":{\"index\":1,\"line\":2,")
                    && report.body().contains("revoked meanwhile"), report.body());
            RawConnection.Answer refused = nothing.answer();
            assertEquals(401, refused.status(), refused.body());
            assertTrue(refused.header("www-authenticate").contains("invalid_token"));
            assertTrue(refused.body().contains("revoked meanwhile"), refused.body());
            // the other one's goes on
            assertEquals(202, count(service, writer).statusCode());
            readUpTo(other, "data: ");
            assertTrue(status(service, operator).contains("\"open_streams\":1"));
        }
        try (RawConnection again = open(service, token, "GET /v1/counters/k/stream", "")) {
            assertEquals(401, again.answer().status());
        }
    }

    private static RawConnection open(RunningService service, String token, String request,
            String headers) throws IOException {
        return ask(new RawConnection(service), token, request, headers);
    }

    private static RawConnection ask(RawConnection connection, String token, String request,
            String headers) throws IOException {
        return connection.send(request + " HTTP/1.1\r\nHost: localhost\r\n"
                + "Authorization: Bearer " + token + "\r\n" + headers + "\r\n");
    }

    private static void readUpTo(RawConnection stream, String beginning) throws IOException {
        while (!stream.line().startsWith(beginning)) {
            continue;
        }
    }

    private static void assertAuditAsksForAKey(RunningService service, String url,
            String operator) throws Exception {
        Map<String, String> place = new HashMap<>(Map.of("RINGTALLY_DB_URL", url,
                "RINGTALLY_ADMIN_PORT", String.valueOf(service.adminPort())));
        FinishedCommand refused = FinishedCommand.of(place, "audit");
        assertEquals(6, refused.code(), refused.output());
        assertTrue(refused.output().contains("name a key of scope admin"), refused.output());
        place.put("RINGTALLY_API_KEY", operator);
        FinishedCommand let = FinishedCommand.of(place, "audit");
        assertEquals(0, let.code(), let.output());
        assertFalse(let.output().contains("RINGTALLY_API_KEY"), let.output());
    }

    @Test
    void withoutKeysTheStartIsRefusedWhereOtherMachinesGetIn() throws Exception {
        FinishedCommand refused = FinishedCommand.of(Map.of("RINGTALLY_HTTP_HOST", "0.0.0.0",
                "RINGTALLY_DATA_DIR", directory.toString()), "serve");
        assertEquals(2, refused.code(), refused.output());
        assertTrue(refused.output().contains("set auth.mode = keys"), refused.output());
    }

    private static HttpResponse<String> count(RunningService service, String token) {
        try {
            return post(service, token, "/increment", "{\"key\":\"k\",\"value\":1}");
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static String event(String app) {
        return "{\"app_id\":\"" + app + "\",\"message_id\":\"m\",\"event\":\"e\"}";
    }

    private static HttpResponse<String> post(RunningService service, String token, String path,
            String json) throws IOException {
        return send(service, token, path, "application/json", json);
    }

    private static HttpResponse<String> send(RunningService service, String token, String path,
            String type, String json) throws IOException {
        return service.send(HttpRequest.newBuilder(URI.create(service.url() + path))
                .header("Content-Type", type)
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    private static String status(RunningService service, String token) {
        return status(service, token, "/status");
    }

    private static String status(RunningService service, String token, String path) {
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(service.url() + path));
            if (token != null) {
                request.header("Authorization", "Bearer " + token);
            }
            return service.send(request).body();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }
}
