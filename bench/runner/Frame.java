package bench.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a figure is worth nothing without: the code, the machine, the settings.
 *
 * <p>Threading: immutable.
 */
final class Frame {

    private final Options options;
    private final Launcher launcher;
    private final Map<String, String> postgres;
    private final String fileSystem;
    private final String commit;

    Frame(Options options, Launcher launcher, Postgres postgres, Path home, Path work) {
        this.options = options;
        this.launcher = launcher;
        this.postgres = postgres.description();
        this.commit = commit(home);
        this.fileSystem = Command.output("stat", "-f", "-c", "%T", work.toString());
    }

    /** Short, with {@code -changed} where the working tree is not what was committed. */
    String commit() {
        return commit;
    }

    private static String commit(Path home) {
        String short9 = git(home, "rev-parse", "--short=9", "HEAD");
        // the results of the run before are not part of what is measured
        boolean clean = git(home, "status", "--porcelain", "--", ".", ":!bench/results").isEmpty();
        return clean ? short9 : short9 + "-changed";
    }

    private static String git(Path home, String... words) {
        List<String> command = new ArrayList<>(List.of("git", "-C", home.toString()));
        command.addAll(List.of(words));
        return Command.output(command);
    }

    /** Markdown, one fact a line. */
    String text() {
        StringBuilder text = new StringBuilder();
        fact(text, "commit", commit);
        fact(text, "machine", machine());
        fact(text, "JDK", jdk() + ", flags: " + orNone(String.join(" ", launcher.jvmFlags())));
        fact(text, "PostgreSQL", postgres.get("version") + ", " + postgres.get("settings"));
        fact(text, "data", "on " + fileSystem);
        fact(text, "ack level", System.getenv().getOrDefault("RINGTALLY_ACK", "journaled")
                + ", where an arm does not say otherwise");
        fact(text, "ring's other settings", orNone(otherSettings()));
        fact(text, "cores", "server " + pin(Flag.PIN_SERVER) + ", client "
                + pin(Flag.PIN_CLIENT) + ", PostgreSQL " + pin(Flag.PIN_POSTGRES));
        return text.toString();
    }

    /** The facts of one script: what it sends, and how. */
    static String load(WrkResult sample, Wrk wrk, String script, Duration duration) {
        return String.format(Locale.ROOT, "- keys: %,d; events per request: %d; load: `%s`\n",
                sample.keys(), sample.eventsPerRequest(), wrk.line(Arm.RING, script, duration));
    }

    private static void fact(StringBuilder text, String name, String value) {
        text.append("- ").append(name).append(": ").append(value).append('\n');
    }

    private static String machine() {
        try (Stream<String> cpu = Files.lines(Path.of("/proc/cpuinfo"));
                Stream<String> memory = Files.lines(Path.of("/proc/meminfo"))) {
            String model = cpu.filter(line -> line.startsWith("model name")).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 2)).orElse("unknown CPU");
            long kib = memory.filter(line -> line.startsWith("MemTotal")).findFirst()
                    .map(line -> Long.parseLong(line.replaceAll("\\D", ""))).orElse(0L);
            return String.format(Locale.ROOT, "%d cores of %s, %.1f GiB RAM, Linux %s",
                    Runtime.getRuntime().availableProcessors(), model, kib / 1048576.0,
                    System.getProperty("os.version"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private String jdk() {
        return Command.output(launcher.javaCommand("java"), "-Xshare:auto", "-version")
                .lines().skip(1).findFirst().orElse("unknown");
    }

    /** The service reads them from the environment of whoever started this run. */
    private static String otherSettings() {
        return System.getenv().entrySet().stream()
                .filter(e -> e.getKey().startsWith("RINGTALLY_"))
                .filter(e -> !e.getKey().endsWith("PASSWORD"))
                .map(e -> e.getKey() + "=" + e.getValue()).sorted()
                .reduce((a, b) -> a + " " + b).orElse("");
    }

    private String pin(Flag flag) {
        return options.text(flag).isEmpty() ? "not pinned" : "on " + options.text(flag);
    }

    private static String orNone(String text) {
        return text.isEmpty() ? "none" : text;
    }
}
