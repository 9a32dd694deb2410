package io.ringtally.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A self-signed certificate with its key, made by the JDK's own keytool.
 *
 * @param certificate the certificate
 * @param certificatePem the same, PEM
 * @param keyPem its private key, PKCS#8 in PEM
 *
 * <p>Threading: immutable.
 */
public record TestCertificate(X509Certificate certificate, String certificatePem, String keyPem) {

    private static final String PASSWORD = "password";

    /** A new one, for localhost; {@code algorithm} is one of RSA, EC, Ed25519. */
    public static TestCertificate make(Path directory, String algorithm) throws Exception {
        Path store = Files.createTempDirectory(directory, "store").resolve("store.p12");
        keyPair(store, "own", algorithm, "san=dns:localhost,ip:127.0.0.1");
        return read(store);
    }

    /** A new one, RSA, that another has issued, which stands behind it. */
    static TestCertificate issued(Path directory) throws Exception {
        Path work = Files.createTempDirectory(directory, "store");
        Path store = work.resolve("store.p12");
        keyPair(store, "issuer", "RSA", "bc=ca:true");
        keyPair(store, "own", "EC", "san=dns:localhost");
        Path request = work.resolve("request");
        Path answer = work.resolve("answer");
        keytool(store, "-certreq", "-alias", "own", "-file", request.toString());
        keytool(store, "-gencert", "-alias", "issuer", "-infile", request.toString(), "-outfile",
                answer.toString(), "-rfc");
        keytool(store, "-importcert", "-noprompt", "-alias", "own", "-file", answer.toString());
        return read(store);
    }

    private static void keyPair(Path store, String alias, String algorithm, String extension)
            throws Exception {
        keytool(store, "-genkeypair", "-alias", alias, "-keyalg", algorithm, "-dname",
                "CN=" + alias + " " + algorithm, "-ext", extension, "-validity", "2");
    }

    private static void keytool(Path store, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-keystore", store.toString(),
                "-storepass", PASSWORD));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(),
                StandardCharsets.UTF_8);
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IOException("keytool: " + output);
        }
    }

    private static TestCertificate read(Path store) throws IOException, GeneralSecurityException {
        try (InputStream bytes = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(bytes, PASSWORD.toCharArray());
            StringBuilder chain = new StringBuilder();
            for (Certificate certificate : keys.getCertificateChain("own")) {
                chain.append(pem("CERTIFICATE", certificate.getEncoded()));
            }
            return new TestCertificate((X509Certificate) keys.getCertificate("own"),
                    chain.toString(),
                    pem("PRIVATE KEY", keys.getKey("own", PASSWORD.toCharArray()).getEncoded()));
        }
    }

    private static String pem(String type, byte[] der) {
        return String.join("\n", List.of("-----BEGIN " + type + "-----",
                Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der),
                "-----END " + type + "-----", ""));
    }
}
