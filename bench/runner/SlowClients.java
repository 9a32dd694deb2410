package bench.runner;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The command {@code slow}: healthy requests on an open schedule, alone and beside thousands of
 * slow connections of each kind, in one life of the server; percentiles and memory of both. One
 * kind after the other: the next begins when the server has closed the last one's. What it costs
 * when thousands of connections end at once is a kind of its own.
 *
 * <p>Threading: used by the main thread only.
 */
final class SlowClients {

    /** Idle ones whose client is killed in the middle of the measurement. */
    private static final String ENDING = "ending";
    private static final Duration CLOSED_WITHIN = Duration.ofMinutes(1);

    /**
     * In reality they are elsewhere and take none of the server's cores. Here they have what the
     * server and the healthy client leave; niceness alone lets them finish their slices.
     */
    private static final List<String> LAST_IN_TURN = List.of("chrt", "--idle", "0");

    /** The healthy client leaves the cores to the server in between. */
    private static final int REST_MICROS = 20;

    /** As long as a slow request gets, and what it takes to begin again. */
    private static final long WARM_SECONDS = 15;

    /** Files a server may open meanwhile for itself. */
    private static final int FEW = 50;

    private record Run(int round, String kind, OpenLoopResult result, long anonymousMib,
            String slow) {
    }

    private final Rig rig;
    private final Options options;
    private final List<String> kinds;
    private final List<Run> runs = new ArrayList<>();

    private SlowClients(Rig rig) {
        this.rig = rig;
        this.options = rig.options();
        this.kinds = options.list(Flag.KINDS);
    }

    static boolean run(Rig rig) {
        return new SlowClients(rig).measure();
    }

    private boolean measure() {
        Arm arm = Arm.named(options.text(Flag.ARM));
        try (Session session = new Session(rig, arm, options.onlyIoThreads())) {
            WarmUp.on(session, options.list(Flag.SCRIPTS).get(0), options);
            for (String kind : kinds) {
                // a service that has never cut anybody off has that code still to compile
                Run run = take(session, -1, kind, WARM_SECONDS);
                Rig.say("  " + kind + ", to warm up: " + run.result.line());
            }
            long seconds = options.duration(Flag.DURATION).toSeconds();
            for (int round = 0; round < options.whole(Flag.ROUNDS); round++) {
                for (String kind : kinds) {
                    Run run = take(session, round, kind, seconds);
                    Rig.say("  " + kind + " round " + (round + 1) + ": " + run.result.line()
                            + ", " + run.anonymousMib + " MiB, " + run.slow);
                    runs.add(run);
                }
            }
            Outcome outcome = session.finish();
            rig.results().write(".md", report(arm, outcome));
            return outcome.valid();
        }
    }

    private Run take(Session session, int round, String kind, long seconds) {
        int before = rig.procStat().openFiles(session.pid());
        Run run = measure(session, round, kind, seconds);
        long deadline = System.nanoTime() + CLOSED_WITHIN.toNanos();
        while (rig.procStat().openFiles(session.pid()) > before + FEW) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the server keeps dead connections open");
            }
            Pause.millis(100);
        }
        return run;
    }

    private Run measure(Session session, int round, String kind, long seconds) {
        if (kind.equals("none")) {
            OpenLoopResult alone = session.openLoop(seconds, REST_MICROS);
            return new Run(round, kind, alone, rig.procStat().anonymousMib(session.pid()), "-");
        }
        List<String> words = new ArrayList<>(Pin.to(options.text(Flag.PIN_CLIENT)));
        words.addAll(LAST_IN_TURN);
        words.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), "bench.client.SlowConnections",
                options.text(Flag.HTTP_PORT), kind.equals(ENDING) ? "idle" : kind,
                options.text(Flag.SLOW)));
        Process slow = null;
        try {
            slow = new ProcessBuilder(words).redirectErrorStream(true).start();
            BufferedReader said = slow.inputReader(StandardCharsets.UTF_8);
            String ready = said.readLine();
            if (!"slow ready".equals(ready)) {
                throw new IllegalStateException("the slow clients say: " + ready);
            }
            if (kind.equals(ENDING)) {
                long middle = options.duration(Flag.REST).toMillis()
                        + seconds * 1_000 / 2;
                Process dying = slow;
                CompletableFuture.delayedExecutor(middle, TimeUnit.MILLISECONDS)
                        .execute(dying::destroyForcibly);
            }
            OpenLoopResult result = session.openLoop(seconds, REST_MICROS);
            long mib = rig.procStat().anonymousMib(session.pid());
            if (kind.equals(ENDING)) {
                return new Run(round, kind, result, mib, "killed in the middle");
            }
            slow.getOutputStream().write('\n');
            slow.getOutputStream().flush();
            String end = said.readLine();
            rig.results().raw(kind + " round " + (round + 1), end);
            return new Run(round, kind, result, mib, end.substring("slow ".length()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } finally {
            if (slow != null) {
                slow.destroyForcibly();
            }
        }
    }

    private String report(Arm arm, Outcome outcome) {
        StringBuilder text = new StringBuilder("# Slow clients: " + rig.results().name() + "\n\n"
                + rig.frame().text());
        line(text, "- load: %s healthy requests/s for %s over %s connections, beside %s slow ones"
                + " of each kind; one life of %s for all of them", options.text(Flag.RATE),
                options.text(Flag.DURATION), options.text(Flag.CONNECTIONS),
                options.text(Flag.SLOW), arm.description());
        line(text, "- heads drip a header and bodies a body, a byte every 5 s; idle ones have had"
                + " an answer; readers have asked for four answers of 70 kB and read none. What is"
                + " cut off comes again. They are opened over 10 s, not at once; ending ones are"
                + " idle ones whose client is killed in the middle. The slow clients have what the"
                + " others leave of the cores (SCHED_IDLE); the healthy client looks for answers"
                + " every %d us at the soonest", REST_MICROS);
        line(text, "");
        line(text, "| slow clients | p50 us | p99 us | p99 / baseline | max us | anonymous MiB |");
        line(text, "|---|---|---|---|---|---|");
        for (String kind : kinds) {
            line(text, "| %s | %s | %s | %s | %s | %s |", kind,
                    of(kind, run -> run.result.number("p50_us")).text("%,.0f"),
                    of(kind, run -> run.result.number("p99_us")).text("%,.0f"),
                    of(kind, run -> run.result.number("p99_us")
                            / (double) baseline(run.round)).text("%.2f"),
                    of(kind, run -> run.result.number("max_us")).text("%,.0f"),
                    of(kind, Run::anonymousMib).text("%.0f"));
        }
        line(text, "");
        line(text, "| round | slow clients | due | answered 2xx | p99 us | at the end |");
        line(text, "|---|---|---|---|---|---|");
        for (Run run : runs) {
            line(text, "| %d | %s | %d | %d | %d | %s |", run.round + 1, run.kind,
                    run.result.number("due"), run.result.number("ok"),
                    run.result.number("p99_us"), run.slow);
        }
        line(text, "");
        line(text, "%s", outcome.valid() ? "The sum in Postgres was exact."
                : "VOID: " + String.join("; ", outcome.faults()));
        return text.toString();
    }

    private long baseline(int round) {
        return runs.stream().filter(run -> run.round == round && run.kind.equals("none"))
                .findFirst().orElseThrow().result.number("p99_us");
    }

    /** A figure of a run. */
    private interface Of {
        double run(Run run);
    }

    private Spread of(String kind, Of figure) {
        return Spread.of(runs.stream().filter(run -> run.kind.equals(kind)).map(figure::run)
                .toList());
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
