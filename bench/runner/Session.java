package bench.runner;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The life of one server: an empty database, a fresh JVM, any number of loads, a clean stop, and
 * the check that Postgres holds what was acknowledged.
 *
 * <p>Threading: used by the main thread only.
 */
final class Session implements AutoCloseable {

    private static final Duration CLOSED_WITHIN = Duration.ofMinutes(1);
    /** Files a server may open meanwhile for itself. */
    private static final int FEW_FILES = 50;

    private final Rig rig;
    private final Arm arm;
    private final Path directory;
    private final int ioThreads;
    private ServerProcess server;
    private final List<String> faults = new ArrayList<>();
    private long acked;
    /** Events of requests that may have been under way at the ends of wrk's runs. */
    private long unread;
    private int wrkRuns;

    /** Returns once the server is up. {@code ioThreads} 0 leaves their number to the server. */
    Session(Rig rig, Arm arm, int ioThreads) {
        this.rig = rig;
        this.arm = arm;
        rig.postgres().recreate();
        this.ioThreads = ioThreads;
        directory = rig.directoryFor(arm);
        start();
    }

    private void start() {
        server = new ServerProcess(rig.launcher().command(arm, ioThreads, directory),
                directory.resolve("server.log"), rig.procStat());
        boolean ready = false;
        try {
            // with TLS by the admin port, which says the same in the clear
            server.awaitReady(rig.options().whole(Flag.HTTP_PORT)
                    + (arm.scheme().equals("https") ? 1 : 0));
            ready = true;
        } finally {
            if (!ready) {
                server.close();
            }
        }
    }

    /** SIGKILL. */
    void kill() {
        server.close();
    }

    /** Starts it on what it has left; returns how long that took, milliseconds. */
    long startAgain() {
        long begun = System.nanoTime();
        start();
        return (System.nanoTime() - begun) / 1_000_000;
    }

    /** Lines of the server's log that hold one of these. */
    List<String> logLines(List<String> texts) {
        return server.logText().lines()
                .filter(line -> texts.stream().anyMatch(line::contains)).toList();
    }

    /** Events of the requests answered 2xx so far. */
    long acked() {
        return acked;
    }

    long pid() {
        return server.pid();
    }

    Usage.Snapshot snapshot() {
        return new Usage.Snapshot(rig.procStat().micros(server.pid()),
                rig.postgres().cpuMicros(), rig.procStat().machine(),
                rig.procStat().threadMicros(server.pid()));
    }

    /** Where the log of the server lies. */
    Path log() {
        return directory.resolve("data").resolve("log");
    }

    /** A load of which some may be refused. */
    Window overload(String script, Duration duration) {
        Window window = run(script, duration);
        note(window.load().socketErrors(), "socket errors");
        return window;
    }

    Window load(String script, Duration duration) {
        Window window = run(script, duration);
        note(window.load().non2xx(), "answers were not 2xx");
        note(window.load().socketErrors(), "socket errors");
        return window;
    }

    private Window run(String script, Duration duration) {
        Usage.Snapshot before = snapshot();
        WrkResult result = rig.wrk().run(arm, script, duration);
        Window window = new Window(result, before.until(snapshot()));
        acked += result.ok() * result.eventsPerRequest();
        unread += (long) rig.wrk().connections() * result.eventsPerRequest();
        wrkRuns++;
        rig.results().raw(arm.label() + " " + rig.wrk().line(arm, script, duration),
                result.output());
        if (!server.isAlive()) {
            faults.add("the server died");
        }
        return window;
    }

    /**
     * Requests on a schedule; all that was sent is answered when it returns, or given up.
     *
     * @param seconds that are recorded, after {@code --rest}
     * @param restMicros between two looks of the client; 0: it has a core of its own
     */
    OpenLoopResult openLoop(long seconds, int restMicros) {
        Options options = rig.options();
        List<String> words = new ArrayList<>(Pin.to(options.text(Flag.PIN_CLIENT)));
        words.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), "bench.client.OpenLoop",
                options.text(Flag.HTTP_PORT), options.text(Flag.RATE),
                Long.toString(options.duration(Flag.REST).toSeconds()),
                Long.toString(seconds), options.text(Flag.CONNECTIONS),
                Integer.toString(restMicros)));
        String output = Command.output(words);
        OpenLoopResult result = OpenLoopResult.parse(output);
        rig.results().raw(arm.label() + " on an open schedule", output);
        acked += result.number("ok");
        note(result.number("failed"), "requests were not answered 2xx");
        return result;
    }

    /** Waits until the server has no more files open than it had before some clients came. */
    void awaitClosed(int filesBefore) {
        long deadline = System.nanoTime() + CLOSED_WITHIN.toNanos();
        while (rig.procStat().openFiles(pid()) > filesBefore + FEW_FILES) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the server keeps dead connections open");
            }
            Pause.millis(100);
        }
    }

    private void note(long amount, String what) {
        if (amount > 0) {
            faults.add(amount + " " + what);
        }
    }

    /** Waits until Postgres holds everything acknowledged so far; false when time is up. */
    boolean awaitCounted(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (rig.postgres().number(arm.sumQuery()) < acked) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Pause.millis(100);
        }
        return true;
    }

    /** SIGTERM, then the check. */
    Outcome finish() {
        ServerProcess.End end = server.stop(rig.options().duration(Flag.DRAIN_TIMEOUT));
        if (end.exitCode() != 0) {
            faults.add(end.exitCode() < 0 ? "did not stop in time"
                    : "ended with exit code " + end.exitCode());
        }
        long counted = 0;
        if (arm.counts()) {
            counted = rig.postgres().number(arm.sumQuery());
            if (counted < acked) {
                faults.add(acked - counted + " acknowledged requests are not in Postgres");
            } else if (counted > acked + unread) {
                faults.add(counted - acked + " more in Postgres than acknowledged, of which only "
                        + unread + " can have been in flight");
            }
        }
        if (faults.isEmpty()) {
            Rig.delete(directory);
        }
        return new Outcome(acked, wrkRuns, unread, counted, end, List.copyOf(faults));
    }

    @Override
    public void close() {
        server.close();
    }
}
