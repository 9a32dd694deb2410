package io.ringtally.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a campaign has shown, by fault.
 *
 * <p>Threading: the campaign's thread.
 */
final class Report {

    /** More than these are counted, not shown. */
    static final int SHOWN_MAX = 40;

    /** The same for one round. */
    private static final int SHOWN_OF_A_ROUND = 8;

    private final VerifySettings settings;
    private final Instant begun = Instant.now();
    private final Map<String, Figures> byFault = new TreeMap<>();
    private final List<String> shown = new ArrayList<>();
    private long wrong;

    Report(VerifySettings settings) {
        this.settings = settings;
    }

    Figures of(Fault fault) {
        return byFault.computeIfAbsent(fault.name(), name -> new Figures());
    }

    void wrong(int round, Fault fault, List<Finding> findings) {
        of(fault).add(findings);
        for (Finding finding : findings.stream().limit(SHOWN_OF_A_ROUND).toList()) {
            if (shown.size() < SHOWN_MAX) {
                shown.add("round " + round + ", " + fault.name() + ": " + finding);
            }
        }
        wrong += findings.size();
    }

    /** What is wrong, a line each, the first ones. */
    List<String> shown() {
        if (wrong == 0) {
            return List.of();
        }
        List<String> lines = new ArrayList<>(shown);
        if (wrong > shown.size()) {
            lines.add("and " + (wrong - shown.size()) + " more");
        }
        return lines;
    }

    Figures total() {
        Figures total = new Figures();
        byFault.values().forEach(total::add);
        return total;
    }

    private Duration took() {
        return Duration.between(begun, Instant.now()).truncatedTo(ChronoUnit.SECONDS);
    }

    String summary() {
        return total().summary() + "; " + took().toSeconds() + " s, seed " + settings.seed();
    }

    void write(Path file, List<String> skipped) throws IOException {
        VerifySettings.LoadSettings load = settings.load();
        List<String> lines = new ArrayList<>(List.of("# ringtally verify", "",
                begun.truncatedTo(ChronoUnit.SECONDS) + ", seed " + settings.seed() + ", took "
                + took().toSeconds() + " s. JDK " + Runtime.version() + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors. " + load.clients()
                + " clients, " + load.keys() + " shared counters, " + load.uniquePercent()
                + " % of requests on counters of their own, ack "
                + (load.ack().isEmpty() ? "as configured" : load.ack()) + ", unknown ones "
                + (load.retry() ? "sent again" : "not sent again") + ".",
                "", Figures.head()));
        byFault.forEach((name, figures) -> lines.add(figures.row(name)));
        lines.add(total().row("**all**"));
        lines.addAll(List.of("", "A round counts if at least " + Campaign.ACKS_MIN
                + " requests were acknowledged in the second before its fault."));
        if (!skipped.isEmpty()) {
            lines.add("");
            skipped.forEach(line -> lines.add("- " + line));
        }
        if (wrong > 0) {
            lines.addAll(List.of("", "## What is wrong", ""));
            shown().forEach(line -> lines.add("- " + line));
        }
        if (file.toAbsolutePath().getParent() != null) {
            Files.createDirectories(file.toAbsolutePath().getParent());
        }
        Files.write(file, lines);
    }
}
