package io.ringtally.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is taken as certificate and key, and what the refusal of anything else says. */
class PemFilesTest {

    @TempDir
    private static Path directory;
    private static TestCertificate rsa;
    private static TestCertificate ec;

    @BeforeAll
    static void make() throws Exception {
        rsa = TestCertificate.make(directory, "RSA");
        ec = TestCertificate.make(directory, "EC");
    }

    private static PemFiles files(String certificate, String key) throws IOException {
        return PemFiles.read(new TlsSettings(
                Files.writeString(directory.resolve("certificate.pem"), certificate),
                Files.writeString(directory.resolve("key.pem"), key), Duration.ofSeconds(1)));
    }

    private static String refusal(String certificate, String key) throws IOException {
        PemFiles files = files(certificate, key);
        return assertThrows(IOException.class, files::identity).getMessage();
    }

    @Test
    void rsaAndEcAreTakenWithChainsAndTextAround() throws Exception {
        assertEquals(rsa.certificate(), files(rsa.certificatePem(), rsa.keyPem()).identity()
                .certificate());
        assertEquals(ec.certificate(), files("subject: CN=EC\n"
                + ec.certificatePem().replace("\n", "\r\n"),
                "Bag Attributes\n" + ec.keyPem()).identity().certificate());
        TestCertificate issued = TestCertificate.issued(directory);
        assertEquals(2, issued.certificatePem().split("BEGIN CERTIFICATE").length - 1);
        assertEquals(issued.certificate(), files(issued.certificatePem(), issued.keyPem())
                .identity().certificate());
        int second = issued.certificatePem().lastIndexOf("-----BEGIN");
        assertTrue(refusal(issued.certificatePem().substring(second)
                + issued.certificatePem().substring(0, second), issued.keyPem())
                .contains("certificate 2 in"));
    }

    @Test
    void aKeyInAnotherFormIsRefusedWithTheCommandThatConvertsIt() throws Exception {
        for (String form : new String[] {"RSA PRIVATE KEY", "EC PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY"}) {
            String message = refusal(rsa.certificatePem(),
                    rsa.keyPem().replace("PRIVATE KEY", form));
            assertTrue(message.contains("has BEGIN " + form)
                    && message.contains("openssl pkcs8 -topk8 -nocrypt"), message);
        }
        assertTrue(refusal(rsa.certificatePem(), "").contains("has no private key"));
        assertTrue(refusal("\u0000\u0001", rsa.keyPem()).contains("openssl x509 -inform DER"));
    }

    @Test
    void whatDoesNotBelongTogetherIsRefused() throws Exception {
        assertTrue(refusal(rsa.certificatePem(), ec.keyPem()).contains("is no RSA key"));
        TestCertificate other = TestCertificate.make(directory, "RSA");
        assertTrue(refusal(rsa.certificatePem(), other.keyPem())
                .contains("is not the key of the first certificate"));
        assertTrue(refusal(ec.certificatePem() + rsa.certificatePem(), ec.keyPem())
                .contains("has not issued the one before it"));
    }

    @Test
    void whatIsBrokenIsRefusedAndNeverShown() throws Exception {
        String half = rsa.keyPem().substring(0, 400) + "\n-----END PRIVATE KEY-----\n";
        String message = refusal(rsa.certificatePem(), half);
        assertTrue(message.contains("http.tls.key = "), message);
        assertFalse(message.contains(half.substring(100, 160)), message);
        String broken = rsa.certificatePem().substring(0, 300) + "\n-----END CERTIFICATE-----\n";
        assertTrue(refusal(broken, rsa.keyPem()).contains("certificate 1 in"));
        TestCertificate odd = TestCertificate.make(directory, "Ed25519");
        assertTrue(refusal(odd.certificatePem(), odd.keyPem()).contains("use RSA or EC"));
        Files.delete(directory.resolve("key.pem"));
        assertTrue(assertThrows(IOException.class, () -> PemFiles.read(new TlsSettings(
                directory.resolve("certificate.pem"), directory.resolve("key.pem"),
                Duration.ofSeconds(1)))).getMessage().contains("http.tls.key = "));
    }
}
