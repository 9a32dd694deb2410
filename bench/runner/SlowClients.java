package bench.runner;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

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

    /**
     * In reality they are elsewhere and take none of the server's cores. Here they have what the
     * server and the healthy client leave; niceness alone lets them finish their slices.
     */
    private static final List<String> LAST_IN_TURN = List.of("chrt", "--idle", "0");

    /** The healthy client leaves the cores to the server in between. */
    private static final int REST_MICROS = 20;

    /** As long as a slow request gets, and what it takes to begin again. */
    private static final long WARM_SECONDS = 15;

    /** What a window beside one kind of slow clients came to. */
    private record Beside(String kind, OpenLoopResult result, long anonymousMib, String slow) {
    }

    private record Run(int round, Beside of) {

        String kind() {
            return of.kind;
        }

        double number(String name) {
            return of.result.number(name);
        }
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
                Rig.say("  " + kind + ", to warm up: "
                        + take(session, kind, WARM_SECONDS).result.line());
            }
            long seconds = options.duration(Flag.DURATION).toSeconds();
            for (int round = 0; round < options.whole(Flag.ROUNDS); round++) {
                for (String kind : kinds) {
                    Beside beside = take(session, kind, seconds);
                    Rig.say("  " + kind + " round " + (round + 1) + ": " + beside.result.line()
                            + ", " + beside.anonymousMib + " MiB, " + beside.slow);
                    runs.add(new Run(round, beside));
                }
            }
            Outcome outcome = session.finish();
            rig.results().write(".md", report(arm, outcome));
            return outcome.valid();
        }
    }

    private Beside take(Session session, String kind, long seconds) {
        int before = rig.procStat().openFiles(session.pid());
        Beside beside = measure(session, kind, seconds);
        session.awaitClosed(before);
        return beside;
    }

    private Beside measure(Session session, String kind, long seconds) {
        if (kind.equals("none")) {
            OpenLoopResult alone = session.openLoop(seconds, REST_MICROS);
            return new Beside(kind, alone, rig.procStat().anonymousMib(session.pid()), "-");
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
                return new Beside(kind, result, mib, "killed in the middle");
            }
            slow.getOutputStream().write('\n');
            slow.getOutputStream().flush();
            String end = said.readLine();
            rig.results().raw(kind, end);
            return new Beside(kind, result, mib, end.substring("slow ".length()));
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
                    of(kind, run -> run.number("p50_us")).text("%,.0f"),
                    of(kind, run -> run.number("p99_us")).text("%,.0f"),
                    of(kind, run -> run.number("p99_us") / baseline(run.round)).text("%.2f"),
                    of(kind, run -> run.number("max_us")).text("%,.0f"),
                    of(kind, run -> run.of.anonymousMib).text("%.0f"));
        }
        line(text, "");
        line(text, "| round | slow clients | due | answered 2xx | p99 us | at the end |");
        line(text, "|---|---|---|---|---|---|");
        for (Run run : runs) {
            line(text, "| %d | %s | %.0f | %.0f | %.0f | %s |", run.round + 1, run.kind(),
                    run.number("due"), run.number("ok"), run.number("p99_us"), run.of.slow);
        }
        line(text, "");
        line(text, "%s", outcome.valid() ? "The sum in Postgres was exact."
                : "VOID: " + String.join("; ", outcome.faults()));
        return text.toString();
    }

    private double baseline(int round) {
        return runs.stream().filter(run -> run.round == round && run.kind().equals("none"))
                .findFirst().orElseThrow().number("p99_us");
    }

    private Spread of(String kind, ToDoubleFunction<Run> figure) {
        return Spread.of(runs.stream().filter(run -> run.kind().equals(kind))
                .map(figure::applyAsDouble).toList());
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
