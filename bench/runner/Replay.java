package bench.runner;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * The command {@code replay}: fills counters, takes PostgreSQL away, loads until the log holds so
 * many events that PostgreSQL lacks, kills the service, gives PostgreSQL back, and takes the time
 * from the start of the next process to its first 2xx. At the end the sum must be right.
 *
 * <p>Threading: used by the main thread only.
 */
final class Replay {

    private static final List<String> TOLD = List.of("the log holds", "are back in memory",
            "are counted again");

    private Replay() {
    }

    static boolean run(Rig rig) {
        Options options = rig.options();
        Arm arm = Arm.named(options.text(Flag.ARM));
        String script = options.list(Flag.SCRIPTS).get(0);
        Duration window = options.duration(Flag.DURATION);
        long records = options.whole(Flag.RECORDS);
        try (Session session = new Session(rig, arm, options.onlyIoThreads())) {
            session.load(script, window);
            if (!session.awaitCounted(options.duration(Flag.CATCH_UP))) {
                throw new IllegalStateException("the counters did not reach Postgres");
            }
            long counters = rig.postgres().number("select count(*) from ringtally.counters");
            long before = session.acked();
            rig.postgres().freeze();
            WrkResult sample;
            try {
                do {
                    sample = session.load(script, window).load();
                } while (session.acked() - before < records);
                session.kill();
            } finally {
                rig.postgres().thaw();
            }
            long missing = session.acked() - before;
            Pause.millis(options.duration(Flag.REST).toMillis());
            long millis = session.startAgain();
            List<String> told = session.logLines(TOLD);
            Outcome outcome = session.finish();
            String found = String.format(Locale.ROOT, "start to first 2xx: %.1f s with %,d counters"
                    + " in Postgres and %,d events to replay", millis / 1e3, counters, missing);
            Rig.say(found);
            rig.results().write(".md", "# Replay: " + rig.results().name() + "\n\n"
                    + rig.frame().text()
                    + Frame.load(sample, rig.wrk(), script, window)
                    + "- arm: " + arm.description() + "\n\n" + found
                    + " (PostgreSQL was running).\n\n```\n" + String.join("\n", told) + "\n```\n\n"
                    + String.format(Locale.ROOT, "Acked %d, unread at most %d, counted %d: %s.%n",
                    outcome.acked(), outcome.unread(), outcome.counted(), outcome.valid()
                    ? "it stands" : "VOID: " + String.join("; ", outcome.faults())));
            return outcome.valid();
        }
    }
}
