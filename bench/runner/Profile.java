package bench.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The command {@code profile}: a flight recording of one server under a settled load, and where
 * its time went.
 *
 * <p>Threading: used by the main thread only.
 */
final class Profile {

    private Profile() {
    }

    static boolean run(Rig rig) {
        Options options = rig.options();
        Arm arm = Arm.named(options.text(Flag.ARM));
        String script = options.list(Flag.SCRIPTS).get(0);
        // megabytes, so not among the results
        Path recording = options.path(Flag.WORK).resolve(rig.results().name() + ".jfr");
        try (Session session = new Session(rig, arm, options.onlyIoThreads())) {
            WarmUp warmUp = WarmUp.on(session, script, options);
            String jcmd = rig.launcher().javaCommand("jcmd");
            String pid = Long.toString(session.pid());
            // only the settled load: the start and the compiler's work are another question
            Command.output(jcmd, pid, "JFR.start", "name=bench", "settings=profile");
            Window window = session.load(script, options.duration(Flag.DURATION));
            Command.output(jcmd, pid, "JFR.stop", "name=bench", "filename=" + recording);
            Outcome outcome = session.finish();
            StackCounts counts = StackCounts.of(recording);
            StringBuilder text = new StringBuilder("# Profile: " + rig.results().name() + "\n\n");
            text.append(rig.frame().text())
                    .append(Frame.load(window.load(), rig.wrk(), script,
                            options.duration(Flag.DURATION)))
                    .append("- warm-up windows: ").append(warmUp.text()).append("\n\n")
                    .append(counts.text(options.whole(Flag.TOP)));
            if (!outcome.valid()) {
                text.append("\nVOID: ").append(String.join("; ", outcome.faults())).append('\n');
            }
            Rig.say(counts.text(options.whole(Flag.TOP)));
            Rig.say("The recording itself: " + recording);
            rig.results().write(".md", text.toString());
            return outcome.valid();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The command {@code samples FILE}: the tables of a recording made elsewhere. */
    static void print(List<String> words) {
        if (words.size() != 1) {
            throw new Options.Mistake("samples takes one .jfr file");
        }
        try {
            Rig.say(StackCounts.of(Path.of(words.get(0)))
                    .text(Integer.parseInt(Flag.TOP.byDefault())));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
