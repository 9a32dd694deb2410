package io.ringtally.http;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTPS: the certificate in force, and the watch on its files. A change holds for the connections
 * made after it; those there are go on. Files that cannot be used change nothing.
 *
 * <p>Threading: a daemon thread of its own looks at the files; any thread may ask.
 */
public final class Tls implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Tls.class);

    private final TlsSettings settings;
    private final List<Consumer<SSLContext>> listeners = new CopyOnWriteArrayList<>();
    private final Thread watch;
    private volatile PemFiles.Identity inForce;
    private volatile String lastError = "";
    private PemFiles lastSeen;
    /** What is wrong with those seen last; empty if they are in force. */
    private String verdict = "";

    private Tls(TlsSettings settings) throws IOException {
        this.settings = settings;
        this.lastSeen = PemFiles.read(settings);
        this.inForce = lastSeen.identity();
        this.watch = new Thread(this::watch, "tls");
        watch.setDaemon(true);
    }

    /**
     * Reads the files and begins to watch them.
     *
     * @throws IOException with a sentence that says what is wrong with them
     */
    public static Tls start(TlsSettings settings) throws IOException {
        Tls tls = new Tls(settings);
        tls.watch.start();
        LOG.info("HTTPS with the certificate of {}, good until {}",
                tls.inForce.certificate().getSubjectX500Principal(), tls.expiresAt());
        return tls;
    }

    SSLContext context() {
        return inForce.context();
    }

    /** Tells about each change from now on. */
    void onChange(Consumer<SSLContext> listener) {
        listeners.add(listener);
        listener.accept(inForce.context()); // one that came a moment before is not missed
    }

    /** Until when the certificate in force is good. */
    public Instant expiresAt() {
        return inForce.certificate().getNotAfter().toInstant();
    }

    /** What is wrong with the files as they are now; empty if they are those in force. */
    public String lastError() {
        return lastError;
    }

    private void watch() {
        while (true) {
            try {
                Thread.sleep(settings.reload().toMillis());
            } catch (InterruptedException closed) {
                return;
            }
            try {
                look();
            } catch (RuntimeException defect) {
                LOG.error("the TLS files could not be looked at", defect);
            }
        }
    }

    private void look() {
        try {
            PemFiles now = PemFiles.read(settings);
            if (!now.same(lastSeen)) {
                lastSeen = now;
                verdict = use(now);
            }
            report(verdict);
        } catch (IOException unreadable) {
            report(unreadable.getMessage());
        }
    }

    /** Puts files in force; what is wrong with them, or nothing. */
    private String use(PemFiles files) {
        try {
            PemFiles.Identity next = files.identity();
            inForce = next;
            listeners.forEach(listener -> listener.accept(next.context()));
            LOG.info("HTTPS goes on with another certificate, that of {}, good until {}",
                    next.certificate().getSubjectX500Principal(), expiresAt());
            return "";
        } catch (IOException unusable) {
            return unusable.getMessage();
        }
    }

    private void report(String error) {
        if (!error.isEmpty() && !error.equals(lastError)) {
            LOG.warn("HTTPS goes on with the certificate it has: {}", error);
        }
        lastError = error;
    }

    @Override
    public void close() {
        watch.interrupt();
    }
}
