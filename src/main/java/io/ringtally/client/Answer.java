package io.ringtally.client;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an answer says of each event of a batch.
 *
 * <p>Threading: immutable.
 *
 * @param rejected reasons by place in the batch: these never count
 * @param next place of the first event that has to be sent again; the batch's size if none has to
 * @param retryAfterMillis when the service wants them; -1 if it does not say
 * @param trouble why they have to be sent again
 */
record Answer(Map<Integer, String> rejected, int next, long retryAfterMillis, String trouble) {

    private static final int REQUEST_TIMEOUT = 408;
    private static final int CONFLICT = 409;
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;
    private static final int STORAGE_FULL = 507;

    /** Reads the answer to a batch of so many events sent with {@code mode=partial}. */
    static Answer of(int events, int status, String retryAfter, String body) {
        Map<String, Object> json = Json.object(body);
        if (status == 202) {
            return report(events, json);
        }
        if (status >= 500 || status == TOO_MANY || status == CONFLICT
                || status == REQUEST_TIMEOUT) {
            return again(0, millis(retryAfter), detail(status, json));
        }
        return refused(events, status, json);
    }

    /** Whether an answer of this status leaves open whether events were counted. */
    static boolean leavesOpen(int status) {
        return status >= 500 && status != UNAVAILABLE && status != STORAGE_FULL;
    }

    /** Nothing of the batch has been counted, and nothing will be as it is. */
    private static Answer refused(int events, int status, Map<String, Object> problem) {
        Map<Integer, String> rejected = new HashMap<>();
        if (problem.get("errors") instanceof List<?> errors) {
            errors.forEach(error -> note(error, "field", rejected));
        }
        if (text(problem.get("type")).endsWith("/too-many-rejected")) {
            // those behind have not been looked at
            return new Answer(rejected, rejected.size(), 0, detail(status, problem));
        }
        for (int place = 0; place < events; place++) {
            rejected.putIfAbsent(place, detail(status, problem));
        }
        return new Answer(rejected, events, -1, "");
    }

    /** All from {@code next} on, sent again after a while. */
    static Answer again(int next, long retryAfterMillis, String trouble) {
        return new Answer(Map.of(), next, retryAfterMillis, trouble);
    }

    private static Answer report(int events, Map<String, Object> json) {
        Map<Integer, String> rejected = new HashMap<>();
        if (json.get("rejected") instanceof List<?> items) {
            items.forEach(item -> note(item, "index", rejected));
        }
        if (json.get("stopped") instanceof Map<?, ?> stopped) {
            return new Answer(rejected, Math.min(events, number(stopped.get("index"), 0)),
                    millis(text(stopped.get("retry_after_s"))), text(stopped.get("detail")));
        }
        return new Answer(rejected, events, -1, "");
    }

    /** Takes up the reason of one event, whose place stands in this field, as n or [n]. */
    private static void note(Object item, String field, Map<Integer, String> rejected) {
        if (item instanceof Map<?, ?> entry) {
            int place = number(text(entry.get(field)).replaceAll("[\\[\\]]", ""), -1);
            if (place >= 0) {
                rejected.put(place, text(entry.get("reason")));
            }
        }
    }

    private static String detail(int status, Map<String, Object> problem) {
        return "the service answered " + status + (problem.get("detail") == null ? ""
                : ": " + problem.get("detail"));
    }

    private static long millis(String seconds) {
        int number = number(seconds, -1);
        return number < 0 ? -1 : 1_000L * number;
    }

    private static String text(Object value) {
        return value == null ? "" : value.toString();
    }

    private static int number(Object value, int otherwise) {
        try {
            return Integer.parseInt(text(value));
        } catch (NumberFormatException none) {
            return otherwise;
        }
    }
}
