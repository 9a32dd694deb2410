package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.OwnThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The listener for operators: what it answers, and how it may be configured. */
class AdminPortIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path directory;
    private String url;

    @BeforeEach
    void makeDatabase() throws Exception {
        url = TestPostgres.shared().newDatabase();
    }

    @Test
    void itAnswersTheStatusAndRefusesWhatIsNotThereLikeTheOtherOne() throws Exception {
        try (RunningService service = start(Map.of())) {
            assertTrue(service.getAdmin("/status").body().startsWith("{\"status\":\"up\","));
            for (String path : new String[] {"/x", "/v1/audit/x", "/increment", "/assets/x.js"}) {
                var answer = service.getAdmin(path);
                assertEquals(404, answer.statusCode(), path);
                assertEquals("application/problem+json",
                        answer.headers().firstValue("Content-Type").orElse(""));
                assertTrue(answer.body().contains("there is nothing at " + path), answer.body());
            }
            assertEquals(404, service.get("/v1/audit").statusCode());
            for (String path : new String[] {"/status", "/v1/audit"}) {
                var refused = send(service, path, "POST", "x".repeat(100_000));
                assertEquals(405, refused.statusCode(), path);
                assertEquals("GET, HEAD", refused.headers().firstValue("Allow").orElse(""));
                assertTrue(refused.body().contains("/problems/method-not-allowed"), refused.body());
                var head = send(service, path, "HEAD", "");
                assertEquals(200, head.statusCode(), path);
                assertEquals("", head.body());
            }
        }
    }

    private static HttpResponse<String> send(RunningService service, String path, String method,
            String body) throws IOException {
        return service.send(HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + service.adminPort() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void aPortInUseIsRefusedWithItsKey() throws Exception {
        try (RunningService first = start(Map.of());
                RunningService second = RunningService.launch(directory.resolve("second"), Map.of(
                        "RINGTALLY_DB_URL", url,
                        "RINGTALLY_ADMIN_PORT", String.valueOf(first.adminPort())))) {
            assertEquals(1, second.awaitExit(SOON));
            assertTrue(second.log().contains("cannot listen on 127.0.0.1:" + first.adminPort()
                    + ": "), second.log());
            assertTrue(second.log().contains("; choose another admin.port"
                    + " (RINGTALLY_ADMIN_PORT)"), second.log());
            assertFalse(second.log().contains("everything accepted is in Postgres"), second.log());
            assertEquals(200, first.getAdmin("/status").statusCode());
        }
    }

    @Test
    void zeroTakesAnyFreePortAndTheLogSaysWhich() throws Exception {
        try (RunningService service = start(Map.of("RINGTALLY_ADMIN_PORT", "0"))) {
            Matcher port = Pattern.compile("operators are answered on port (\\d+)")
                    .matcher(service.log());
            assertTrue(port.find(), service.log());
            assertEquals(200, service.send(HttpRequest.newBuilder(URI.create(
                    "http://127.0.0.1:" + port.group(1) + "/v1/audit")).GET()).statusCode());
        }
    }

    @Test
    void offOpensNoneAndAnythingElseIsRefused() throws Exception {
        try (RunningService service = start(Map.of("RINGTALLY_ADMIN_PORT", "off"))) {
            assertThrows(ConnectException.class, () -> service.getAdmin("/status"));
            assertEquals(0, service.terminate(SOON), service.log());
        }
        try (RunningService service = RunningService.launch(directory.resolve("data"),
                Map.of("RINGTALLY_ADMIN_PORT", "65536"))) {
            assertEquals(2, service.awaitExit(SOON));
            assertTrue(service.log().contains(
                    "admin.port = 65536 is out of range: 0 to 65535, or off"), service.log());
        }
    }

    @Test
    void itAnswersUntilTheDrainIsOver() throws Exception {
        try (TestPostgres own = TestPostgres.own()) {
            try (RunningService service = RunningService.start(directory.resolve("data"),
                    own.newDatabase(), Map.of("RINGTALLY_SHUTDOWN_DRAIN_TIMEOUT", "10s"))) {
                PostgresFaults.stop(own.server());
                assertEquals(202,
                        service.post("/increment", "{\"key\":\"k\",\"value\":1}").statusCode());
                CompletableFuture<Integer> code = CompletableFuture.supplyAsync(() -> {
                    try {
                        return service.terminate(SOON);
                    } catch (IOException failed) {
                        throw new UncheckedIOException(failed);
                    }
                }, new OwnThread());
                service.await("the other listener to close", SOON, () ->
                        service.status().contains("ConnectException"));
                var answer = service.getAdmin("/status");
                assertEquals(503, answer.statusCode());
                assertTrue(answer.body().contains("\"status\":\"draining\""), answer.body());
                assertEquals(3, code.get(30, TimeUnit.SECONDS), service.log());
            }
        }
    }

    private RunningService start(Map<String, String> more) throws IOException {
        return RunningService.start(directory.resolve("data"), url, more);
    }
}
