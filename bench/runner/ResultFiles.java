package bench.runner;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * The files of one invocation, beside each other: {@code .md} for people, {@code .svg} the chart,
 * {@code .csv} a line per measurement, {@code .txt} what wrk printed.
 *
 * <p>Threading: used by the main thread only.
 */
final class ResultFiles implements AutoCloseable {

    private static final String COLUMNS = "phase,script,round,arm,io_threads,requests,non_2xx,"
            + "socket_errors,timeouts,duration_us,started_apart_us,requests_per_s,"
            + "cpu_us_per_request,postgres_us_per_request,machine_idle_percent,"
            + "machine_stolen_percent,warm_up_windows,settled,acked_all_runs,wrk_runs,"
            + "unread_at_most,counted,exit_code,drain_ms,drain_cpu_ms,faults";

    private final Path directory;
    private final String base;
    private final PrintWriter raw;
    private PrintWriter rows;

    ResultFiles(Options options, String command, String commit) {
        String name = options.text(Flag.NAME).isEmpty()
                ? command + "-" + String.join("-", options.list(Flag.SCRIPTS))
                : options.text(Flag.NAME);
        directory = options.path(Flag.RESULTS);
        base = LocalDate.now(ZoneOffset.UTC) + "-" + commit + "-" + name;
        raw = open(".txt");
    }

    private PrintWriter open(String suffix) {
        try {
            Files.createDirectories(directory);
            Path file = directory.resolve(base + suffix);
            return new PrintWriter(Files.newBufferedWriter(file), true);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    String name() {
        return base;
    }

    void raw(String heading, String output) {
        raw.println("## " + heading);
        raw.println(output);
        raw.println();
    }

    /** {@code phase} is {@code search} or {@code measure}. */
    void row(String phase, Measurement m) {
        if (rows == null) {
            rows = open(".csv");
            rows.println(COLUMNS);
        }
        WrkResult load = m.window().load();
        Usage usage = m.window().usage();
        Outcome outcome = m.outcome();
        rows.println(String.format(Locale.ROOT,
                "%s,%s,%d,%s,%d,%d,%d,%d,%d,%d,%d,%.1f,%.3f,%.3f,%.1f,%.1f,%d,%b,%d,%d,%d,%d,%d,"
                + "%.1f,%.1f,\"%s\"",
                phase, m.script(), m.round() + 1, m.arm().label(), m.ioThreads(), load.ok(),
                load.non2xx(), load.socketErrors(), load.timeouts(), load.durationMicros(),
                load.apartMicros(), m.window().requestsPerSecond(),
                m.window().serverMicrosPerRequest(), m.window().postgresMicrosPerRequest(),
                usage.idlePercent(), usage.stolenPercent(), m.warmUp().windows(),
                m.warmUp().settled(), outcome.acked(), outcome.wrkRuns(), outcome.unread(),
                outcome.counted(), outcome.end().exitCode(), outcome.end().drainMicros() / 1e3,
                outcome.end().drainCpuMicros() / 1e3, String.join("; ", outcome.faults())));
    }

    /** Writes a whole file and says where. */
    void write(String suffix, String text) {
        Path file = directory.resolve(base + suffix);
        try {
            Files.writeString(file, text);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        Rig.say("wrote " + Path.of("").toAbsolutePath().relativize(file));
    }

    @Override
    public void close() {
        raw.close();
        if (rows != null) {
            rows.close();
        }
    }
}
