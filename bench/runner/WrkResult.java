package bench.runner;

import java.util.HashMap;
import java.util.Map;

/**
 * The result line of a script of {@code bench/wrk}.
 *
 * @param ok answers below 400, that is 2xx with these servers
 * @param socketErrors of connect, read and write together
 * @param timeouts answers that came, but after wrk's two seconds
 * @param apartMicros how long after the first thread the last one started
 * @param output everything wrk printed
 */
record WrkResult(long ok, long non2xx, long socketErrors, long timeouts, long durationMicros,
        long apartMicros, long keys, long eventsPerRequest, Map<String, String> fields,
        String output) {

    static WrkResult parse(String output) {
        for (String line : output.split("\n")) {
            if (line.startsWith("bench-result ")) {
                return of(line, output);
            }
        }
        throw new IllegalStateException("wrk printed no result line:\n" + output);
    }

    private static WrkResult of(String line, String output) {
        Map<String, String> fields = new HashMap<>();
        for (String pair : line.split(" ")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                fields.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        long socketErrors = whole(fields, "connect_errors") + whole(fields, "read_errors")
                + whole(fields, "write_errors");
        return new WrkResult(whole(fields, "ok"), whole(fields, "non_2xx"), socketErrors,
                whole(fields, "timeouts"), whole(fields, "duration_us"), whole(fields, "apart_us"),
                whole(fields, "keys"), whole(fields, "events_per_request"), fields, output);
    }

    private static long whole(Map<String, String> fields, String name) {
        return Long.parseLong(fields.get(name));
    }

    double requestsPerSecond() {
        return ok * 1e6 / durationMicros;
    }
}
