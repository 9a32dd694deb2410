package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.ringtally.http.OpenApi;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A good request of every operation: most others are made of these. It takes for granted that app
 * {@code order} has a lifecycle, that message {@code k} is counted there and key {@code k} in app
 * "", and that dead letter 1 is not there.
 *
 * <p>Threading: any thread.
 */
final class ContractCalls {

    /** For all endpoints that count: each passes over what it does not know. */
    static final String EVENT = "{\"key\":\"k\",\"app_id\":\"order\",\"message_id\":\"k\","
            + "\"event\":\"ORDERED\",\"value\":1,\"id\":\"#\"}";

    private static final String JSON = "application/json";

    /** By method and path; {@code #} in a body becomes another number each time. */
    private static final Map<String, Call> GOOD = Map.ofEntries(
            sends("POST", "/increment", EVENT), sends("POST", "/api/event", EVENT),
            sends("POST", "/api/create_event", EVENT),
            sends("POST", "/api/event/bulk", "{\"events\":[" + EVENT + "]}"),
            sends("POST", "/v1/events", "[" + EVENT + "]"),
            bare("GET", "/api/create_event", ""),
            bare("GET", "/v1/counters", "?app_id=order"),
            sends("POST", "/v1/counters/lookup", "{\"message_ids\":[\"k\",\"none\"]}"),
            sends("PUT", "/v1/counters/{id}", "{\"total\":7}"),
            bare("DELETE", "/v1/counters/{id}", ""), bare("GET", "/v1/counters/{id}", ""),
            bare("GET", "/v1/counters/{id}/stream", ""),
            bare("GET", "/v1/messages", "?app_id=order"),
            bare("DELETE", "/v1/messages/{id}", "?app_id=order"),
            bare("GET", "/v1/messages/{id}", "?app_id=order"),
            bare("GET", "/v1/messages/{id}/stream", "?app_id=order"),
            bare("GET", "/status", ""), bare("GET", "/api/q/stats", ""),
            bare("GET", "/openapi.json", ""), bare("GET", "/problems", ""),
            bare("GET", "/problems/{id}", ""), bare("POST", "/v1/admin/flush", ""),
            bare("POST", "/v1/admin/pause", ""), bare("POST", "/v1/admin/resume", ""),
            bare("POST", "/v1/admin/drain", ""), bare("GET", "/v1/admin/settings", ""),
            sends("PATCH", "/v1/admin/settings", "{\"persist.max-updates\":5000}"),
            sends("POST", "/v1/admin/shards", "{\"shards\":2}"),
            bare("GET", "/v1/admin/troubles", ""), bare("GET", "/v1/admin/dead-letters", ""),
            bare("DELETE", "/v1/admin/dead-letters/{id}", ""),
            bare("POST", "/v1/admin/dead-letters/{id}/retry", ""), bare("GET", "/", ""),
            bare("GET", "/assets/{id}", ""), bare("GET", "/v1/feed", ""),
            bare("GET", "/v1/audit", ""), bare("GET", "/metrics", ""));

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private ContractCalls() {
    }

    /** A request; {@code body} is null for none. Headers are names and values in turn. */
    record Call(String method, String target, String body, List<String> headers) {

        Call body(String other) {
            return new Call(method, target, other, headers);
        }

        /** With this in its query, too. */
        Call query(String more) {
            return new Call(method, target + (target.contains("?") ? "&" : "?") + more, body,
                    headers);
        }

        /** Of another id in the path. */
        Call of(String id) {
            return new Call(method, target.replaceFirst("/(k|1|ring-full|app[.]js)\\b", "/" + id),
                    body, headers);
        }

        /** With other headers: those of the same name are replaced. */
        Call with(String... more) {
            List<String> all = new ArrayList<>(List.of(more));
            for (int i = 0; i < headers.size(); i += 2) {
                if (!all.contains(headers.get(i))) {
                    all.addAll(headers.subList(i, i + 2));
                }
            }
            return new Call(method, target, body, all);
        }

        Call bearer(String token) {
            return with("Authorization", "Bearer " + token);
        }
    }

    private static Map.Entry<String, Call> sends(String method, String path, String body) {
        return Map.entry(method + " " + path, new Call(method, path.replace("{id}", "k"), body,
                List.of("Content-Type", JSON)));
    }

    private static Map.Entry<String, Call> bare(String method, String path, String query) {
        String id = path.startsWith("/problems") ? "ring-full"
                : path.startsWith("/assets") ? "app.js"
                : path.startsWith("/v1/admin") ? "1" : "k";
        return Map.entry(method + " " + path,
                new Call(method, path.replace("{id}", id) + query, null, List.of()));
    }

    /** A request that is answered well, with an id nobody has used. */
    static Call good(OpenApi.Operation operation) {
        Call call = GOOD.get(operation.toString());
        assertNotNull(call, "ContractCalls has no request for " + operation);
        return call.body() == null ? call
                : call.body(call.body().replace("#", "id-" + NUMBER.incrementAndGet()));
    }

    /** The same for what is not there. */
    static Call absent(OpenApi.Operation operation) {
        Call good = good(operation).of("none");
        return new Call(good.method, good.target.replace("/messages?app_id=order",
                "/messages?app_id=none"), good.body, good.headers);
    }
}
