package bench.runner;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Finds the number of I/O threads each arm is fastest with: an arm held at another's best number
 * would be compared with its hands tied.
 *
 * <p>Threading: used by the main thread only.
 */
final class IoThreadSearch {

    private final Rig rig;
    private final List<Integer> counts;
    private final StringBuilder text = new StringBuilder();

    IoThreadSearch(Rig rig) {
        this.rig = rig;
        this.counts = rig.options().wholes(Flag.IO_THREADS);
        if (counts.isEmpty()) {
            throw new Options.Mistake("--io-threads needs at least one number");
        }
    }

    Map<Arm, Integer> best(List<Arm> arms, String script) {
        Map<Arm, Integer> best = new LinkedHashMap<>();
        for (Arm arm : arms) {
            best.put(arm, counts.size() == 1 ? counts.get(0) : best(arm, script));
        }
        return best;
    }

    private int best(Arm arm, String script) {
        Rig.say("looking for the best number of I/O threads of " + arm.label());
        List<Measurement> tries = new ArrayList<>();
        for (int round = 0; round < rig.options().whole(Flag.SEARCH_ROUNDS); round++) {
            for (int i = 0; i < counts.size(); i++) {
                int count = counts.get(round % 2 == 0 ? i : counts.size() - 1 - i);
                Measurement taken = Measurement.take(rig, arm, script, round, count,
                        rig.options().duration(Flag.SEARCH_DURATION));
                rig.results().row("search", taken);
                tries.add(taken);
            }
        }
        if (tries.stream().noneMatch(Measurement::valid)) {
            throw new IllegalStateException("every try of " + arm.label() + " was void: "
                    + String.join("; ", tries.get(0).outcome().faults()));
        }
        int best = counts.stream()
                .max(Comparator.comparingDouble(count -> median(tries, count))).orElseThrow();
        text.append("- I/O threads of ").append(arm.label()).append(": ").append(best)
                .append(" was fastest (");
        for (int i = 0; i < counts.size(); i++) {
            int count = counts.get(i);
            text.append(i > 0 ? ", " : "").append(count).append(": ")
                    .append(String.format(Locale.ROOT, "%,.0f/s", median(tries, count)));
        }
        text.append(")\n");
        return best;
    }

    /** 0 where every try was void, so that such a count is never chosen over a valid one. */
    private static double median(List<Measurement> tries, int count) {
        Spread spread = Spread.of(tries.stream()
                .filter(m -> m.ioThreads() == count && m.valid())
                .map(Measurement.THROUGHPUT::of).toList());
        return spread.isEmpty() ? 0 : spread.median();
    }

    /** What was found, for the report; empty when there was nothing to choose. */
    String text() {
        return text.toString();
    }
}
