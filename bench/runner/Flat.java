package bench.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The command {@code flat}: more load than the service can take, for long, with PostgreSQL away
 * half of the time; shows anonymous memory and the size of the log after each window. Refusals are
 * expected here; what was acknowledged must be in Postgres at the end.
 *
 * <p>Threading: used by the main thread only.
 */
final class Flat {

    private static final int WINDOWS_A_PHASE = 3;

    private Flat() {
    }

    static boolean run(Rig rig) {
        Options options = rig.options();
        String script = options.list(Flag.SCRIPTS).get(0);
        Duration window = options.duration(Flag.DURATION);
        StringBuilder table = new StringBuilder();
        try (Session session = new Session(rig, Arm.RING, options.onlyIoThreads())) {
            boolean away = false;
            for (int i = 0; i < options.whole(Flag.ROUNDS); i++) {
                if (i > 0 && i % WINDOWS_A_PHASE == 0) {
                    away = !away;
                    move(rig.postgres(), away, options.text(Flag.OUTAGE));
                }
                Window load = session.overload(script, window);
                String row = String.format(Locale.ROOT, "| %d | %s | %,.0f | %.1f | %d | %d |",
                        (i + 1) * window.toSeconds(), away ? "away" : "there",
                        load.requestsPerSecond(),
                        100.0 * load.load().non2xx()
                                / Math.max(1, load.load().ok() + load.load().non2xx()),
                        rig.procStat().anonymousMib(session.pid()), bytesOf(session.log()) >> 20);
                Rig.say(row);
                table.append(row).append('\n');
            }
            if (away) {
                move(rig.postgres(), false, options.text(Flag.OUTAGE));
            }
            session.awaitCounted(options.duration(Flag.CATCH_UP));
            Outcome outcome = session.finish();
            rig.results().write(".md", "# Memory and log under overload: "
                    + rig.results().name() + "\n\n" + rig.frame().text()
                    + "- load: " + script + ", " + rig.wrk().connections() + " connections that"
                    + " send as fast as they are answered; PostgreSQL away ("
                    + options.text(Flag.OUTAGE) + ") every other " + WINDOWS_A_PHASE
                    + " windows\n\n| after s | PostgreSQL | requests/s | refused % |"
                    + " anonymous memory MiB | log MiB |\n|---|---|---|---|---|---|\n" + table
                    + String.format(Locale.ROOT, "%nAcked %d, counted %d, unread at most %d: %s.%n",
                            outcome.acked(), outcome.counted(), outcome.unread(),
                            outcome.valid() ? "nothing lost, nothing twice"
                                    : "VOID: " + String.join("; ", outcome.faults())));
            return outcome.valid();
        }
    }

    private static void move(Postgres postgres, boolean away, String outage) {
        boolean freeze = outage.equals("sigstop");
        if (away && freeze) {
            postgres.freeze();
        } else if (away) {
            postgres.stop();
        } else if (freeze) {
            postgres.thaw();
        } else {
            postgres.start();
        }
    }

    private static long bytesOf(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            long bytes = 0;
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
