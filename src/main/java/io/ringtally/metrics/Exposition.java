package io.ringtally.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What Prometheus scrapes: named figures that are read when they are asked for, and cost nothing
 * otherwise. The unit is the end of the name, in seconds or bytes, as its conventions have it.
 *
 * <p>Threading: filled by one thread before the first scrape; then scraped by any.
 */
public final class Exposition {

    private static final double[] BOUNDS_SECONDS = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
        0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, Double.POSITIVE_INFINITY};

    private static final String OPEN_METRICS = "application/openmetrics-text";

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ExpositionFormats formats = ExpositionFormats.init();

    /**
     * A scrape.
     *
     * @param contentType the format that was agreed on
     */
    public record Page(String contentType, byte[] body) {
    }

    private static Unit unitOf(String name) {
        return name.endsWith("_seconds") ? Unit.SECONDS
                : name.endsWith("_bytes") ? Unit.BYTES : null;
    }

    /** A count since the start; its name is shown with {@code _total} behind it. */
    public Exposition counter(String name, String help, LongSupplier value) {
        CounterWithCallback.builder().name(name).help(help).unit(unitOf(name))
                .callback(shown -> shown.call(value.getAsLong())).register(registry);
        return this;
    }

    /** Counts since the start, by what the label says; there are few such. */
    public Exposition counters(String name, String help, String label,
            Supplier<? extends Map<String, ? extends Number>> values) {
        CounterWithCallback.builder().name(name).help(help).labelNames(label)
                .callback(shown -> values.get().forEach((of, value) ->
                        shown.call(value.doubleValue(), of))).register(registry);
        return this;
    }

    /** A time spent since the start. */
    public Exposition time(String name, String help, DoubleSupplier seconds) {
        CounterWithCallback.builder().name(name).help(help).unit(Unit.SECONDS)
                .callback(shown -> shown.call(seconds.getAsDouble())).register(registry);
        return this;
    }

    /** A figure as it is now; not shown while it is not a number. */
    public Exposition gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder().name(name).help(help).unit(unitOf(name))
                .callback(shown -> {
                    double now = value.getAsDouble();
                    if (!Double.isNaN(now)) {
                        shown.call(now);
                    }
                }).register(registry);
        return this;
    }

    /** Figures as they are now, by what the label says; there are few such. */
    public Exposition gauges(String name, String help, String label,
            Supplier<? extends Map<String, ? extends Number>> values) {
        GaugeWithCallback.builder().name(name).help(help).labelNames(label).unit(unitOf(name))
                .callback(shown -> values.get().forEach((of, value) ->
                        shown.call(value.doubleValue(), of))).register(registry);
        return this;
    }

    /** A latency since the start, as a histogram. Bounds are as exact as a bucket, 0.8 %. */
    public Exposition histogram(String name, String help, Latency latency) {
        registry.register(() -> {
            LatencyTotals totals = latency.totals();
            long[] counts = new long[BOUNDS_SECONDS.length];
            long below = 0;
            for (int i = 0; i < counts.length; i++) {
                long upTo = totals.countUpTo((long) (BOUNDS_SECONDS[i] * 1e9));
                counts[i] = upTo - below;
                below = upTo;
            }
            return HistogramSnapshot.builder().name(name).help(help).unit(Unit.SECONDS)
                    .dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                            .classicHistogramBuckets(
                                    ClassicHistogramBuckets.of(BOUNDS_SECONDS, counts))
                            .sum(totals.sumNanos() / 1e9).build()).build();
        });
        return this;
    }

    /** What does not change while the process lives. */
    public Exposition info(String name, String help, Map<String, String> labels) {
        String[] names = labels.keySet().toArray(new String[0]);
        Info info = Info.builder().name(name).help(help).labelNames(names).register(registry);
        info.setLabelValues(Arrays.stream(names).map(labels::get)
                .toArray(String[]::new));
        return this;
    }

    /** The figures of JVM and process, by their usual names. */
    public Exposition jvm() {
        JvmMetrics.builder().register(registry);
        return this;
    }

    /**
     * All figures as they are now.
     *
     * @param accept the {@code Accept} header, null if there is none: OpenMetrics 1.0.0 where it
     *     is asked for, else the text format 0.0.4
     */
    public Page scrape(String accept) {
        // not by the library's own choice: it would take protobuf, which is not here
        ExpositionFormatWriter writer = accept != null && accept.contains(OPEN_METRICS)
                ? formats.getOpenMetricsTextFormatWriter()
                : formats.getPrometheusTextFormatWriter();
        ByteArrayOutputStream body = new ByteArrayOutputStream(32 << 10);
        try {
            writer.write(body, registry.scrape());
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return new Page(writer.getContentType(), body.toByteArray());
    }
}
