package bench.runner;

import java.util.Collection;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A median with its range; all NaN when there was nothing.
 *
 * @param low lower end of the range that holds the median of all there could be with 95 %
 *         certainty, by order statistics; the least value when there are too few
 * @param high its upper end
 */
record Spread(double median, double least, double greatest, double low, double high) {

    /** Deviations of the normal distribution that 95 % lie within. */
    private static final double DEVIATIONS = 1.96;

    static Spread of(Collection<Double> values) {
        if (values.isEmpty()) {
            return new Spread(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        }
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle]
                : (sorted[middle - 1] + sorted[middle]) / 2;
        // as many values lie below the median as heads come up in throws of a coin
        int below = (int) ((sorted.length - DEVIATIONS * Math.sqrt(sorted.length)) / 2);
        int rank = Math.max(0, below - 1);
        return new Spread(median, sorted[0], sorted[sorted.length - 1], sorted[rank],
                sorted[sorted.length - 1 - rank]);
    }

    /** Of one figure over another, pair by pair; pairs that lack one are left out. */
    static Spread ofPairs(int pairs, IntToDoubleFunction one, IntToDoubleFunction other) {
        return of(IntStream.range(0, pairs)
                .mapToDouble(pair -> one.applyAsDouble(pair) / other.applyAsDouble(pair))
                .filter(ratio -> !Double.isNaN(ratio)).boxed().toList());
    }

    boolean isEmpty() {
        return Double.isNaN(median);
    }

    /** {@code 1.02 (0.98 to 1.05)}, each number in this format. */
    String text(String format) {
        if (isEmpty()) {
            return "void";
        }
        return text(format, least, greatest);
    }

    /** The same, with the range of 95 % certainty. */
    String certainText(String format) {
        return isEmpty() ? "void" : text(format, low, high);
    }

    private String text(String format, double from, double to) {
        return String.format(Locale.ROOT, format + " (" + format + " to " + format + ")",
                median, from, to);
    }
}
