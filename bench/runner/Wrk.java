package bench.runner;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The load generator. A closed loop: each connection waits for its answer before it sends again,
 * so it finds capacity, not latency.
 *
 * <p>Threading: the calling thread waits for each run.
 */
final class Wrk {

    private final Options options;
    private final Path scripts;

    Wrk(Options options, Path scripts) {
        this.options = options;
        this.scripts = scripts;
        for (String script : options.list(Flag.SCRIPTS)) {
            if (!Files.isReadable(scripts.resolve(script + ".lua"))) {
                throw new Options.Mistake("there is no bench/wrk/" + script + ".lua");
            }
        }
    }

    WrkResult run(Arm arm, String script, Duration duration) {
        return WrkResult.parse(Command.output(words(arm, script, duration)));
    }

    /** Connections wrk really opens: the same number in each thread. */
    int connections() {
        int threads = options.whole(Flag.THREADS);
        int perThread = options.whole(Flag.CONNECTIONS) / threads;
        if (perThread == 0) {
            throw new Options.Mistake("--connections must not be below --threads");
        }
        return perThread * threads;
    }

    /** The command as a person would type it. */
    String line(Arm arm, String script, Duration duration) {
        List<String> words = words(arm, script, duration);
        int path = words.indexOf("-s") + 1;
        words.set(path, "bench/wrk/" + script + ".lua");
        return String.join(" ", words);
    }

    private List<String> words(Arm arm, String script, Duration duration) {
        List<String> words = new ArrayList<>(Pin.to(options.text(Flag.PIN_CLIENT)));
        words.addAll(List.of("wrk", "-c", options.text(Flag.CONNECTIONS),
                "-t", options.text(Flag.THREADS), "-d", duration.toSeconds() + "s",
                "-s", scripts.resolve(script + ".lua").toString(),
                arm.scheme() + "://127.0.0.1:" + options.text(Flag.HTTP_PORT)));
        return words;
    }
}
