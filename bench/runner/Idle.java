package bench.runner;

import java.time.Duration;
import java.util.Locale;

/**
 * The command {@code idle}: CPU time of a server nobody talks to, fresh and after a load. Its own
 * process only, without PostgreSQL.
 *
 * <p>Threading: used by the main thread only.
 */
final class Idle {

    private Idle() {
    }

    static boolean run(Rig rig) {
        Options options = rig.options();
        Arm arm = Arm.named(options.text(Flag.ARM));
        String script = options.list(Flag.SCRIPTS).get(0);
        Duration duration = options.duration(Flag.DURATION);
        try (Session session = new Session(rig, arm, options.onlyIoThreads())) {
            String fresh = atRest(session, options, duration);
            Rig.say("  after the start: " + fresh);
            session.load(script, options.duration(Flag.WINDOW));
            String used = atRest(session, options, duration);
            Rig.say("  after a load: " + used);
            Outcome outcome = session.finish();
            rig.results().write(".md", "# At rest: " + rig.results().name() + "\n\n"
                    + rig.frame().text() + "\nCPU of " + arm.label() + " over "
                    + duration.toSeconds() + " s, " + options.text(Flag.REST)
                    + " after the last thing happened.\n\n| | % of a core |\n|---|---|\n"
                    + "| after the start | " + fresh + " |\n"
                    + "| after a load of " + options.text(Flag.WINDOW) + " | " + used + " |\n\n"
                    + (outcome.valid() ? "The sum in Postgres was exact.\n"
                            : "VOID: " + String.join("; ", outcome.faults()) + "\n"));
            return outcome.valid();
        }
    }

    /** CPU after a rest, in percent of a core. */
    static String atRest(Session session, Options options, Duration duration) {
        Pause.millis(options.duration(Flag.REST).toMillis());
        Usage.Snapshot before = session.snapshot();
        long started = System.nanoTime();
        Pause.millis(duration.toMillis());
        double micros = (System.nanoTime() - started) / 1e3;
        Usage usage = before.until(session.snapshot());
        return String.format(Locale.ROOT, "%.2f", 100 * usage.serverMicros() / micros);
    }
}
