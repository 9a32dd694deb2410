package bench.runner;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Bars of medians with whiskers from least to greatest, as SVG: one row for each script,
 * throughput on the left, CPU time per request on the right. No background and mid tones only, so
 * that it reads on white and on black. A CPU bar several times the others runs off the scale,
 * which would otherwise flatten the rest; its number stands above it.
 *
 * <p>Threading: used by the main thread only.
 */
final class Chart {

    private static final int PANEL_WIDTH = 400;
    private static final int PANEL_HEIGHT = 280;
    private static final int LEFT = 78;
    private static final int TOP = 44;
    private static final int PLOT_WIDTH = 300;
    private static final int PLOT_HEIGHT = 190;
    private static final int BAR_WIDTH = 56;
    private static final int GRID_LINES = 5;
    private static final double OFF_SCALE = 4;
    private static final String INK = "#7d7d7d";

    private final StringBuilder svg = new StringBuilder();

    private Chart() {
    }

    static String of(List<Rounds> all) {
        Chart chart = new Chart();
        chart.draw(all);
        return chart.svg.toString();
    }

    private void draw(List<Rounds> all) {
        int width = 2 * PANEL_WIDTH;
        int height = all.size() * PANEL_HEIGHT;
        add("<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d'"
                + " viewBox='0 0 %d %d' font-family='sans-serif' font-size='12' fill='%s'>",
                width, height, width, height, INK);
        add("<title>Throughput and CPU time per request, medians with range</title>");
        for (int row = 0; row < all.size(); row++) {
            Rounds rounds = all.get(row);
            panel(0, row, rounds.script() + ": requests per second", "requests/s",
                    bars(rounds, Measurement.THROUGHPUT), Double.POSITIVE_INFINITY);
            List<Bar> cpu = bars(rounds, Measurement.CPU_PER_REQUEST);
            panel(1, row, rounds.script() + ": server CPU per request", "microseconds", cpu,
                    OFF_SCALE * leastOf(cpu));
        }
        add("</svg>");
    }

    private record Bar(Arm arm, Spread spread) {
    }

    private static List<Bar> bars(Rounds rounds, Measurement.Metric metric) {
        List<Bar> bars = new ArrayList<>();
        for (Arm arm : rounds.arms()) {
            bars.add(new Bar(arm, rounds.spread(arm, metric)));
        }
        return bars;
    }

    private static double leastOf(List<Bar> bars) {
        return bars.stream().map(Bar::spread).filter(spread -> !spread.isEmpty())
                .mapToDouble(Spread::least).min().orElse(1);
    }

    /** Bars whose greatest value is above {@code limit} do not count for the scale. */
    private void panel(int column, int row, String title, String unit, List<Bar> bars,
            double limit) {
        add("<g transform='translate(%d %d)'>", column * PANEL_WIDTH, row * PANEL_HEIGHT);
        add("<text x='%d' y='20' font-size='14' font-weight='bold'>%s</text>", LEFT, title);
        add("<text transform='translate(14 %d) rotate(-90)' text-anchor='middle'>%s</text>",
                TOP + PLOT_HEIGHT / 2, unit);
        double step = step(bars, limit);
        double top = step * GRID_LINES;
        for (int i = 0; i <= GRID_LINES; i++) {
            double y = y(i * step, top);
            add("<line x1='%d' x2='%d' y1='%.1f' y2='%.1f' stroke='%s' stroke-opacity='%s'/>",
                    LEFT, LEFT + PLOT_WIDTH, y, y, INK, i == 0 ? "1" : "0.3");
            add("<text x='%d' y='%.1f' text-anchor='end'>%s</text>",
                    LEFT - 6, y + 4, number(i * step, step));
        }
        int slot = PLOT_WIDTH / bars.size();
        for (int i = 0; i < bars.size(); i++) {
            bar(bars.get(i), LEFT + slot * i + slot / 2, top);
        }
        add("</g>");
    }

    private void bar(Bar bar, int middle, double top) {
        add("<text x='%d' y='%d' text-anchor='middle'>%s</text>",
                middle, TOP + PLOT_HEIGHT + 18, bar.arm().label());
        Spread spread = bar.spread();
        if (spread.isEmpty()) {
            add("<text x='%d' y='%.1f' text-anchor='middle'>void</text>", middle, y(0, top) - 6);
            return;
        }
        boolean off = spread.greatest() > top;
        double y = y(Math.min(spread.median(), top), top);
        add("<rect x='%d' y='%.1f' width='%d' height='%.1f' fill='%s' fill-opacity='0.7'/>",
                middle - BAR_WIDTH / 2, y, BAR_WIDTH, y(0, top) - y, colour(bar.arm()));
        if (!off) {
            double greatest = y(spread.greatest(), top);
            double least = y(spread.least(), top);
            add("<path d='M%d %.1fV%.1fM%d %.1fh12M%d %.1fh12' stroke='%s' stroke-width='1.5'"
                    + " fill='none'/>",
                    middle, greatest, least, middle - 6, greatest, middle - 6, least, INK);
        }
        add("<text x='%d' y='%.1f' text-anchor='middle' font-weight='bold'>%s%s</text>",
                middle, y(Math.min(spread.greatest(), top), top) - 6,
                number(spread.median(), spread.median() / 100), off ? " (off the scale)" : "");
    }

    private static double y(double value, double top) {
        return TOP + PLOT_HEIGHT * (1 - value / top);
    }

    /** 1, 2, 2.5 or 5 times a power of ten, so that five of them hold the greatest value. */
    private static double step(List<Bar> bars, double limit) {
        double greatest = bars.stream().map(Bar::spread).filter(spread -> !spread.isEmpty())
                .mapToDouble(Spread::greatest).filter(value -> value <= limit).max().orElse(limit);
        double least = Math.max(greatest, 1e-9) / GRID_LINES;
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (double factor : new double[] {1, 2, 2.5, 5}) {
            if (factor * power >= least) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    /** With as many decimals as tell apart numbers this far from each other. */
    private static String number(double value, double apart) {
        int decimals = (int) Math.max(0, Math.ceil(-Math.log10(Math.max(apart, 1e-6)) - 1e-9));
        return String.format(Locale.ROOT, "%,." + Math.min(decimals, 3) + "f", value);
    }

    private static String colour(Arm arm) {
        return switch (arm.kind()) {
            case SIMPLE -> "#8c9bab";
            case SYNC -> "#d08a3c";
            case RING -> arm.equals(Arm.RING) ? "#3b8ed6" : "#7fb5e6";
        };
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
