package io.ringtally.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.time.ManualClock;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is written for a scrape. */
class ExpositionTest {

    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN =
            "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final Exposition exposition = new Exposition();

    @Test
    void choosesTheFormatThatIsTakenAmongTheTwoThereAre() {
        assertEquals(TEXT, exposition.scrape(null).contentType());
        assertEquals(TEXT, exposition.scrape("*/*").contentType());
        assertEquals(OPEN, exposition.scrape("application/openmetrics-text;version=1.0.0;q=0.5,"
                + "text/plain;q=0.2").contentType());
        assertEquals(OPEN, exposition.scrape("application/vnd.google.protobuf;proto=io.prometheus"
                + ".client.MetricFamily;encoding=delimited;q=0.6,"
                + "application/openmetrics-text;version=1.0.0").contentType());
        assertEquals(TEXT, exposition.scrape("application/vnd.google.protobuf;proto=io.prometheus"
                + ".client.MetricFamily;encoding=delimited").contentType());
    }

    @Test
    void writesALatencyAsAHistogramWhoseBucketsAddUp() {
        Latency latency = new Latencies(new ManualClock()).request();
        LatencyWriter writer = latency.newWriter();
        writer.record(300_000, 3);
        writer.record(40_000_000_000L);
        exposition.histogram("a_seconds", "help", latency);
        String text = text();
        assertTrue(text.contains("# TYPE a_seconds histogram\n"), text);
        assertTrue(text.contains("a_seconds_bucket{le=\"2.5E-4\"} 0\n"), text);
        assertTrue(text.contains("a_seconds_bucket{le=\"5.0E-4\"} 3\n"), text);
        assertTrue(text.contains("a_seconds_bucket{le=\"30.0\"} 3\n"), text);
        assertTrue(text.contains("a_seconds_bucket{le=\"+Inf\"} 4\n"), text);
        assertTrue(text.contains("a_seconds_count 4\n"), text);
        assertTrue(text.contains("a_seconds_sum 40.0009\n"), text);
    }

    @Test
    void readsFiguresWhenTheyAreScrapedAndLeavesOutWhatIsNotANumber() {
        double[] now = {Double.NaN};
        exposition.gauge("a_bytes", "help", () -> now[0])
                .counter("b", "help", () -> 7)
                .counters("c", "help", "of", () -> Map.of("x", 1, "y", 2));
        assertFalse(text().contains("\na_bytes "), text());
        now[0] = 5;
        String text = text();
        assertTrue(text.contains("\na_bytes 5.0\n"), text);
        assertTrue(text.contains("\nb_total 7.0\n"), text);
        assertTrue(text.contains("\nc_total{of=\"y\"} 2.0\n"), text);
    }

    private String text() {
        return new String(exposition.scrape(null).body(), StandardCharsets.UTF_8);
    }
}
