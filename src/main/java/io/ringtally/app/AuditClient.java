package io.ringtally.app;

import io.ringtally.audit.AuditReport;
import io.ringtally.http.AdminSettings;
import io.ringtally.persist.LedgerUnavailableException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Asks the admin port of a running service for an audit.
 *
 * <p>Threading: one thread's.
 */
final class AuditClient {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);
    /** How much longer than its audit a service may take to answer. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);
    private static final int BUSY = 429;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    private final String url;
    private final String key;
    private final Duration timeout;
    private final HttpClient client;

    /**
     * A client of that listener.
     *
     * @param tls what makes connections to it, or null where it speaks plain HTTP
     * @param key the API key to show, or null
     */
    AuditClient(AdminSettings admin, SSLContext tls, String key, Duration timeout) {
        this.key = key;
        this.url = (tls == null ? "http://" : "https://") + reachable(admin.host()) + ":"
                + admin.port();
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_LIMIT);
        this.client = (tls == null ? builder : builder.sslContext(tls)).build();
        this.timeout = timeout.plus(ANSWER_LIMIT);
    }

    /** A listener on every address is asked on this machine's own. */
    private static String reachable(String host) {
        return switch (host) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::" -> "[::1]";
            default -> host.contains(":") ? "[" + host + "]" : host;
        };
    }

    String url() {
        return url;
    }

    /**
     * Asks, and waits for another audit to end first.
     *
     * @return empty if nothing listens there
     * @throws LedgerUnavailableException if the service could not find out, or it is none of ours
     */
    Optional<AuditReport> ask() throws LedgerUnavailableException {
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            HttpResponse<String> answer = get();
            while (answer.statusCode() == BUSY && deadline - System.nanoTime() > 0) {
                Thread.sleep(answer.headers().firstValueAsLong("Retry-After").orElse(1) * 1_000);
                answer = get();
            }
            return Optional.of(read(answer));
        } catch (ConnectException | HttpConnectTimeoutException nobody) {
            return Optional.empty();
        } catch (IOException failed) {
            throw new LedgerUnavailableException("the service at " + url + " did not answer: "
                    + failed.getMessage() + "; ask Postgres with --database", failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LedgerUnavailableException("interrupted", interrupted);
        }
    }

    private HttpResponse<String> get() throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + "/v1/audit"))
                .timeout(timeout);
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private AuditReport read(HttpResponse<String> answer) throws LedgerUnavailableException {
        if (answer.statusCode() == 200) {
            try {
                return AuditJson.read(answer.body());
            } catch (IOException | RuntimeException strange) {
                throw new LedgerUnavailableException(url + " is no Ringtally of this version: "
                        + strange.getMessage() + "; is admin.port right?", strange);
            }
        }
        if (answer.statusCode() == UNAUTHORIZED || answer.statusCode() == FORBIDDEN) {
            throw new LedgerUnavailableException("the service at " + url + " refuses: "
                    + AuditJson.detail(answer.body()) + "; name a key of scope admin with"
                    + " RINGTALLY_API_KEY or --key, or ask Postgres with --database", null);
        }
        throw new LedgerUnavailableException("the service at " + url + " could not find out: "
                + answer.statusCode() + " " + AuditJson.detail(answer.body()), null);
    }
}
