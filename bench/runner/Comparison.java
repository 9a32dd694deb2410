package bench.runner;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The command {@code compare}: all arms in one run, alternating, and their ratios.
 *
 * <p>Threading: used by the main thread only.
 */
final class Comparison {

    private Comparison() {
    }

    /** True when every figure stands. */
    static boolean run(Rig rig) {
        Options options = rig.options();
        List<Arm> arms = options.arms();
        List<String> scripts = options.list(Flag.SCRIPTS);
        int rounds = options.whole(Flag.ROUNDS);
        if (rounds % 2 != 0) {
            throw new Options.Mistake("--rounds must be even: two rounds make a pair");
        }
        Duration duration = options.duration(Flag.DURATION);
        IoThreadSearch search = new IoThreadSearch(rig);
        Map<Arm, Integer> ioThreads = search.best(arms, scripts.get(0));
        List<Rounds> all = new ArrayList<>();
        for (String script : scripts) {
            Rounds taken = new Rounds(script);
            for (int round = 0; round < rounds; round++) {
                for (Arm arm : Rounds.order(arms, round)) {
                    Measurement measurement = Measurement.take(
                            rig, arm, script, round, ioThreads.get(arm), duration);
                    rig.results().row("measure", measurement);
                    taken.add(measurement);
                }
            }
            all.add(taken);
        }
        rig.results().write(".svg", Chart.of(all));
        rig.results().write(".md", new Report(rig, search.text(), all).text());
        return all.stream().flatMap(r -> r.all().stream()).allMatch(Measurement::valid);
    }
}
