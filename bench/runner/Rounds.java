package bench.runner;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All measurements of one script, and what follows from them.
 *
 * <p>Two rounds make a pair, the second in reverse order (A B C, C B A): within a pair a drift of
 * the machine falls on all arms alike. So ratios are taken pair by pair.
 *
 * <p>Threading: used by the main thread only.
 */
final class Rounds {

    private final String script;
    private final List<Measurement> measurements = new ArrayList<>();

    Rounds(String script) {
        this.script = script;
    }

    static List<Arm> order(List<Arm> arms, int round) {
        List<Arm> order = new ArrayList<>(arms);
        if (round % 2 == 1) {
            Collections.reverse(order);
        }
        return order;
    }

    void add(Measurement measurement) {
        measurements.add(measurement);
    }

    String script() {
        return script;
    }

    List<Measurement> all() {
        return List.copyOf(measurements);
    }

    List<Arm> arms() {
        return measurements.stream().map(Measurement::arm).distinct().toList();
    }

    Spread spread(Arm arm, Measurement.Metric metric) {
        return Spread.of(measurements.stream()
                .filter(m -> m.arm().equals(arm) && m.valid()).map(metric::of).toList());
    }

    /** CPU time of an arm's servers by kind of thread, all windows that stand together. */
    SortedMap<String, Double> threadMicrosPerRequest(Arm arm) {
        List<Window> windows = measurements.stream()
                .filter(m -> m.arm().equals(arm) && m.valid()).map(Measurement::window).toList();
        double requests = windows.stream().mapToLong(window -> window.load().ok()).sum();
        SortedMap<String, Double> sums = new TreeMap<>();
        windows.forEach(window -> window.usage().threadMicros().forEach(
                (kind, micros) -> sums.merge(kind, micros / requests, Double::sum)));
        return sums;
    }

    /** One arm against another, per pair of rounds; pairs with a void figure are left out. */
    Spread ratio(Arm arm, Arm other, Measurement.Metric metric) {
        int pairs = (1 + measurements.stream().mapToInt(Measurement::round).max().orElse(-1)) / 2;
        return Spread.ofPairs(pairs, pair -> mean(pair, arm, metric),
                pair -> mean(pair, other, metric));
    }

    private double mean(int pair, Arm arm, Measurement.Metric metric) {
        List<Measurement> both = measurements.stream()
                .filter(m -> m.arm().equals(arm) && m.round() / 2 == pair).toList();
        if (both.size() != 2 || !both.stream().allMatch(Measurement::valid)) {
            return Double.NaN;
        }
        return (metric.of(both.get(0)) + metric.of(both.get(1))) / 2;
    }
}
