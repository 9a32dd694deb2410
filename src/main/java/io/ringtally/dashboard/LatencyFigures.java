package io.ringtally.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringtally.metrics.Latencies;
import io.ringtally.metrics.Latency;
import io.ringtally.metrics.LatencySnapshot;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The three latencies as the page has them: microseconds, 0 where nothing was recorded.
 *
 * <p>Threading: one thread's.
 */
final class LatencyFigures {

    private static final List<String> FIGURES = List.of("p50", "p99", "p999", "max");

    private final Map<String, Latency> latencies = new LinkedHashMap<>();

    LatencyFigures(Latencies of) {
        latencies.put("request", of.request());
        latencies.put("tallied", of.tallied());
        latencies.put("persisted", of.persisted());
    }

    /** Names of the numbers of {@link #lastSecond}. */
    List<String> columns() {
        return latencies.keySet().stream().flatMap(name -> FIGURES.stream().map(figure ->
                name + "_" + figure)).toList();
    }

    /** All figures of the last second. */
    LongStream lastSecond() {
        return latencies.values().stream().flatMapToLong(latency ->
                figures(latency.lastSecond()));
    }

    private static LongStream figures(LatencySnapshot of) {
        return LongStream.of(of.p50Nanos(), of.p99Nanos(), of.p999Nanos(), of.maxNanos())
                .map(nanos -> (nanos + 999) / 1_000);
    }

    /** Writes each latency over several times, under the name {@code latency}. */
    void write(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("latency");
        for (Map.Entry<String, Latency> latency : latencies.entrySet()) {
            json.writeObjectFieldStart(latency.getKey());
            write(json, "second", latency.getValue().lastSecond());
            write(json, "ten_seconds", latency.getValue().lastTenSeconds());
            write(json, "start", latency.getValue().sinceStart());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String window, LatencySnapshot of)
            throws IOException {
        json.writeObjectFieldStart(window);
        long[] figures = figures(of).toArray();
        for (int i = 0; i < figures.length; i++) {
            json.writeNumberField(FIGURES.get(i), figures[i]);
        }
        json.writeNumberField("count", of.count());
        json.writeEndObject();
    }
}
