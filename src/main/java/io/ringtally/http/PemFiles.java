package io.ringtally.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The two files of HTTPS at one moment, and what they say.
 *
 * <p>Threading: immutable.
 */
final class PemFiles {

    private static final int BYTES_MAX = 1 << 20;
    private static final Pattern BLOCK = Pattern.compile(
            "-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

    private final TlsSettings settings;
    private final byte[] certificate;
    private final byte[] key;

    private PemFiles(TlsSettings settings, byte[] certificate, byte[] key) {
        this.settings = settings;
        this.certificate = certificate;
        this.key = key;
    }

    /** What is in force: how to greet clients with it, and until when it is good. */
    record Identity(SSLContext context, X509Certificate certificate) {
    }

    /** Reads the bytes only. */
    static PemFiles read(TlsSettings settings) throws IOException {
        return new PemFiles(settings, bytes("http.tls.certificate", settings.certificate()),
                bytes("http.tls.key", settings.key()));
    }

    private static byte[] bytes(String setting, Path file) throws IOException {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw new IOException("it has " + Files.size(file) + " bytes, no PEM file has"
                        + " more than " + BYTES_MAX);
            }
            return Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw new IOException(setting + " = " + file + " cannot be read: " + unreadable,
                    unreadable);
        }
    }

    /** Whether both files have the same bytes as then. */
    boolean same(PemFiles then) {
        return then != null && Arrays.equals(certificate, then.certificate)
                && Arrays.equals(key, then.key);
    }

    /**
     * What they say.
     *
     * @throws IOException with a sentence that says what is wrong and how to mend it
     */
    Identity identity() throws IOException {
        List<X509Certificate> chain = chain();
        X509Certificate own = chain.get(0);
        PrivateKey read = privateKey(own.getPublicKey().getAlgorithm());
        try {
            requireMatch(own, read);
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("http", read, new char[0], chain.toArray(new Certificate[0]));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(
                    KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return new Identity(context, own);
        } catch (GeneralSecurityException refused) {
            throw new IOException("Java does not take " + settings.certificate() + " with "
                    + settings.key() + ": " + refused.getMessage(), refused);
        }
    }

    private List<X509Certificate> chain() throws IOException {
        List<X509Certificate> chain = certificates(certificate);
        if (chain.isEmpty()) {
            throw new IOException("http.tls.certificate = " + settings.certificate() + " has no"
                    + " block BEGIN CERTIFICATE: it must be PEM; from DER it is made by 'openssl"
                    + " x509 -inform DER -in FILE -out certificate.pem', from PKCS#12 by 'openssl"
                    + " pkcs12 -in FILE -nokeys -out certificate.pem'");
        }
        for (int i = 1; i < chain.size(); i++) {
            if (!chain.get(i - 1).getIssuerX500Principal().equals(
                    chain.get(i).getSubjectX500Principal())) {
                throw new IOException("certificate " + (i + 1) + " in http.tls.certificate = "
                        + settings.certificate() + " has not issued the one before it: put the"
                        + " server's own first, then the one that issued it, and so on");
            }
        }
        return chain;
    }

    /** The certificates in a text of PEM blocks, in their order. */
    private static List<X509Certificate> certificates(byte[] pem) throws IOException {
        List<X509Certificate> found = new ArrayList<>();
        Matcher block = blocks(pem);
        while (block.find()) {
            if (block.group(1).equals("CERTIFICATE")) {
                try {
                    found.add((X509Certificate) CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(
                                    decoded(block.group(2)))));
                } catch (GeneralSecurityException broken) {
                    throw new IOException("certificate " + (found.size() + 1) + " in"
                            + " http.tls.certificate is broken: " + broken.getMessage(), broken);
                }
            }
        }
        return found;
    }

    private static Matcher blocks(byte[] pem) {
        return BLOCK.matcher(new String(pem, StandardCharsets.US_ASCII));
    }

    private static byte[] decoded(String base64) throws IOException {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException broken) {
            throw new IOException("a PEM block is not base64: " + broken.getMessage(), broken);
        }
    }

    private PrivateKey privateKey(String algorithm) throws IOException {
        if (!algorithm.equals("RSA") && !algorithm.equals("EC")) {
            throw new IOException("the key of http.tls.certificate = " + settings.certificate()
                    + " is " + algorithm + ", which is not taken: use RSA or EC");
        }
        String found = "no private key";
        Matcher block = blocks(key);
        while (block.find()) {
            String type = block.group(1);
            if (type.equals("PRIVATE KEY")) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(
                            new PKCS8EncodedKeySpec(decoded(block.group(2))));
                } catch (GeneralSecurityException other) {
                    throw new IOException("http.tls.key = " + settings.key() + " is no " + algorithm
                            + " key, which is what http.tls.certificate is for: "
                            + other.getMessage(), other);
                }
            } else if (type.endsWith("PRIVATE KEY")) {
                found = "BEGIN " + type;
            }
        }
        throw new IOException("http.tls.key = " + settings.key() + " has " + found + ", it must"
                + " have BEGIN PRIVATE KEY (PKCS#8, not encrypted): 'openssl pkcs8 -topk8 -nocrypt"
                + " -in FILE -out key.pem' makes that of any other PEM key, and asks for the"
                + " password of an encrypted one; -inform DER reads DER");
    }

    private void requireMatch(X509Certificate own, PrivateKey read)
            throws GeneralSecurityException, IOException {
        String algorithm = "SHA256with" + (read.getAlgorithm().equals("EC") ? "ECDSA" : "RSA");
        byte[] text = {'r', 't'};
        Signature signing = Signature.getInstance(algorithm);
        signing.initSign(read);
        signing.update(text);
        Signature verifying = Signature.getInstance(algorithm);
        verifying.initVerify(own.getPublicKey());
        verifying.update(text);
        if (!verifying.verify(signing.sign())) {
            throw new IOException("http.tls.key = " + settings.key() + " is not the key of the"
                    + " first certificate in " + settings.certificate() + ": the server's own must"
                    + " come first, and both files must belong together");
        }
    }
}
