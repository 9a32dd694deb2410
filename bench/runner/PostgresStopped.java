package bench.runner;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The command {@code pg-stopped}: throughput of one server while PostgreSQL is away against while
 * it is there, alternating. At the end everything acknowledged must be in Postgres.
 *
 * <p>Threading: used by the main thread only.
 */
final class PostgresStopped {

    private final Rig rig;
    private final Session session;
    private final boolean freeze;
    private final List<String> remarks = new ArrayList<>();
    private final StringBuilder table = new StringBuilder();

    private PostgresStopped(Rig rig, Session session) {
        this.rig = rig;
        this.session = session;
        String outage = rig.options().text(Flag.OUTAGE);
        if (!outage.equals("sigstop") && !outage.equals("stop")) {
            throw new Options.Mistake("--outage is sigstop or stop, not '" + outage + "'");
        }
        this.freeze = outage.equals("sigstop");
    }

    static boolean run(Rig rig) {
        Arm arm = Arm.named(rig.options().text(Flag.ARM));
        if (arm.kind() != Arm.Kind.RING) {
            throw new Options.Mistake("only ring counts without Postgres: --arm ring");
        }
        try (Session session = new Session(rig, arm, rig.options().onlyIoThreads())) {
            return new PostgresStopped(rig, session).measure();
        }
    }

    private boolean measure() {
        Options options = rig.options();
        String script = options.list(Flag.SCRIPTS).get(0);
        WarmUp warmUp = WarmUp.on(session, script, options);
        List<Double> ratios = new ArrayList<>();
        WrkResult sample = null;
        for (int pair = 0; pair < options.whole(Flag.ROUNDS) / 2; pair++) {
            double running = 0;
            double stopped = 0;
            for (boolean away : new boolean[] {false, true, true, false}) {
                Window window = away ? whileAway(script) : whileThere(script);
                stopped += away ? window.requestsPerSecond() : 0;
                running += away ? 0 : window.requestsPerSecond();
                sample = window.load();
                row(pair, away, window);
            }
            ratios.add(stopped / running);
        }
        Outcome outcome = session.finish();
        report(Spread.of(ratios), warmUp, outcome, sample);
        return outcome.valid();
    }

    private Window whileThere(String script) {
        return session.load(script, rig.options().duration(Flag.DURATION));
    }

    private Window whileAway(String script) {
        Postgres postgres = rig.postgres();
        if (freeze) {
            postgres.freeze();
        } else {
            postgres.stop();
        }
        Window window;
        try {
            window = session.load(script, rig.options().duration(Flag.DURATION));
        } finally {
            if (freeze) {
                postgres.thaw();
            } else {
                postgres.start();
            }
        }
        // the backlog must not weigh on the next window
        Duration limit = rig.options().duration(Flag.CATCH_UP);
        if (!session.awaitCounted(limit)) {
            remarks.add("Postgres did not hold everything " + limit.toSeconds()
                    + " s after its return");
        }
        return window;
    }

    private void row(int pair, boolean away, Window window) {
        String row = String.format(Locale.ROOT, "| %d | %s | %,.0f | %.2f | %d |", pair + 1,
                away ? "stopped" : "running", window.requestsPerSecond(),
                window.serverMicrosPerRequest(), window.load().non2xx());
        Rig.say(row);
        table.append(row).append('\n');
    }

    private void report(Spread ratio, WarmUp warmUp, Outcome outcome, WrkResult sample) {
        Options options = rig.options();
        String script = options.list(Flag.SCRIPTS).get(0);
        StringBuilder text = new StringBuilder("# Postgres away: ");
        text.append(rig.results().name()).append("\n\n").append(rig.frame().text())
                .append(Frame.load(sample, rig.wrk(), script, options.duration(Flag.DURATION)))
                .append("- outage: ").append(options.text(Flag.OUTAGE))
                .append("; warm-up windows: ").append(warmUp.text()).append("\n\n")
                .append("| pair | Postgres | requests/s | CPU us/request | non-2xx |\n")
                .append("|---|---|---|---|---|\n").append(table)
                .append("\nThroughput stopped / running, per pair: ")
                .append(ratio.text("%.3f")).append(".\n\n")
                .append(String.format(Locale.ROOT,
                        "Acked %d, unread at most %d, counted %d: %s.\n",
                        outcome.acked(), outcome.unread(), outcome.counted(),
                        outcome.valid() ? "it stands"
                                : "VOID: " + String.join("; ", outcome.faults())));
        remarks.forEach(remark -> text.append('\n').append(remark).append(".\n"));
        rig.results().write(".md", text.toString());
    }
}
