package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.http.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service over HTTPS: events count, and a new certificate comes in without anybody's leave. */
class TlsIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int SLOW_CLIENTS = 50;
    /** Beyond the timeouts; the service looks at its timers less often than at its clients. */
    private static final long CUT_OFF_WITHIN_MILLIS = 7_500;
    /** The head of a TLS record and of the hello in it, which never comes whole. */
    private static final byte[] HALF_HELLO = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 252, 3, 3, 7, 7, 7};

    @TempDir
    private Path directory;
    private Path certificate;
    private Path key;

    @Test
    void eventsCountOverHttpsAndANewCertificateHoldsForNewConnectionsOnly() throws Exception {
        TestCertificate rsa = TestCertificate.make(directory, "RSA");
        TestCertificate ec = TestCertificate.make(directory, "EC");
        certificate = directory.resolve("certificate.pem");
        key = directory.resolve("key.pem");
        put(rsa);
        String url = TestPostgres.shared().newDatabase();
        Map<String, String> settings = Map.of("RINGTALLY_DB_URL", url,
                "RINGTALLY_HTTP_TLS_CERTIFICATE", certificate.toString(),
                "RINGTALLY_HTTP_TLS_KEY", key.toString(),
                "RINGTALLY_HTTP_TLS_RELOAD", "100ms",
                "RINGTALLY_AUTH_MODE", "keys", "RINGTALLY_AUTH_REFRESH", "100ms",
                "RINGTALLY_ADMIN_HOST", "0.0.0.0");
        try (RunningService service = RunningService.launch(directory.resolve("data"), settings)) {
            service.await("status up over HTTPS", SOON, () ->
                    statusOf(service).contains("\"status\":\"up\""));
            TestKeys keys = new TestKeys(url);
            String token = keys.make(null, "write", "read", "admin");
            service.await("the key to be in force", SOON, () ->
                    statusOf(service, token).contains("\"tls\""));
            try (TlsConnection old = new TlsConnection(service.port(), "TLSv1.3")) {
                assertEquals(rsa.certificate(), old.certificate());
                assertTrue(old.post(token).startsWith("HTTP/1.1 202 "));
                put(ec);
                service.await("the new certificate", SOON, () ->
                        ec.certificate().equals(certificateAt(service.port())));
                service.await("the new certificate for operators", SOON, () ->
                        ec.certificate().equals(certificateAt(service.adminPort())));
                assertTrue(old.post(token).startsWith("HTTP/1.1 202 "), "the old connection");
                try (TlsConnection next = new TlsConnection(service.port(), "TLSv1.2")) {
                    assertTrue(next.post(token).startsWith("HTTP/1.1 202 "));
                }
                auditOverHttps(settings, service, token);
                Files.writeString(key, ec.keyPem().replace("PRIVATE KEY", "EC PRIVATE KEY"));
                service.await("the status to tell", SOON, () ->
                        statusOf(service, token).contains("has BEGIN EC PRIVATE KEY"));
                assertTrue(statusOf(service, token).contains("\"status\":\"degraded\""));
                assertEquals(ec.certificate(), certificateAt(service.port()));
                assertTrue(old.post(token).startsWith("HTTP/1.1 202 "));
                put(ec);
                service.await("the status to be up again", SOON, () ->
                        statusOf(service, token).contains("\"status\":\"up\""));
            }
            // plain HTTP gets nothing through
            assertThrows(IOException.class, () -> service.post("/increment",
                    "{\"key\":\"k\",\"value\":1}"));
            assertEquals(0, service.terminate(SOON), service.log());
        }
        assertEquals(4, TestPostgres.sum(url));
    }

    /** A handshake, a head or a body that never ends is cut off in time, and delays nobody. */
    @Test
    void slowClientsAreCutOffAsTheyAreWithoutTls() throws Exception {
        TestCertificate made = TestCertificate.make(directory, "EC");
        certificate = directory.resolve("certificate.pem");
        key = directory.resolve("key.pem");
        put(made);
        String url = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.launch(directory.resolve("slow"), Map.of(
                "RINGTALLY_DB_URL", url,
                "RINGTALLY_HTTP_TLS_CERTIFICATE", certificate.toString(),
                "RINGTALLY_HTTP_TLS_KEY", key.toString(),
                "RINGTALLY_HTTP_REQUEST_TIMEOUT", "700ms",
                "RINGTALLY_HTTP_IDLE_TIMEOUT", "2500ms"))) {
            service.await("status up over HTTPS", SOON, () ->
                    statusOf(service).contains("\"status\":\"up\""));
            for (byte[] handshake : List.of(new byte[0], HALF_HELLO)) {
                List<RawConnection> slow = new ArrayList<>();
                for (int i = 0; i < SLOW_CLIENTS; i++) {
                    slow.add(new RawConnection(service).send(handshake));
                }
                assertCounts(service);
                long begun = System.nanoTime();
                for (RawConnection connection : slow) {
                    connection.readToItsEnd();
                    connection.close();
                }
                assertSoon(begun, handshake.length + " bytes of a handshake");
            }
            for (String request : List.of("",
                    "POST /increment HTTP/1.1\r\nHost: x\r\nX-Slow: ",
                    "POST /increment HTTP/1.1\r\nHost: x\r\nContent-Length: 21\r\n\r\n{\"key")) {
                List<TlsConnection> slow = new ArrayList<>();
                for (int i = 0; i < SLOW_CLIENTS; i++) {
                    TlsConnection connection = new TlsConnection(service.port(), "TLSv1.3");
                    connection.begin(request);
                    slow.add(connection);
                }
                assertCounts(service);
                long begun = System.nanoTime();
                for (TlsConnection connection : slow) {
                    assertTrue(connection.ends(), "answered: " + request);
                    connection.close();
                }
                assertSoon(begun, request);
            }
            assertEquals(0, service.terminate(SOON), service.log());
            assertFalse(service.log().contains("ERROR"), service.log());
        }
        assertEquals(5, TestPostgres.sum(url));
    }

    private static void assertCounts(RunningService service) throws IOException {
        try (TlsConnection healthy = new TlsConnection(service.port(), "TLSv1.3")) {
            assertTrue(healthy.post("none").startsWith("HTTP/1.1 202 "));
        }
    }

    private static void assertSoon(long begunNanos, String of) {
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
        assertTrue(took < CUT_OFF_WITHIN_MILLIS, "cut off after " + took + " ms: " + of);
    }

    private void put(TestCertificate made) throws IOException {
        Files.writeString(certificate, made.certificatePem());
        Files.writeString(key, made.keyPem());
    }

    private static void auditOverHttps(Map<String, String> settings, RunningService service,
            String token) throws Exception {
        Map<String, String> all = new HashMap<>(settings);
        all.put("RINGTALLY_ADMIN_PORT", String.valueOf(service.adminPort()));
        all.put("RINGTALLY_API_KEY", token);
        FinishedCommand audit = FinishedCommand.of(all, "audit");
        assertEquals(0, audit.code(), audit.output());
        assertTrue(audit.output().contains("https://127.0.0.1:" + service.adminPort()),
                audit.output());
    }

    private static String statusOf(RunningService service, String... token) {
        try (TlsConnection connection = new TlsConnection(service.port(), "TLSv1.3")) {
            return connection.get("/status", token.length == 0 ? "" : "Authorization: Bearer "
                    + token[0] + "\r\n");
        } catch (IOException notYet) {
            return String.valueOf(notYet);
        }
    }

    private static Certificate certificateAt(int port) {
        try (TlsConnection connection = new TlsConnection(port, "TLSv1.3")) {
            return connection.certificate();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }
}
