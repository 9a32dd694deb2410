package bench.runner;

import java.util.Collection;
import java.util.Locale;

/** A median with its range; all NaN when there was nothing. */
record Spread(double median, double least, double greatest) {

    static Spread of(Collection<Double> values) {
        if (values.isEmpty()) {
            return new Spread(Double.NaN, Double.NaN, Double.NaN);
        }
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle]
                : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    boolean isEmpty() {
        return Double.isNaN(median);
    }

    /** {@code 1.02 (0.98 to 1.05)}, each number in this format. */
    String text(String format) {
        if (isEmpty()) {
            return "void";
        }
        return String.format(Locale.ROOT, format + " (" + format + " to " + format + ")",
                median, least, greatest);
    }
}
