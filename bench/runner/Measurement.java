package bench.runner;

import java.time.Duration;
import java.util.Locale;

/** One arm measured once: warm-up, one window, stop, check. {@code round} counts from 0. */
record Measurement(Arm arm, String script, int round, int ioThreads, WarmUp warmUp, Window window,
        Outcome outcome) {

    /** One number of a measurement. */
    interface Metric {

        double of(Measurement measurement);
    }

    static final Metric THROUGHPUT = m -> m.window().requestsPerSecond();
    static final Metric CPU_PER_REQUEST = m -> m.window().serverMicrosPerRequest();
    static final Metric POSTGRES_PER_REQUEST = m -> m.window().postgresMicrosPerRequest();

    boolean valid() {
        return outcome.valid();
    }

    static Measurement take(Rig rig, Arm arm, String script, int round, int ioThreads,
            Duration duration) {
        try (Session session = new Session(rig, arm, ioThreads)) {
            WarmUp warmUp = WarmUp.on(session, script, rig.options());
            Window window = session.load(script, duration);
            Measurement taken = new Measurement(
                    arm, script, round, ioThreads, warmUp, window, session.finish());
            Rig.say(taken.line());
            return taken;
        }
    }

    private String line() {
        return String.format(Locale.ROOT, "  %-6s %-5s round %d, %d I/O threads:"
                + " %,.0f requests/s, %.2f us CPU a request, warm-up windows %s%s",
                arm.label(), script, round + 1, ioThreads,
                THROUGHPUT.of(this), CPU_PER_REQUEST.of(this), warmUp.text(),
                valid() ? "" : ", VOID: " + String.join("; ", outcome.faults()));
    }
}
