package bench.runner;

import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/**
 * A comparison in Markdown.
 *
 * <p>Threading: used by the main thread only.
 */
final class Report {

    private final Rig rig;
    private final String search;
    private final List<Rounds> all;
    private final StringBuilder text = new StringBuilder();

    Report(Rig rig, String search, List<Rounds> all) {
        this.rig = rig;
        this.search = search;
        this.all = all;
    }

    String text() {
        line("# Side by side: %s", rig.results().name());
        line("");
        text.append(rig.frame().text()).append(search);
        for (Rounds rounds : all) {
            section(rounds);
        }
        line("");
        line("![Requests per second and CPU time per request](%s.svg)", rig.results().name());
        line("");
        line("Medians, in brackets least and greatest. A ratio is taken per pair of rounds (forth"
                + " and back), then the median of the pairs. *Counted* is the sum in Postgres "
                + " after the server has ended; it must lie between the answers wrk read (*acked*,"
                + " warm-up included) and those plus one in flight per connection and run of wrk"
                + " (*unread*). wrk is a closed loop, so its latencies are not given.");
        return text.toString();
    }

    private void section(Rounds rounds) {
        Measurement sample = rounds.all().get(0);
        line("");
        line("## %s", rounds.script());
        line("");
        text.append(Frame.load(sample.window().load(), rig.wrk(), rounds.script(),
                rig.options().duration(Flag.DURATION)));
        rounds.arms().stream().filter(Arm::isSpecial)
                .forEach(arm -> line("- %s", arm.description()));
        line("");
        line("| arm | I/O threads | requests/s | CPU us/request | PostgreSQL us/request |");
        line("|---|---|---|---|---|");
        for (Arm arm : rounds.arms()) {
            int ioThreads = rounds.all().stream().filter(m -> m.arm().equals(arm)).findFirst()
                    .orElseThrow().ioThreads();
            line("| %s | %d | %s | %s | %s |", arm.label(), ioThreads,
                    rounds.spread(arm, Measurement.THROUGHPUT).text("%,.0f"),
                    rounds.spread(arm, Measurement.CPU_PER_REQUEST).text("%.2f"),
                    rounds.spread(arm, Measurement.POSTGRES_PER_REQUEST).text("%.2f"));
        }
        ratios(rounds);
        threads(rounds);
        checks(rounds);
    }

    private void ratios(Rounds rounds) {
        List<Arm> arms = rounds.arms();
        if (arms.size() < 2) {
            return;
        }
        line("");
        line("| ratio | throughput | CPU per request |");
        line("|---|---|---|");
        Arm ours = arms.get(arms.size() - 1);
        for (Arm other : arms.subList(0, arms.size() - 1)) {
            line("| %s / %s | %s | %s |", ours.label(), other.label(),
                    rounds.ratio(ours, other, Measurement.THROUGHPUT).text("%.3f"),
                    rounds.ratio(ours, other, Measurement.CPU_PER_REQUEST).text("%.3f"));
        }
    }

    /** Of all CPU time of the arm's servers, all windows together. */
    private void threads(Rounds rounds) {
        List<Arm> arms = rounds.arms();
        List<SortedMap<String, Double>> shares =
                arms.stream().map(rounds::threadMicrosPerRequest).toList();
        line("");
        line("Server CPU by thread, us/request:");
        line("");
        line("| threads | %s |", String.join(" | ", arms.stream().map(Arm::label).toList()));
        line("|---|%s", "---|".repeat(arms.size()));
        shares.stream().flatMap(share -> share.keySet().stream()).distinct().sorted()
                .forEach(kind -> line("| %s | %s |", kind, String.join(" | ", shares.stream()
                        .map(share -> share.containsKey(kind)
                                ? String.format(Locale.ROOT, "%.2f", share.get(kind)) : "-")
                        .toList())));
    }

    private void checks(Rounds rounds) {
        line("");
        line("| round | arm | requests/s | non-2xx | acked | unread | counted | warm-up windows"
                + " | idle %% | stolen %% | drain ms | |");
        line("|---|---|---|---|---|---|---|---|---|---|---|---|");
        for (Measurement m : rounds.all()) {
            Outcome outcome = m.outcome();
            Window window = m.window();
            line("| %d | %s | %,.0f | %d | %d | <= %d | %s | %s | %.0f | %.0f | %.0f | %s |",
                    m.round() + 1, m.arm().label(), window.requestsPerSecond(),
                    window.load().non2xx(), outcome.acked(), outcome.unread(),
                    m.arm().counts() ? Long.toString(outcome.counted()) : "-",
                    m.warmUp().text(), window.usage().idlePercent(),
                    window.usage().stolenPercent(), outcome.end().drainMicros() / 1e3,
                    judgement(m));
        }
    }

    private static String judgement(Measurement m) {
        if (!m.valid()) {
            return "VOID: " + String.join("; ", m.outcome().faults());
        }
        WrkResult load = m.window().load();
        String late = load.timeouts() == 0 ? ""
                : ", " + load.timeouts() + " answers took over 2 s";
        // what the first threads sent before wrk's clock ran is in the rate
        String apart = load.apartMicros() * 100 <= load.durationMicros() ? ""
                : ", wrk's threads started " + load.apartMicros() / 1000 + " ms apart";
        return "stands" + late + apart;
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
