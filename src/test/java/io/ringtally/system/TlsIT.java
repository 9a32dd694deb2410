package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.http.TestCertificate;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service over HTTPS: events count, and a new certificate comes in without anybody's leave. */
class TlsIT {

    private static final Duration SOON = Duration.ofSeconds(60);

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
            try (Connection old = new Connection(service.port(), "TLSv1.3")) {
                assertEquals(rsa.certificate(), old.certificate());
                assertTrue(old.post(token).startsWith("HTTP/1.1 202 "));
                put(ec);
                service.await("the new certificate", SOON, () ->
                        ec.certificate().equals(certificateAt(service.port())));
                service.await("the new certificate for operators", SOON, () ->
                        ec.certificate().equals(certificateAt(service.adminPort())));
                assertTrue(old.post(token).startsWith("HTTP/1.1 202 "), "the old connection");
                try (Connection next = new Connection(service.port(), "TLSv1.2")) {
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
        try (Connection connection = new Connection(service.port(), "TLSv1.3")) {
            return connection.get("/status", token.length == 0 ? "" : "Authorization: Bearer "
                    + token[0] + "\r\n");
        } catch (IOException notYet) {
            return String.valueOf(notYet);
        }
    }

    private static Certificate certificateAt(int port) {
        try (Connection connection = new Connection(port, "TLSv1.3")) {
            return connection.certificate();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    /** A connection that trusts everybody and says what it was shown. */
    private static final class Connection implements AutoCloseable {

        private final SSLSocket socket;
        private final InputStream in;

        Connection(int port, String version) throws IOException {
            try {
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, new TrustManager[] {new Everybody()}, null);
                socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
                socket.setEnabledProtocols(new String[] {version});
                socket.setSoTimeout(20_000);
                socket.startHandshake();
                assertEquals(version, socket.getSession().getProtocol());
                in = new BufferedInputStream(socket.getInputStream());
            } catch (GeneralSecurityException impossible) {
                throw new IOException(impossible);
            }
        }

        Certificate certificate() throws IOException {
            return socket.getSession().getPeerCertificates()[0];
        }

        String post(String token) throws IOException {
            return send("POST /increment HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                    + token + "\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n"
                    + "{\"key\":\"k\",\"value\":1}");
        }

        String get(String path, String header) throws IOException {
            return send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n");
        }

        private String send(String request) throws IOException {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int octet = in.read();
                if (octet < 0) {
                    throw new IOException("the connection ended after: " + head);
                }
                head.append((char) octet);
            }
            int at = head.indexOf("Content-Length: ") + 16;
            int length = Integer.parseInt(head.substring(at, head.indexOf("\r", at)));
            return head + new String(in.readNBytes(length), StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** Trusts whoever answers: what was shown is compared by the test itself. */
    private static final class Everybody extends X509ExtendedTrustManager {

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
