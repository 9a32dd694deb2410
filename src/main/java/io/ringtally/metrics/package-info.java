/**
 * How long things take: histograms that one thread writes and any thread reads.
 *
 * <p>A {@link io.ringtally.metrics.LatencyWriter} only ever adds to counts of its own, without a
 * lock or an atomic operation; a {@link io.ringtally.metrics.Latency} sums its writers up once a
 * second and tells the seconds apart by subtraction. The buckets are those of an HdrHistogram of
 * two significant digits, which does the arithmetic of quantiles.
 */
package io.ringtally.metrics;
