package bench.runner;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The command {@code latency}: all arms, alternating, each asked on the same open schedule after it
 * is warm; percentiles from when a request was due.
 *
 * <p>Threading: used by the main thread only.
 */
final class Latency {

    /** What is shown of a run, with the name the client gives it. */
    private static final Map<String, String> SHOWN = new LinkedHashMap<>();

    static {
        SHOWN.put("p50", "p50_us");
        SHOWN.put("p99", "p99_us");
        SHOWN.put("p99.9", "p999_us");
        SHOWN.put("p99.99", "p9999_us");
        SHOWN.put("max", "max_us");
    }

    private record Run(Arm arm, int round, OpenLoopResult result, double serverCorePercent,
            Outcome outcome) {
    }

    private final Rig rig;
    private final List<Run> runs = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();

    private Latency(Rig rig) {
        this.rig = rig;
    }

    static boolean run(Rig rig) {
        return new Latency(rig).measure();
    }

    private boolean measure() {
        Options options = rig.options();
        List<Arm> arms = options.arms();
        for (int round = 0; round < options.whole(Flag.ROUNDS); round++) {
            for (Arm arm : Rounds.order(arms, round)) {
                runs.add(take(arm, round));
            }
        }
        report(arms);
        rig.results().write(".md", text.toString());
        return runs.stream().allMatch(run -> run.outcome.valid());
    }

    private Run take(Arm arm, int round) {
        Options options = rig.options();
        try (Session session = new Session(rig, arm, options.onlyIoThreads())) {
            WarmUp.on(session, options.list(Flag.SCRIPTS).get(0), options);
            Usage.Snapshot before = session.snapshot();
            long begun = System.nanoTime();
            OpenLoopResult result = session.openLoop(
                    options.duration(Flag.DURATION).toSeconds(), 0);
            double micros = (System.nanoTime() - begun) / 1e3;
            Run run = new Run(arm, round, result,
                    100 * before.until(session.snapshot()).serverMicros() / micros,
                    session.finish());
            Rig.say("  " + arm.label() + " round " + (round + 1) + ": " + result.line()
                    + (run.outcome.valid() ? ""
                    : ", VOID: " + String.join("; ", run.outcome.faults())));
            return run;
        }
    }

    private void report(List<Arm> arms) {
        Options options = rig.options();
        line("# Latency on an open schedule: %s", rig.results().name());
        line("");
        text.append(rig.frame().text());
        line("- load: %s requests/s for %s after %s of the same, over %s connections, 1,000 keys,"
                + " one event per request; before that, wrk until the server is warm",
                options.text(Flag.RATE), options.text(Flag.DURATION), options.text(Flag.REST),
                options.text(Flag.CONNECTIONS));
        arms.stream().filter(Arm::isSpecial).forEach(arm -> line("- %s", arm.description()));
        line("");
        line("Microseconds from when a request was due to its answer; medians of the rounds, in"
                + " brackets least and greatest.");
        line("");
        line("| arm | %s | server CPU, %% of a core |", String.join(" | ", SHOWN.keySet()));
        line("|---|%s---|", "---|".repeat(SHOWN.size()));
        for (Arm arm : arms) {
            line("| %s | %s | %s |", arm.label(), String.join(" | ", SHOWN.values().stream()
                    .map(name -> spread(arm, name).text("%,.0f")).toList()),
                    Spread.of(of(arm).map(Run::serverCorePercent).toList()).text("%.0f"));
        }
        line("");
        line("| ratio | %s |", String.join(" | ", SHOWN.keySet()));
        line("|---|%s", "---|".repeat(SHOWN.size()));
        Arm first = arms.get(0);
        for (Arm arm : arms.subList(1, arms.size())) {
            line("| %s / %s | %s |", arm.label(), first.label(),
                    String.join(" | ", SHOWN.values().stream()
                            .map(name -> ratio(arm, first, name).text("%.2f")).toList()));
        }
        line("");
        line("| round | arm | due | answered 2xx | p50 | p99 | p99.9 | p99.99 | max | |");
        line("|---|---|---|---|---|---|---|---|---|---|");
        for (Run run : runs) {
            line("| %d | %s | %d | %d | %s | %s |", run.round + 1, run.arm.label(),
                    run.result.number("due"), run.result.number("ok"),
                    String.join(" | ", SHOWN.values().stream()
                            .map(name -> Long.toString(run.result.number(name))).toList()),
                    run.outcome.valid() ? "stands"
                            : "VOID: " + String.join("; ", run.outcome.faults()));
        }
    }

    private Stream<Run> of(Arm arm) {
        return runs.stream().filter(run -> run.arm.equals(arm) && run.outcome.valid());
    }

    private Spread spread(Arm arm, String name) {
        return Spread.of(of(arm).map(run -> (double) run.result.number(name)).toList());
    }

    /** Round by round. */
    private Spread ratio(Arm arm, Arm other, String name) {
        List<Double> ratios = new ArrayList<>();
        for (Run run : of(arm).toList()) {
            of(other).filter(same -> same.round == run.round).forEach(same -> ratios.add(
                    run.result.number(name) / (double) same.result.number(name)));
        }
        return Spread.of(ratios);
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
