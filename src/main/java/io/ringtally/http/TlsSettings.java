package io.ringtally.http;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The files behind HTTPS.
 *
 * @param certificate PEM: the server's certificate, then those that lead to its issuer
 * @param key PEM: its private key, PKCS#8
 * @param reload time between two looks whether they have changed, 100 ms to 1 d
 */
public record TlsSettings(Path certificate, Path key, Duration reload) {

    public TlsSettings {
        if (reload.toMillis() < 100 || reload.toDays() > 1) {
            throw new IllegalArgumentException("http.tls.reload = " + reload.toMillis()
                    + " ms is out of range: 100 ms to 1 d");
        }
    }

    /** By the values of the keys; null, which is off, if neither names a file. */
    public static TlsSettings of(String certificate, String key, Duration reload) {
        if (certificate.isEmpty() != key.isEmpty()) {
            throw new IllegalArgumentException("http.tls.certificate = \"" + certificate
                    + "\" and http.tls.key = \"" + key + "\": name both files, or neither");
        }
        return certificate.isEmpty() ? null
                : new TlsSettings(Path.of(certificate), Path.of(key), reload);
    }
}
