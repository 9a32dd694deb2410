package io.ringtally.doctor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * What a service on a port of this machine says of itself.
 *
 * <p>Threading: immutable.
 *
 * @param status the word
 * @param reason why it is not up; empty if it does not say
 */
record RunningInstance(String status, String reason) {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /**
     * Asks.
     *
     * @param url of the listener, without a path
     * @param tls what makes connections to it, or null where it speaks plain HTTP
     * @return empty if no Ringtally answers there
     */
    static Optional<RunningInstance> at(String url, SSLContext tls) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE);
        try {
            HttpResponse<String> answer = (tls == null ? builder : builder.sslContext(tls)).build()
                    .send(HttpRequest.newBuilder(URI.create(url + "/status")).timeout(PATIENCE)
                            .build(), HttpResponse.BodyHandlers.ofString());
            return read(answer.body());
        } catch (IOException nobody) {
            return Optional.empty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    static Optional<RunningInstance> read(String body) {
        Map<String, String> texts = new LinkedHashMap<>();
        try (JsonParser json = new JsonFactory().createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                if (json.nextToken() == JsonToken.VALUE_STRING) {
                    texts.put(name, json.getText());
                } else {
                    json.skipChildren();
                }
            }
        } catch (IOException noJson) {
            return Optional.empty();
        }
        return Optional.ofNullable(texts.get("status"))
                .map(word -> new RunningInstance(word, texts.getOrDefault("reason", "")));
    }

    Check judged(long pid) {
        String value = "running as process " + pid + ", " + status
                + (reason.isEmpty() ? "" : ": " + reason);
        return switch (status) {
            case "up" -> Check.ok("service", value);
            case "failed", "fenced" -> Check.fail("service", value,
                    "see its log and docs/operations.md");
            default -> Check.warn("service", value, "see its /status and docs/operations.md");
        };
    }
}
